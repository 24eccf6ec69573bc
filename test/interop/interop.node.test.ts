import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { checkClaim, claims, parseSweep, sweepTable, writeSafetensors, type CheckedClaim, type NamedArray } from "#dynamics";
import { claims as checkClaims } from "../../packages/cli/src/commands/claims.js";
import { npz } from "../../packages/cli/src/files/npz.js";
import { tableParquet } from "../../packages/cli/src/files/parquet.js";
import { writeRun } from "../../packages/cli/src/files/run-folder.js";
import { writeSweep, type CellEnd } from "../../packages/cli/src/sweep/folder.js";
import { smallRecord } from "../cli/record.js";

/** The interpreter that SEPARATRIX_PYTHON names, or the one on the path. It needs NumPy; what else it cannot import is left out, and named. */
const python = process.env["SEPARATRIX_PYTHON"] ?? "python3";
const WANTED = ["numpy", "pandas", "pyarrow", "polars", "safetensors", "torch"];
const probe = spawnSync(
  python,
  ["-c", `import importlib.util as u; print(*[n for n in ${JSON.stringify(WANTED)} if not u.find_spec(n)])`],
  { encoding: "utf8" },
);
const missing = probe.status === 0 ? probe.stdout.trim().split(/\s+/).filter(Boolean) : WANTED;
const reason = probe.status === 0 ? `${python} lacks ${missing.join(", ")}` : `there is no ${python}`;
const able = !missing.includes("numpy");
if (missing.length > 0)
  console.log(
    `${able ? "Read in part" : "Not read"} from Python: ${reason}. A virtual environment with ${WANTED.join(", ")}, named by SEPARATRIX_PYTHON, reads everything.`,
  );

const folder = mkdtempSync(join(tmpdir(), "separatrix-interop-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** JSON has no NaN and no infinity. */
const plain = (values: ArrayLike<number>) =>
  Array.from(values, (v) => (Number.isNaN(v) ? null : Number.isFinite(v) ? v : String(v)));
const described = (arrays: Readonly<Record<string, NamedArray>>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: plain(data) }]));
const hard = Float64Array.of(0, 1 / 3, -1e-308, 5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity, 2 ** 53 + 2);

/** A sweep over seeds and names, one of whose cells failed, as its folder holds it. */
async function sweep() {
  const text = `{ study: { system: { kind: training, architecture: { widths: [2, 3, 2], activation: tanh }, data: { source: inline, inputs: [[0, 1]], targets: [[1, 0]] }, optimizer: { learningRate: 0.5 }, steps: 5 }, questions: [{ type: sharpness }] }, axes: [{ path: seed, values: [1, 2] }, { path: system.architecture.activation, values: [tanh, relu] }] }`;
  const parsed = parseSweep(text);
  const ends = await Promise.all(
    parsed.cells.map(async (_, i): Promise<CellEnd> => {
      const cell = String(i).repeat(64);
      if (i === 3) return { cell, failure: "no memory; größer" };
      const { manifest } = await smallRecord(20 + i);
      return { format: "separatrix-cell/2", cell, manifest, reads: [], digests: {} };
    }),
  );
  const inside = join(folder, "work");
  mkdirSync(inside);
  const path = await writeSweep(join(folder, "sweep"), parsed, ends, {
    command: "npx separatrix sweep s.yaml",
    inside,
    clock: {},
  });
  const outcomes = ends.map((end) => ({ hash: end.cell, ...("failure" in end ? end : { manifest: end.manifest }) }));
  return { path, table: sweepTable(parsed, outcomes) };
}

/** Claims checked and written by the command, and checked once more here. */
async function checked(): Promise<readonly CheckedClaim[]> {
  const names = ["momentum-thresholds", "gradient-descent-on-a-quadratic"];
  const quiet = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    await checkClaims({ only: names, out: folder });
  } finally {
    quiet.mockRestore();
  }
  return claims.filter((c) => names.includes(c.name)).map(checkClaim);
}

