import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = join(import.meta.dirname, "../../scripts/arrows.mjs");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "separatrix-arrows-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs the check on a house made of these files. */
function check(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: "utf8" });
  return { status, stdout, complaints: stderr.split("\n").filter(Boolean) };
}

const dynamics = (name: string) => `packages/dynamics/src/${name}`;

test("a house that follows the arrows passes", () => {
  const { status, complaints } = check({
    "packages/engine/src/compile.ts": 'import { sum } from "./ops/sum.js";',
    [dynamics("core/system.ts")]: 'import { compile } from "#engine";\nimport type { Status } from "./status.js";',
    [dynamics("training/descent.ts")]: 'import { mlp } from "../networks/mlp.js";',
    [dynamics("analysis/lyapunov.ts")]: 'import { qr } from "#engine";\nimport { step } from "../core/system.js";',
    [dynamics("views/series.ts")]: 'import type { Estimate } from "../core/estimate.js";\nimport "linkedom";',
    [dynamics("catalogue/questions.ts")]: 'export { lyapunov } from "../analysis/lyapunov.js";',
    [dynamics("study/run.ts")]: 'import { questions } from "../catalogue/questions.js";',
    [dynamics("index.ts")]: 'export * from "./study/run.js";',
    "packages/cli/src/main.ts": 'import { run } from "#dynamics";\nimport { report } from "./report.js";',
  });
  expect(complaints).toEqual([]);
  expect(status).toBe(0);
});

test("a violation names the file, the line, the import and the rule, and fails", () => {
  const { status, complaints } = check({
    [dynamics("analysis/lyapunov.ts")]:
      '/** A question. */\nimport {\n  qr,\n} from "#engine";\nimport { mlp } from "../networks/mlp.js";\n',
  });
  expect(complaints).toEqual([
    'packages/dynamics/src/analysis/lyapunov.ts:5: imports "../networks/mlp.js", but analysis may import only core, #engine, and itself',
  ]);
  expect(status).toBe(1);
});

test.each([
  ["packages/engine/src/a.ts", "#dynamics"],
  ["packages/engine/src/a.ts", "../../dynamics/src/core/system.js"],
  [dynamics("core/a.ts"), "../flow/solver.js"],
  [dynamics("core/a.ts"), "../../../engine/src/compile.js"],
  [dynamics("networks/a.ts"), "../training/descent.js"],
  [dynamics("training/a.ts"), "../analysis/eigenpairs.js"],
  [dynamics("flow/a.ts"), "#dynamics"],
  [dynamics("limits/a.ts"), "../index.js"],
  [dynamics("analysis/a.ts"), "../flow/solver.js"],
  [dynamics("analysis/a.ts"), "../training/descent.js"],
  [dynamics("analysis/a.ts"), "../limits/vlasov.js"],
  [dynamics("views/a.ts"), "../core/system.js"],
  [dynamics("views/a.ts"), "../networks/mlp.js"],
  [dynamics("catalogue/a.ts"), "../study/run.js"],
  [dynamics("study/a.ts"), "../../../cli/src/main.js"],
  ["packages/cli/src/a.ts", "../../dynamics/src/study/run.js"],
])("%s may not import %s, whatever the form of the import", (file, specifier) => {
  const forms = [
    `import { x } from "${specifier}";`,
    `import "${specifier}";`,
    `export * from '${specifier}';`,
    `const x = await import("${specifier}");`,
  ];
  const { complaints } = check({ [file]: forms.join("\n") });
  expect(complaints.map((line) => line.split(": imports")[0])).toEqual(forms.map((_, i) => `${file}:${i + 1}`));
});

test("a worker started by its address is an import", () => {
  const { complaints } = check({
    [dynamics("analysis/a.ts")]: 'new Worker(new URL("../training/worker.js", import.meta.url));',
  });
  expect(complaints).toHaveLength(1);
});

test("comments are not imports, tests may import anything, and views may name types of core", () => {
  const { complaints } = check({
    [dynamics("analysis/a.ts")]:
      '// import { mlp } from "../networks/mlp.js";\n/** import { mlp } from "../networks/mlp.js"; */\nexport const address = "https://a.b/c"; // "\n',
    [dynamics("analysis/a.test.ts")]: 'import { mlp } from "../networks/mlp.js";',
    [dynamics("views/a.ts")]: 'import type { Estimate } from "../core/estimate.js";',
  });
  expect(complaints).toEqual([]);
});

test("a room without a rule is a violation as soon as it imports another room", () => {
  const { complaints } = check({ [dynamics("cellar/a.ts")]: 'import { step } from "../core/system.js";' });
  expect(complaints[0]).toContain("the room cellar has no rule");
});
