import { describe, expect, test } from "vitest";
import type { ReadTable, Table } from "../table.js";
import { arrays } from "./arrays.js";

const table = (rows: readonly (readonly number[])[], sha256: string): Table => ({
  rows: rows.length,
  columns: rows[0]!.length,
  values: Float64Array.from(rows.flat()),
  sha256,
});
const files: Record<string, Table> = {
  "x.npy": table(
    [0, 1, 2, 3, 4].map((i) => [10 * i, 10 * i + 1]),
    "x",
  ),
  "d.npz#y": table([[2], [0], [1], [1], [0]], "y"),
  "t.npy": table(
    [0, 1, 2, 3, 4].map((i) => [i, 0 - i, 7]),
    "t",
  ),
  "short.npy": table([[1]], "s"),
};
const read: ReadTable = (reference) => {
  if (!("array" in reference)) throw new Error("an array was to be asked for");
  return Promise.resolve(files[reference.array === null ? reference.path : `${reference.path}#${reference.array}`]!);
};
const load = (spec: object, seed = 1) =>
  arrays.load(arrays.schema.parse({ source: "arrays", inputs: "x.npy", ...spec }) as never, { seed, read });
const label = { path: "d.npz", array: "y" };

describe("arrays", () => {
  test("classes become one-hot, inputs are divided, and the samples are split in their order", async () => {
    const { train, test: held, ...rest } = await load({ label, divideBy: 10, split: { train: 3, test: 1 } });
    expect(Array.from(train.inputs)).toEqual([0, 0.1, 1, 1.1, 2, 2.1]);
    expect(Array.from(train.targets)).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect([held!.samples, Array.from(held!.inputs), Array.from(held!.targets)]).toEqual([1, [3, 3.1], [0, 1, 0]]);
    expect(rest).toEqual({
      inputs: 2,
      outputs: 3,
      files: [
        { name: "x.npy", sha256: "x", rows: 5, columns: 2 },
        { name: "d.npz#y", sha256: "y", rows: 5, columns: 1 },
      ],
    });
  });

  test("targets stay as they are, and a shuffled subset is the same for the same seed, with rows kept together", async () => {
    const subset = async (seed: number) =>
      (await load({ targets: "t.npy", shuffle: true, split: { train: 4, test: 0 } }, seed)).train;
    const one = await subset(1);
    expect(one).toEqual(await subset(1));
    // Row i has the inputs 10 i and 10 i + 1 and the targets i, -i and 7.
    for (let r = 0; r < 4; r++) {
      const i = one.targets[3 * r]!;
      expect([one.inputs[2 * r], one.inputs[2 * r + 1], one.targets[3 * r + 1], one.targets[3 * r + 2]]).toEqual([
        10 * i,
        10 * i + 1,
        0 - i,
        7,
      ]);
    }
    const orders = await Promise.all([1, 2, 3, 4, 5].map(async (seed) => Array.from((await subset(seed)).inputs).join()));
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  test.each<[string, object, RegExp]>([
    ["rows that differ", { targets: "short.npy" }, /targets: short.npy has 1 rows; x.npy has 5/],
    ["classes in several columns", { label: "t.npy" }, /label: t.npy has 3 columns; expected one class a sample/],
    ["too large a split", { label, split: { train: 5, test: 1 } }, /split: 5 \+ 1 samples asked for; x.npy has 5/],
    ["a class beyond those announced", { label, classes: 2 }, /label: row 1 has the label 2; allowed: whole numbers from 0 to 1/],
  ])("%s are refused with their place", (_name, spec, message) => expect(load(spec)).rejects.toThrow(message));
});