test.skipIf(!able)("pandas, polars, pyarrow, NumPy, safetensors and PyTorch read what was written", async () => {
  const record = await smallRecord();
  const run = await writeRun(folder, record, "npx separatrix run small.yaml");
  for (const name of ["series.parquet", "arrays.npz", "manifest.json", "clock.json"])
    renameSync(join(run, name), join(folder, name));

  const cells = [
    { name: "cell", unit: "1", description: "number", values: [1, 2, 3] },
    { name: "optimizer", unit: "1", description: "name", values: ["adam", "größer", null] },
    { name: "hard", unit: "loss", description: "numbers at the limits", values: [5e-324, null, -1.7976931348623157e308] },
  ];
  writeFileSync(join(folder, "cells.parquet"), tableParquet(cells));
  const weights = {
    weight: { shape: [2, 3], data: Float64Array.of(1, 2, 3, -4, 5, 1 / 3) },
    bias: { shape: [2], data: Float64Array.of(0.1, 1e-40) },
  };
  const all = { ...weights, hard: { shape: [3, 3], data: hard } };
  writeFileSync(join(folder, "weights.npz"), npz(all));
  writeFileSync(join(folder, "weights-64.safetensors"), writeSafetensors(new Map(Object.entries(weights))));
  writeFileSync(join(folder, "weights-32.safetensors"), writeSafetensors(new Map(Object.entries(all)), "F32"));

  const { path, table } = await sweep();
  renameSync(join(path, "sweep.json"), join(folder, "sweep.json"));
  renameSync(join(path, "cells.parquet"), join(folder, "sweep-cells.parquet"));
  const known = (await checked()).flatMap((c) => c.comparisons.map((one) => ({ claim: c.name, ...one })));
  expect(known.length).toBeGreaterThan(3);

  const expected = {
    tables: {
      "sweep-cells.parquet": Object.fromEntries(
        table.map((c) => [c.name, c.values.map((v) => (typeof v === "number" ? plain([v])[0]! : v))]),
      ),
      "series.parquet": Object.fromEntries(record.series.map((s) => [s.name, plain(s.values)])),
      "cells.parquet": Object.fromEntries(cells.map((c) => [c.name, c.values])),
    },
    notes: {
      "sweep-cells.parquet": Object.fromEntries(table.map(({ name, unit, description }) => [name, { unit, description }])),
      "series.parquet": Object.fromEntries(record.series.map(({ name, unit, description }) => [name, { unit, description }])),
      "cells.parquet": Object.fromEntries(cells.map(({ name, unit, description }) => [name, { unit, description }])),
    },
    arrays: { "arrays.npz": described(record.arrays), "weights.npz": described(all) },
    tensors: { "weights-64.safetensors": described(weights), "weights-32.safetensors": described(all) },
    // The outputs for the unit vectors: weight^T + bias.
    linear: {
      shape: [3, 2],
      data: [0, 1, 2].flatMap((i) => [0, 1].map((o) => weights.weight.data[o * 3 + i]! + weights.bias.data[o]!)),
    },
    // Every comparison of every claim, a row each.
    claims: Object.fromEntries(
      (["claim", "what", "predicted", "measured", "error", "verdict"] as const).map((key) => [
        key,
        known.map((row) => (typeof row[key] === "number" ? plain([row[key]])[0]! : row[key])),
      ]),
    ),
    // The columns of the sweep's table, each with the cells that ended.
    sweep: { columns: table.map((c) => c.name), cells: 4, failed: 1 },
    json: Object.fromEntries(
      ["manifest.json", "clock.json", "claims.json", "sweep.json"].map((name) => [
        name,
        JSON.parse(readFileSync(join(folder, name), "utf8")),
      ]),
    ),
  };
  writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, "read.py"), folder], { encoding: "utf8" });
  expect(`${stdout}${stderr}`).toMatch(/\n0 differences\n$/);
  expect(status).toBe(0);
  // What is there was asked, and what is not there was named.
  for (const name of WANTED)
    expect(stdout).toMatch(new RegExp(`^${missing.includes(name) ? `not there: ${name}` : name}\\b`, "m"));
  console.log(stdout.trim());

  // A planted fault is found.
  expected.arrays["weights.npz"]["bias"]!.data[0] = 0.1000000001;
  writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
  const again = spawnSync(python, [join(import.meta.dirname, "read.py"), folder, "numpy"], { encoding: "utf8" });
  expect(again.status).toBe(1);
  expect(again.stdout).toMatch(/WRONG numpy weights\.npz: bias: number 0 is 0\.1/);
});
