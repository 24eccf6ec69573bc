import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readIdx } from "./idx.js";
import { readNpy, type FileArray } from "./npy.js";
import { readNpz } from "./npz.js";

const text = (s: string) => new TextEncoder().encode(s);

/** An NPY file by hand. */
function npy(descr: string, shape: string, content: Uint8Array, { version = 1, fortran = "False" } = {}): Uint8Array {
  const header = text(`{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`);
  const length = version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...text("NUMPY"), version, 0, ...length, ...header, ...content]);
}
const le = (a: ArrayBufferView) => new Uint8Array(a.buffer);
const swapped = (a: Uint8Array, width: number) => Uint8Array.from(a, (_, i) => a[i - (i % width) + width - 1 - (i % width)]!);
const plain = ({ shape, data }: FileArray) => [shape, [...data]];

describe("npy", () => {
  test.each<[string, Uint8Array, number[]]>([
    ["<f8", le(Float64Array.of(1.5, -2)), [1.5, -2]],
    ["<f4", le(Float32Array.of(1.5, -2)), [1.5, -2]],
    ["<f2", le(Uint16Array.of(0x3e00, 0xc000)), [1.5, -2]],
    ["<i8", le(BigInt64Array.of(-3n, 2n ** 40n)), [-3, 2 ** 40]],
    ["<u8", le(BigUint64Array.of(3n, 2n ** 63n)), [3, 2 ** 63]],
    ["<i4", le(Int32Array.of(-3, 4)), [-3, 4]],
    ["<u4", le(Uint32Array.of(3, 2 ** 31)), [3, 2 ** 31]],
    ["<i2", le(Int16Array.of(-3, 4)), [-3, 4]],
    ["<u2", le(Uint16Array.of(3, 65535)), [3, 65535]],
    ["|i1", le(Int8Array.of(-3, 4)), [-3, 4]],
    ["|u1", Uint8Array.of(3, 255), [3, 255]],
    ["|b1", Uint8Array.of(0, 2), [0, 1]],
  ])("%s, in both byte orders and all versions", (descr, content, wanted) => {
    const width = content.length / 2;
    for (const version of [1, 2, 3]) {
      expect(plain(readNpy(npy(descr, "2,", content, { version })))).toEqual([[2], wanted]);
      expect(plain(readNpy(npy(descr.replace(/^[<|]/, ">"), "2,", swapped(content, width), { version })))).toEqual([[2], wanted]);
    }
  });

  test("column by column is turned to row by row", () => {
    // a[i, j, k] = 100 i + 10 j + k, the first index running fastest in the file.
    const values = [0, 1].flatMap((k) => [0, 1, 2].flatMap((j) => [0, 1].map((i) => 100 * i + 10 * j + k)));
    const { data } = readNpy(npy("<f8", "2, 3, 2", le(Float64Array.from(values)), { fortran: "True" }));
    expect([...data]).toEqual([0, 1].flatMap((i) => [0, 1, 2].flatMap((j) => [0, 1].map((k) => 100 * i + 10 * j + k))));
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["objects", npy("|O", "1,", new Uint8Array(8)), /expected descr of a number/],
    ["complex numbers", npy("<c16", "1,", new Uint8Array(16)), /element type <c16/],
    ["a cut", npy("<f8", "2,", new Uint8Array(15)), /shape \(2\) of <f8 needs 16 bytes; 15 are there/],
    ["a huge shape", npy("<f8", "99999999999, 99999999999", new Uint8Array(8)), /needs 8e\+22 bytes|needs 7.99\d*e\+22 bytes/],
    ["no integer", npy("<f8", "1 2", new Uint8Array(8)), /the shape \(1 2\)/],
    ["a header past the end", npy("<f8", "2,", new Uint8Array(0)).slice(0, 40), /a header of/],
    ["a version to come", npy("<f8", "0,", new Uint8Array(0), { version: 4 }), /version 4/],
  ])("%s is refused", (_name, bytes, message) => expect(() => readNpy(bytes)).toThrow(message));
});

describe("npz", () => {
  const one = npy("<f8", "2,", le(Float64Array.of(1, 2)));
  const files = { "x.npy": one, "y.npy": npy("|u1", "", Uint8Array.of(7)) };

  test.each([0, 6] as const)("arrays by name, at level %s", (level) => {
    expect([...readNpz(zipSync(files, { level }))].map(([n, a]) => [n, ...plain(a)])).toEqual([
      ["x", [2], [1, 2]],
      ["y", [], [7]],
    ]);
  });

  test("a bomb is refused by what it announces, and by what it holds when it lies about that", () => {
    const bomb = zipSync({ "x.npy": new Uint8Array(1 << 24) }, { level: 9 });
    expect(bomb.length).toBeLessThan(20_000);
    expect(() => readNpz(bomb, 1 << 20)).toThrow(/16777216 bytes when unpacked; at most 1048576 are read/);
    const directory = bomb.length - 22 - 46 - "x.npy".length;
    new DataView(bomb.buffer).setUint32(directory + 24, 100, true);
    expect(() => readNpz(bomb, 1 << 20)).toThrow(/"x.npy" unpacks to more than the 100 bytes announced/);
  });

  test("a turned bit in an array is found by the checksum", () => {
    const archive = zipSync(files, { level: 0 });
    archive[30 + "x.npy".length + one.length - 1]! ^= 1;
    expect(() => readNpz(archive)).toThrow(/"x.npy" has another checksum/);
  });

  test("names that lead elsewhere or into objects are only names", () => {
    const arrays = readNpz(zipSync({ "../../x.npy": one, "__proto__.npy": one }));
    expect([...arrays.keys()]).toEqual(["../../x", "__proto__"]);
  });

  test("files that lie over each other are refused", () => {
    const archive = zipSync({ "a.npy": one, "b.npy": one }, { level: 0 });
    new DataView(archive.buffer).setUint32(archive.length - 22 - 51 + 42, 0, true);
    expect(() => readNpz(archive)).toThrow(/begins at 0, where no file begins/);
  });
});

test.each<[string, number[], RegExp]>([
  ["another file", [1, 2, 3, 4, 5], /this is no IDX file/],
  ["an element type that is not there", [0, 0, 10, 1, 0, 0, 0, 0], /this is no IDX file/],
  ["a cut header", [0, 0, 8, 2, 0, 0], /ends in its header/],
  ["a huge shape", [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1], /needs 18446744065119617000 bytes; 1 are there/],
])("idx: %s is refused", (_name, bytes, message) => expect(() => readIdx(Uint8Array.from(bytes))).toThrow(message));

test("idx: numbers stand with the highest byte first", () => {
  expect(plain(readIdx(Uint8Array.from([0, 0, 11, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 255, 254])))).toEqual([
    [1, 2],
    [256, -2],
  ]);
});
