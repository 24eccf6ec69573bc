import { describe, expect, test } from "vitest";
import type { ReadTable, Table } from "../table.js";
import { fashionMnist } from "./fashion-mnist.js";

const table = (rows: number, columns: number, value: (i: number) => number): Table => ({
  rows,
  columns,
  values: Float64Array.from({ length: rows * columns }, (_, i) => value(i)),
  sha256: "s",
});
const files: Record<string, Table> = {
  "d/train-images-idx3-ubyte.gz": table(4, 784, (i) => Math.floor(i / 784) * 51),
  "d/train-labels-idx1-ubyte.gz": table(4, 1, (i) => 9 - i),
  "d/t10k-images-idx3-ubyte.gz": table(2, 784, () => 255),
  "d/t10k-labels-idx1-ubyte.gz": table(2, 1, () => 3),
};
const read: ReadTable = (reference) => {
  const found = "path" in reference ? files[reference.path] : undefined;
  return found ? Promise.resolve(found) : Promise.reject(new Error("there is no such file"));
};
const load = (spec: object, seed = 1) =>
  fashionMnist.load(fashionMnist.schema.parse({ source: "fashion-mnist", folder: "d", ...spec }) as never, { seed, read });

describe("fashion-mnist", () => {
  test("keeps the published parts apart, scales pixels to 1 and makes classes one-hot", async () => {
    const { train, test: held, files: from } = await load({ split: { train: 3, test: 1 } });
    expect([train.inputs[0], train.inputs[784], train.inputs[2 * 784 + 783]]).toEqual([0, 0.2, 0.4]);
    expect(Array.from(train.targets).slice(0, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect([held!.inputs[5], held!.targets[3]]).toEqual([1, 1]);
    expect(from).toHaveLength(4);
  });

  test("draws the same samples with the same seed, and leaves the test files alone where none are asked for", async () => {
    const drawn = (await load({ shuffle: true, split: { train: 4, test: 0 } })).train;
    expect(drawn).toEqual((await load({ shuffle: true, split: { train: 4, test: 0 } })).train);
    // Picture r has the pixels r / 5 and the class 9 - r.
    for (let i = 0; i < 4; i++) expect(drawn.targets[10 * i + 9 - Math.round(5 * drawn.inputs[784 * i]!)]).toBe(1);
    expect((await load({ split: { train: 1, test: 0 } })).files).toHaveLength(2);
  });

  test("says where the files come from, and what is wrong with them", async () => {
    await expect(load({ folder: "nowhere" })).rejects.toThrow(/no such file; on Debian: apt-get install dataset-fashion-mnist/);
    await expect(load({ split: { train: 5, test: 0 } })).rejects.toThrow("5 samples asked for; there are 4");
  });
});
