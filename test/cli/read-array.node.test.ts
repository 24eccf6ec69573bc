import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { npy, npz } from "../../packages/cli/src/files/npz.js";
import { readArray } from "../../packages/cli/src/files/read-array.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-arrays-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const cube = { shape: [2, 2, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
const idx = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9]);

describe("readArray", () => {
  test.each<[string, Uint8Array, string | null, number[]]>([
    ["x.npy", npy(cube), null, [2, 4]],
    ["x.npy.gz", gzipSync(npy(cube)), null, [2, 4]],
    ["x.npz", npz({ x: cube }), null, [2, 4]],
    ["two.npz", npz({ x: cube, y: { shape: [2], data: Float64Array.of(0, 1) } }), "x", [2, 4]],
    ["train-labels-idx1-ubyte.gz", gzipSync(idx), null, [2, 1]],
    ["t.idx", idx, null, [2, 1]],
  ])("%s: the first axis are the rows", async (name, content, array, size) => {
    const { rows, columns, values } = await readArray(file(name, content), { array });
    expect([rows, columns]).toEqual(size);
    expect([...values]).toEqual(size[1] === 4 ? [...cube.data] : [7, 9]);
  });

  test.each<[string, Uint8Array, string | null, RegExp]>([
    ["cut.npy", npy(cube).subarray(0, 150), null, /^d: npy: shape \(2, 2, 2\) of <f8 needs 64 bytes; 22 are there/],
    ["cut.npy.gz", gzipSync(npy(cube)).subarray(0, 60), null, /the file is cut off/],
    ["bad.npy", npy({ shape: [2], data: Float64Array.of(1, NaN) }), null, /^d: row 1, number 0 is NaN; expected finite numbers/],
    ["none.npy", npy({ shape: [0, 3], data: new Float64Array() }), null, /shape \(0, 3\); expected rows/],
    ["several.npz", npz({ a: cube, b: cube }), null, /^d: it holds 2 arrays; say which one: a, b/],
    ["other.npz", npz({ a: cube }), "c", /no array "c"; it has a/],
    ["x.mat", npy(cube), null, /expected .npy, .npz, .idx/],
    [
      "bomb.npz",
      npz({ a: { shape: [20_000], data: new Float64Array(20_000) } }),
      null,
      /zip: 160\d\d\d bytes when unpacked; at most 100000 are read/,
    ],
  ])("%s is refused, and the message names it", (name, content, array, message) =>
    expect(readArray(file(name, content), { name: "d", array, longest: 100_000 })).rejects.toThrow(message),
  );
});
