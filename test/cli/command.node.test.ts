import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { parseStudy, parseSweep } from "#dynamics";
import { main } from "../support/command.js";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "separatrix-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, in the scratch folder. `meanwhile` is called at the first output on stderr. */
function separatrix(args: readonly string[], meanwhile?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => {
      if (stderr === "") meanwhile?.((signal) => child.kill(signal));
      stderr += data;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const small = `title: Small
system:
  kind: training
  architecture:
    widths: [1, 8, 1]
    activation: tanh
  data: { source: chebyshev, points: 12 }
  optimizer: { learningRate: 0.2 }
  steps: 200
questions:
  - { type: sharpness, every: 10 }
  - type: edge-of-stability
  - { type: lyapunov, transient: 20 }
  - type: gradient-growth
`;
const endless = small.replace("steps: 200", "steps: 1000000000").replace("every: 10 ", "every: 1000 ");
const study = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const manifestOf = (path: string): { status: string; steps: { planned: number; done: number }; facts: Record<string, number> } =>
  JSON.parse(readFileSync(join(folder, path, "manifest.json"), "utf8"));
const runsIn = (parent: string): string[] => (existsSync(join(folder, parent)) ? readdirSync(join(folder, parent)) : []);
const folderIn = (stdout: string): string => /^Run folder {4}(.*)$/m.exec(stdout)![1]!;

describe("separatrix run", () => {
  it("writes a run folder, prints verdict, path and command, and ends with 0", async () => {
    const { code, stdout, stderr } = await separatrix(["run", study("small.yaml", small)]);
    expect(code).toBe(0);
    const path = folderIn(stdout);
    expect(path).toMatch(/^runs.small-[0-9a-f]{8}$/);
    expect(runsIn(path).sort()).toEqual(["arrays.npz", "clock.json", "manifest.json", "report.html", "series.parquet"]);
    expect(stdout).toMatch(/^Small: finished$/m);
    expect(stdout).toMatch(/Training is (STABLE|AT THE EDGE|BEYOND)/);
    expect(stdout).toMatch(/^Do it again {3}npx separatrix run small\.yaml$/m);
    expect(stdout).toMatch(/Following the eigenvalues cost [\d.,]+\u00a0% of the time/);
    // Not a terminal: whole lines, nothing that moves a cursor.
    expect(stderr).toMatch(/100 % \| step 200\/200 \| .* steps\/s \| .* left \| loss [\d.e-]+ \| sharpness/);
    expect(stderr).not.toContain("\u001b");
  });

  it("gives the same manifest, series and arrays for the same seed, others for another", async () => {
    const file = study("small.yaml", small);
    const run = async (...more: string[]): Promise<string> =>
      folderIn((await separatrix(["run", file, "--quiet", "--out", "same", ...more])).stdout);
    const [a, b, c] = [await run(), await run("--threads", "2"), await run("--seed", "1")];
    expect(b).toBe(`${a}-2`);
    for (const name of ["manifest.json", "series.parquet", "arrays.npz"]) {
      expect(readFileSync(join(folder, b, name)).equals(readFileSync(join(folder, a, name)))).toBe(true);
    }
    expect(readFileSync(join(folder, c, "series.parquet")).equals(readFileSync(join(folder, a, "series.parquet")))).toBe(false);
    expect(JSON.parse(readFileSync(join(folder, c, "manifest.json"), "utf8")).command).toBe(
      "npx separatrix run small.yaml --seed 1",
    );
  });

  it("of a typo names file, line, column and what was meant, and ends with 2", async () => {
    const { code, stdout, stderr } = await separatrix(["run", study("typo.yaml", small.replace("tanh", "tahn"))]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^typo\.yaml:6:17 system\.architecture\.activation: expected one of tanh, .* got "tahn"; did you mean "tanh"\?\n$/,
    );
  });

  it("that diverges ends with 3 and a folder that says when", async () => {
    const { code, stdout } = await separatrix([
      "run",
      study("large.yaml", small.replace("learningRate: 0.2", "learningRate: 500")),
      "--quiet",
    ]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/The run DIVERGED: after \d+ steps/);
    expect(stdout).toMatch(/The last finite loss measured is [\d.e+-]+, at step \d+\./);
    const { status, facts } = manifestOf(folderIn(stdout));
    expect(status).toBe("diverged");
    expect(facts["largestStableStep"]).toBeGreaterThan(0);
    expect(facts["largestStableStep"]).toBeLessThan(500);
  });

  it("of a data file that is cut off names the line, and ends with 2", async () => {
    mkdirSync(join(folder, "sub"), { recursive: true });
    const lines = Array.from({ length: 2000 }, (_, i) => `${(i * 7919) % 1009},${(i * 104_729) % 997},${i % 2}`);
    const packed = gzipSync(lines.join("\n"));
    writeFileSync(join(folder, "sub/data.csv.gz"), packed);
    const text = small
      .replace("{ source: chebyshev, points: 12 }", "{ source: csv, path: data.csv.gz, label: 2, divideBy: 1000 }")
      .replace("[1, 8, 1]", "[2, 4, 2]");
    study("sub/csv.yaml", text);
    const whole = await separatrix(["run", "sub/csv.yaml", "--quiet", "--steps", "40"]);
    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    truncateSync(join(folder, "sub/data.csv.gz"), packed.length >> 1);
    const cut = await separatrix(["run", "sub/csv.yaml", "--quiet"]);
    expect(cut.code).toBe(2);
    expect(cut.stderr).toMatch(/^data\.csv\.gz:\d+: the packed data end in this line: the file is cut off\n$/);
    writeFileSync(join(folder, "sub/data.csv.gz"), gzipSync("1,2,0\n3,4\n"));
    expect((await separatrix(["run", "sub/csv.yaml", "--quiet"])).stderr).toMatch(
      /^data\.csv\.gz:2: 2 values here, 3 in the first line/,
    );
  });

  it.skipIf(process.platform === "win32").each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("that is stopped by %s leaves a readable folder, and ends with %i", async (signal, expected) => {
    const { code, stdout, stderr } = await separatrix(["run", study("endless.yaml", endless), "--out", signal], (kill) =>
      kill(signal),
    );
    expect(code).toBe(expected);
    expect(stderr).toContain("Stopping and writing what there is; once more to stop at once.");
    const path = folderIn(stdout);
    const { status, steps } = manifestOf(path);
    expect(status).toBe("aborted");
    expect(steps.done).toBeLessThan(steps.planned);
    expect(stdout).toContain(`The run was STOPPED at step ${steps.done} of 1000000000`);
    const before = readFileSync(join(folder, path, "report.html"), "utf8");
    expect(before).toContain("stopped early");
    const report = await separatrix(["report", path]);
    expect([report.code, report.stdout.trim()]).toEqual([0, join(path, "report.html")]);
    expect(readFileSync(join(folder, path, "report.html"), "utf8")).toBe(before);
  });

  it("that is killed leaves no folder that could be taken for a run", async () => {
    await separatrix(["run", study("endless.yaml", endless), "--out", "killed"], (kill) => kill("SIGKILL"));
    expect(runsIn("killed").filter((name) => !name.startsWith("."))).toEqual([]);
  });
});

describe("separatrix", () => {
  it("finds no fault in readers that close early, of what it prints and of what it tells on the way", () => {
    const piped = (command: string, reader: string) =>
      spawnSync("bash", ["-c", `"${process.execPath}" "${main}" ${command} | ${reader}; echo "\${PIPESTATUS[0]}"`], {
        encoding: "utf8",
      }).stdout;
    expect(piped("list", "head -1")).toBe("systems\n0\n");
    // Help that nobody asked for goes to stderr, and the code says that a command is missing.
    expect(piped("2>&1", "true")).toBe("2\n");
  });

  it("explains itself", async () => {
    const { code, stdout } = await separatrix(["--help"]);
    expect(code).toBe(0);
    for (const part of [
      "run [options] [study]",
      "sweep [options] <sweep>",
      "report <run>",
      "list [kind]",
      "schema [options]",
      "Exit codes",
      "3    the run diverged",
      "130  stopped by Ctrl-C",
    ])
      expect(stdout).toContain(part);
  });

  it("lists what a study can name", async () => {
    const { stdout } = await separatrix(["list"]);
    for (const part of ["activations\n", "  tanh ", "  gradient-descent ", "  digits ", "  edge-of-stability "])
      expect(stdout).toContain(part);
    expect((await separatrix(["list", "losses"])).stdout).toMatch(
      /^losses\n {2}square .*\n {2}cross-entropy .*\n {2}logistic .*\n$/,
    );
  });

  it("prints a JSON Schema that knows the catalogue", async () => {
    const schema = JSON.parse((await separatrix(["schema"])).stdout);
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(JSON.stringify(schema)).toContain('"tanh","relu"');
    expect(schema.additionalProperties).toBe(false);
  });

  it.each([
    [["run"], /missing required argument 'study'/],
    [["rum", "x"], /unknown command 'rum'\n\(Did you mean run\?\)/],
    [["run", "none.yaml"], /^none\.yaml: there is no such file/],
    [["sweep", "small.yaml"], /^small\.yaml: this is a single study:  separatrix run small\.yaml/],
    [["run", "model.onnx"], /^model\.onnx: /],
    [["run", "."], /^\.: this is a folder, and not a file/],
    [["run", "small.yaml", "--steps", "0"], /expected a whole number from 1 to 1000000000/],
    [["run", "small.yaml", "--steps", "10"], /^small\.yaml:13:34 questions\[2\]\.transient: after 20 of 10 steps/],
    [["run", "small.yaml", "--sed", "1"], /unknown option '--sed'\n\(Did you mean --seed\?\)/],
    [["list", "colours"], /^there is no catalogue of colours; expected one of systems/],
    [
      ["run", "endless.yaml", "--out", "small.yaml/below"],
      /^the folder small\.yaml\/below cannot be written to \(it is a file, or below one\)/,
    ],
    // Where nothing can be made, Node's recursive mkdir would try for ever.
    ...(existsSync("/proc/self")
      ? [[["run", "endless.yaml", "--out", "/proc/nope"], /^the folder \/proc\/nope cannot be written to/] as [string[], RegExp]]
      : []),
    [
      ["run", "endless.yaml", "--out", "small.yaml"],
      /^the folder small\.yaml cannot be written to \(it is a file, or below one\); name another with --out/,
    ],
    [["report", "."], /manifest\.json: there is no such file/],
  ])("ends with 2 on misuse: %j", async (args, wanted) => {
    study("small.yaml", small);
    study("endless.yaml", endless);
    const { code, stderr } = await separatrix(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(wanted)]);
  });

  it("comes with examples that it can read", () => {
    const examples = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".yaml"));
    expect(examples).toContain("digits-edge-of-stability.yaml");
    for (const name of examples) {
      const text = readFileSync(join(root, "examples", name), "utf8");
      const { title } = name.endsWith("-sweep.yaml") ? parseSweep(text, name).sweep : parseStudy(text, name).study;
      expect(title.length).toBeGreaterThan(5);
    }
  });
});
