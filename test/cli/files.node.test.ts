import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseStudy, readNpy, runStudy, type RunRecord } from "#dynamics";
import { npy, npz, readArrays } from "../../packages/cli/src/files/npz.js";
import { parquet, readParquet } from "../../packages/cli/src/files/parquet.js";
import { readRun, runName, writeRun } from "../../packages/cli/src/files/run-folder.js";
import { smallRecord } from "./record.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hard = Float64Array.of(0, -0, 1 / 3, -1e-308, 5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity);

describe("npz", () => {
  it("writes the bytes that NumPy writes", () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    const expected = Buffer.concat([
      Buffer.from([0x93]),
      Buffer.from("NUMPY"),
      Buffer.from([1, 0, 118, 0]),
      Buffer.from(`${header}${" ".repeat(117 - header.length)}\n`),
      Buffer.from([0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]),
    ]);
    expect(Buffer.from(npy({ shape: [2], data: Float64Array.of(1, -2) })).equals(expected)).toBe(true);
  });

  it.each([[[9]], [[3, 3]], [[1, 3, 3]], [[]], [[0, 4]]])("gives back arrays of shape %j bit for bit", (shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const array = { shape, data: hard.slice(0, length) };
    const back = readNpy(npy(array));
    expect(back.shape).toEqual(shape);
    expect(new BigUint64Array(back.data.buffer)).toEqual(new BigUint64Array(array.data.buffer));
  });

  it("gives the same archive for the same arrays, whatever their order and the time", () => {
    const a = { shape: [9], data: hard };
    const b = { shape: [2], data: Float64Array.of(1, 2) };
    expect(npz({ a, b })).toEqual(npz({ b, a }));
    expect(Object.keys(readArrays(npz({ b, a })))).toEqual(["a", "b"]);
    // The date of every entry is the first of the ZIP calendar: 1980-01-01 0:00.
    const bytes = Buffer.from(npz({ a }));
    expect(bytes.readUInt16LE(10)).toBe(0);
    expect(bytes.readUInt16LE(12)).toBe((1 << 5) | 1);
  });
});

describe("parquet", () => {
  const column = (name: string, values: Float64Array) => ({ name, unit: "1", description: "d", values });

  it("gives back every number bit for bit, and NaN for what is not there", async () => {
    const series = [
      column(
        "step",
        Float64Array.from({ length: 9 }, (_, i) => 10 * i),
      ),
      column("x", hard),
      column("none", new Float64Array(9).fill(NaN)),
    ];
    const back = await readParquet(parquet(series), series);
    expect(back.map((s) => s.name)).toEqual(["step", "x", "none"]);
    back.forEach((s, i) => s.values.forEach((v, j) => expect(Object.is(v, series[i]!.values[j])).toBe(true)));
  });

  it("holds many rows and none", async () => {
    for (const n of [0, 1, 5000]) {
      const series = [
        column(
          "step",
          Float64Array.from({ length: n }, (_, i) => i),
        ),
        column(
          "x",
          Float64Array.from({ length: n }, (_, i) => i / 7),
        ),
      ];
      expect(await readParquet(parquet(series), series)).toEqual(series);
    }
  });

  it("misses a column that is not there", async () => {
    const series = [column("step", Float64Array.of(1))];
    await expect(readParquet(parquet(series), [...series, column("loss", Float64Array.of(1))])).rejects.toThrow(
      "there is no column loss",
    );
  });
});

