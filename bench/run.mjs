// npm run bench -- [--quick] [--case name]... [--rounds n] [--no-peers | --peers-only]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES, CHECK_STEPS } from "./cases/index.mjs";
import { start } from "./lines.mjs";
import { lines, row, table } from "./summary.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const usage = `node bench/run.mjs [options]
  --quick        3 short rounds instead of 9
  --case NAME    only this case (may be repeated): ${Object.keys(CASES).join(", ")}
  --rounds N     rounds a case
  --no-peers     ours only
  --peers-only   the peers only`;

function settings() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        case: { type: "string", multiple: true, default: Object.keys(CASES) },
        rounds: { type: "string" },
        "no-peers": { type: "boolean", default: false },
        "peers-only": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
    const wrong = values.case.find((name) => !(name in CASES));
    if (wrong) throw new Error(`no case ${wrong}`);
    if (values["no-peers"] && values["peers-only"]) throw new Error("--no-peers and --peers-only leave nothing to run");
    if (values.rounds && !(Number.isInteger(Number(values.rounds)) && Number(values.rounds) > 0))
      throw new Error(`--rounds ${values.rounds}: a positive whole number expected`);
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  return {
    ...values,
    rounds: Number(values.rounds ?? (values.quick ? 3 : 9)),
    sampleMs: values.quick ? 60 : 300,
  };
}

const python = () => [".venv/bin/python", ".venv/Scripts/python.exe"].map((p) => here(`peers/${p}`)).find(existsSync);
const canPin = process.platform === "linux" && spawnSync("taskset", ["--version"]).status === 0;

const hasCompiler = () => process.platform !== "win32" && spawnSync("gcc", ["--version"]).status === 0;

/** Both sides keep to one core when they have one thread. */
function launch(lib, threads) {
  if (lib !== "ours" && lib !== "c")
    return start(python(), [here("peers/peer.py"), "--lib", lib, "--threads", String(threads), "--core", "0"]);
  const args = lib === "c" ? [here("peers/c.mjs")] : [here("ours/main.mjs"), "--threads", String(threads)];
  return threads === 1 && canPin ? start("taskset", ["-c", "0", process.execPath, ...args]) : start(process.execPath, args);
}

/** Those that a case is compared with. */
const peersOf = (name) => CASES[name].peers ?? ["jax", "torch"];

/** Every library's samples of one case at all its thread counts, taken in turn, round after round. */
async function measure(name, libs, { rounds, sampleMs }, processFor, folder) {
  const bench = CASES[name];
  const tensors = bench.tensors();
  // Functions do not travel; what else a case says does, its numbers above all.
  const { tensors: _tensors, targets: _targets, settings, ...said } = bench;
  const file = join(folder, `${name}.bin`);
  writeFileSync(file, Buffer.concat(tensors.map((t) => Buffer.from(t.data.buffer))));
  const data = { file, tensors: tensors.map((t) => [t.name, t.shape]) };
  const parties = [];
  for (const threads of bench.threads) {
    for (const lib of libs.filter((l) => l === "ours" || peersOf(name).includes(l))) {
      if (lib === "c" && threads > 1) continue;
      const party = { lib, threads, samples: [] };
      parties.push(party);
      process.stderr.write(`  preparing ${name}: ${lib}, ${threads} thread${threads > 1 ? "s" : ""}\n`);
      try {
        party.process = await processFor(lib, threads);
        const request = { ...said, ...settings, case: name, lib, threads, checkSteps: CHECK_STEPS, data };
        const { us_per_step: us, form, forms, check } = await party.process.ask({ ...request, reps: bench.chunk });
        Object.assign(party, {
          form,
          forms,
          check,
          request: { ...request, reps: Math.max(1, Math.ceil((sampleMs * 1000) / us)) },
        });
      } catch (error) {
        party.error = error.message;
      }
    }
  }
  for (let i = 0; i < rounds; i++) {
    for (const party of parties) {
      if (party.error) continue;
      try {
        const { us_per_step, us_gradient } = await party.process.ask(party.request);
        party.samples.push({ us_per_step, us_gradient });
      } catch (error) {
        party.error = error.message;
      }
      await new Promise((resolve) => setTimeout(resolve, 20)); // waiting threads that still spin go to sleep
    }
  }
  return bench.threads.map((threads) =>
    row(name, bench, threads, Object.fromEntries(parties.filter((p) => p.threads === threads).map((p) => [p.lib, p]))),
  );
}

function rewriteTable(text) {
  const path = here("README.md");
  const [begin, end] = ["<!-- results: begin -->", "<!-- results: end -->"];
  const readme = readFileSync(path, "utf8");
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench/README.md: the markers ${begin} and ${end} are needed`);
  writeFileSync(path, `${readme.slice(0, from + begin.length)}\n\n${text}\n\n${readme.slice(to)}`);
}

const options = settings();
const asked = [...new Set(options.case.flatMap(peersOf))].sort();
let libs = options["no-peers"] ? ["ours"] : options["peers-only"] ? asked : ["ours", ...asked];
if (libs.includes("c") && !hasCompiler()) {
  console.error("The programs in C are left out: there is no gcc.");
  libs = libs.filter((lib) => lib !== "c");
}
if (!python() && libs.some((lib) => lib !== "ours" && lib !== "c")) {
  console.error("The peers in Python are left out: bench/peers/.venv is missing; bench/README.md tells how to make it.");
  libs = libs.filter((lib) => lib === "ours" || lib === "c");
}
if (libs.length === 0) {
  console.error("Nothing is left to run.");
  process.exit(2);
}
const loadBefore = loadavg()[0];
const date = new Date().toISOString();
const folder = mkdtempSync(join(tmpdir(), "separatrix-bench-"));
const processes = new Map();
const processFor = (lib, threads) => {
  const key = `${lib}-${threads}`;
  if (!processes.has(key)) processes.set(key, launch(lib, threads));
  return processes.get(key);
};
const rows = [];
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const name of options.case) {
  const mine = await measure(name, libs, options, processFor, folder);
  for (const r of mine) {
    r.targets = CASES[name].targets(r, mine);
    rows.push(r);
    console.log(`${lines(r).join("\n")}\n`);
  }
}
const versions = { node: process.versions.node };
for (const [key, started] of processes) {
  const child = await started.catch(() => undefined);
  if (child && !key.startsWith("ours")) Object.assign(versions, child.versions);
  await child?.stop();
}

const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  pinned: canPin,
  versions,
  loadBefore,
  loadAfter: loadavg()[0],
};
const report = {
  date,
  machine,
  rounds: options.rounds,
  sampleMs: options.sampleMs,
  quick: options.quick,
  rows,
};
const path = here(`results/${date.slice(0, 16).replace(":", "")}Z.json`);
mkdirSync(here("results"), { recursive: true });
writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
console.log(`written: ${path}`);
const whole =
  !options.quick &&
  ["ours", ...asked].every((lib) => libs.includes(lib)) &&
  Object.keys(CASES).every((name) => options.case.includes(name));
if (whole) rewriteTable(table(report));
else console.log("bench/README.md keeps its table: only a run of all cases with all peers and without --quick rewrites it.");
if (rows.some((r) => r.oursError || r.disagrees)) process.exitCode = 1;
