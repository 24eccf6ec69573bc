// The peers written in C, as a process that speaks the same JSON lines as peer.py. Compiles on its first request.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "separatrix-bench-c-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const run = (command, args) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
};
const compile = (name) => {
  const program = join(folder, name);
  run("gcc", ["-O3", "-o", program, fileURLToPath(new URL(`${name}.c`, import.meta.url)), "-lm"]);
  return program;
};

function lorenz({ h, interval }) {
  const program = compile("lorenz");
  const once = (steps) => JSON.parse(run(program, [String(steps), String(h), String(interval)]));
  return (reps) => {
    const { us, exponents } = once(reps);
    return {
      us_per_step: us / reps,
      form: `gcc -O3; exponents ${exponents.map((x) => x.toFixed(4)).join(", ")}`,
      check: { first: exponents[0] },
    };
  };
}

function basinImage({ side }) {
  const program = compile("basin_image");
  return () => {
    const [us, first] = run(program, [String(side), "0", String(side)]).trim().split(" ").map(Number);
    return { us_per_step: us, form: "gcc -O3, one start after the other", check: { share: first / side ** 2 } };
  };
}

const prepare = { "basin-image": basinImage, "lorenz-spectrum": lorenz };
const prepared = new Map();
const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
reply({ ready: true, versions: { gcc: run("gcc", ["-dumpfullversion"]).trim() } });
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    const request = JSON.parse(line);
    if (!prepared.has(request.case)) prepared.set(request.case, prepare[request.case](request));
    reply(prepared.get(request.case)(request.reps));
  } catch (error) {
    reply({ error: `${error.name}: ${error.message}` });
  }
}