describe("a run folder", () => {
  let record: RunRecord;
  beforeAll(async () => {
    record = await smallRecord();
  });
  const command = "npx separatrix run small.yaml";

  it("gives back the run, and has every file under its final name only", async () => {
    const parent = join(folder, "a");
    const path = await writeRun(parent, record, command);
    expect(readdirSync(parent)).toEqual([runName(record.manifest)]);
    expect(readdirSync(path).sort()).toEqual(["arrays.npz", "clock.json", "manifest.json", "report.html", "series.parquet"]);
    const back = await readRun(path);
    expect(back.command).toBe(command);
    expect(back.manifest).toEqual(JSON.parse(JSON.stringify(record.manifest)));
    expect(back.series).toEqual(record.series);
    expect(back.arrays).toEqual(Object.fromEntries(Object.entries(record.arrays).sort(([a], [b]) => (a < b ? -1 : 1))));
  });

  it("has the same bytes for the same study, clock apart, and a name of its own", async () => {
    const parent = join(folder, "b");
    const first = await writeRun(parent, record, command);
    const second = await writeRun(parent, await smallRecord(), command);
    expect(second).toBe(`${first}-2`);
    for (const name of ["manifest.json", "series.parquet", "arrays.npz"]) {
      expect(readFileSync(join(second, name)).equals(readFileSync(join(first, name)))).toBe(true);
    }
  });

  it("has a name that does not depend on title or threads alone, and another for another seed", () => {
    const { manifest } = record;
    const hash = (m: typeof manifest): string => runName(m).split("-").at(-1)!;
    expect(runName(manifest)).toMatch(/^small-b-run-b-more-[0-9a-f]{8}$/);
    const renamed = {
      ...manifest,
      title: "Ärger / ../../etc",
      study: { ...manifest.study, title: "x", system: { ...manifest.study.system, threads: 3 } },
    };
    expect(hash(renamed)).toBe(hash(manifest));
    expect(runName(renamed)).toMatch(/^a-rger-etc-|^arger-etc-/);
    expect(hash({ ...manifest, study: { ...manifest.study, seed: 9 } })).not.toBe(hash(manifest));
    expect(runName({ ...manifest, title: "零" })).toMatch(/^study-/);
  });

  it("that was damaged says which file", async () => {
    const damage = async (name: string, change: (bytes: Buffer) => Buffer | string | undefined): Promise<string> => {
      const path = await writeRun(join(folder, "c"), record, command);
      const changed = change(readFileSync(join(path, name)));
      if (changed === undefined) rmSync(join(path, name));
      else writeFileSync(join(path, name), changed);
      return readRun(path).then(
        () => "",
        (error: Error) => `${error.name}: ${error.message.replace(path, "RUN")}`,
      );
    };
    expect(await damage("series.parquet", (b) => b.subarray(0, 100))).toMatch(
      /^UserError: RUN.series\.parquet: its digest is not the one in manifest\.json/,
    );
    expect(await damage("arrays.npz", () => undefined)).toMatch(/^UserError: RUN.arrays\.npz: there is no such file/);
    expect(await damage("manifest.json", (b) => b.subarray(0, 200))).toMatch(/^UserError: RUN.manifest\.json: .*JSON/);
    expect(await damage("manifest.json", () => "null")).toMatch(
      /^UserError: RUN.manifest\.json: expected the format separatrix-run\/1, found undefined/,
    );
    const without = (b: Buffer) => JSON.stringify({ ...(JSON.parse(b.toString()) as object), answers: [{ name: 1 }] });
    expect(await damage("manifest.json", without)).toMatch(/^UserError: RUN.manifest\.json: answers\.0\.name: .*string/);
    expect(await damage("clock.json", () => "{")).toMatch(/^UserError: RUN.clock\.json: /);
  });

  it("that cannot be made says so and leaves nothing behind", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(writeRun(join(folder, "file"), record, command)).rejects.toThrow(
      /cannot be written to .* name another with --out/,
    );
    const bad = {
      ...record,
      series: record.series.map((s) => ({
        ...s,
        values: s.values.subarray(0, s.name === "loss" ? 1 : undefined),
      })),
    };
    await expect(writeRun(join(folder, "d"), bad, command)).rejects.toThrow();
    expect(readdirSync(join(folder, "d"))).toEqual([]);
  });
});

describe("infinite exponents", () => {
  // x' = x - eta H (x - x*) with eta H = 1 is there after one step: its exponent is log 0.
  const text = `
title: One step
system:
  kind: training
  architecture: { widths: [1, 1], bias: false }
  data: { source: inline, inputs: [[2]], targets: [[1]] }
  optimizer: { learningRate: 0.25 }
  steps: 60
questions: [{ type: lyapunov, interval: 2 }]
`;

  it("are numbers in memory and in Parquet, text in JSON, and signs in words", async () => {
    const record = await runStudy(parseStudy(text).study, {
      version: "0.0.0",
      read: () => Promise.reject(new Error("no file is asked for")),
    });
    const found = {
      ...record,
      manifest: { ...record.manifest, facts: { low: -Infinity, high: Infinity, none: null, word: "x" } },
    };
    const path = await writeRun(join(folder, "infinite"), found, "command");
    const json = JSON.parse(readFileSync(join(path, "manifest.json"), "utf8")) as RunRecord["manifest"];
    expect(json.answers.map((a) => [a.name, a.value])).toEqual([
      ["loss", 0],
      ["lyapunov_1", "-Infinity"],
    ]);
    expect(json.facts).toEqual({ low: "-Infinity", high: "Infinity", none: null, word: "x" });
    const back = await readRun(path);
    expect(back.manifest).toEqual(found.manifest);
    expect(back.series.find((s) => s.name === "lyapunov_1")!.values.at(-1)).toBe(-Infinity);
    expect(back.manifest.verdict.join(" ")).toContain("is minus infinity: tangent 1 fell");
    expect(readFileSync(join(path, "report.html"), "utf8")).toContain('<td class="number">-∞</td>');
  });
});
