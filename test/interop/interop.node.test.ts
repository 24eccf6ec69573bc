import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeSafetensors, type NamedArray } from "#dynamics";
import { npz } from "../../packages/cli/src/files/npz.js";
import { tableParquet } from "../../packages/cli/src/files/parquet.js";
import { writeRun } from "../../packages/cli/src/files/run-folder.js";
import { smallRecord } from "../cli/record.js";

/** The interpreter that SEPARATRIX_PYTHON names, or the one on the path; what it cannot import is left out. */
const python = process.env["SEPARATRIX_PYTHON"] ?? "python3";
const NEEDED = ["numpy", "pandas", "pyarrow", "polars", "safetensors"];
const probe = spawnSync(
  python,
  ["-c", `import importlib.util as u; print(*[n for n in ${JSON.stringify(NEEDED)} if not u.find_spec(n)])`],
  {
    encoding: "utf8",
  },
);
const missing = probe.status === 0 ? probe.stdout.trim().split(/\s+/).filter(Boolean) : NEEDED;
const reason = probe.status === 0 ? `${python} lacks ${missing.join(", ")}` : `there is no ${python}`;
if (missing.length > 0)
  console.log(
    `Not read from Python: ${reason}. A virtual environment with ${NEEDED.join(", ")} (and torch), named by SEPARATRIX_PYTHON, is read with.`,
  );

const folder = mkdtempSync(join(tmpdir(), "separatrix-interop-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** JSON has no NaN and no infinity. */
const plain = (values: ArrayLike<number>) =>
  Array.from(values, (v) => (Number.isNaN(v) ? null : Number.isFinite(v) ? v : String(v)));
const described = (arrays: Readonly<Record<string, NamedArray>>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: plain(data) }]));
const hard = Float64Array.of(0, 1 / 3, -1e-308, 5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity, 2 ** 53 + 2);

test.skipIf(missing.length > 0)("pandas, polars, pyarrow, NumPy, safetensors and PyTorch read what was written", async () => {
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

  const expected = {
    tables: {
      "series.parquet": Object.fromEntries(record.series.map((s) => [s.name, plain(s.values)])),
      "cells.parquet": Object.fromEntries(cells.map((c) => [c.name, c.values])),
    },
    notes: {
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
    json: Object.fromEntries(
      ["manifest.json", "clock.json"].map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]),
    ),
  };
  writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, "read.py"), folder], { encoding: "utf8" });
  expect(`${stdout}${stderr}`).toMatch(/\n0 differences\n$/);
  expect(status).toBe(0);
  console.log(stdout.trim());

  // A planted fault is found.
  expected.arrays["weights.npz"]["bias"]!.data[0] = 0.1000000001;
  writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
  const again = spawnSync(python, [join(import.meta.dirname, "read.py"), folder, "numpy"], { encoding: "utf8" });
  expect(again.status).toBe(1);
  expect(again.stdout).toMatch(/WRONG numpy weights\.npz: bias: number 0 is 0\.1/);
});
