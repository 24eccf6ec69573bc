import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { decompressZstd } from "hyparquet-compressors";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { codecs as codecsOf, snappy } from "./codecs.js";
import { delta, hybrid } from "./decode.js";
import { readParquet } from "./parquet.js";

// Tables of pyarrow, pandas and polars, by test/fixtures/parquet/make.py.
const { columns, files } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../../../test/fixtures/parquet/tables.json"), "utf8"),
) as { columns: Record<string, (number | null)[]>; files: Record<string, string> };
const bytesOf = (name: string) => new Uint8Array(Buffer.from(files[name]!, "base64"));
const codecs = { zstd: (packed: Uint8Array, size: number) => decompressZstd(packed, new Uint8Array(size)) };

describe("files of other programs", () => {
  const read = Object.keys(files).filter((name) => !/^(refused|small)/.test(name));
  test.each(read)("%s: every number is what was written", (name) => {
    const table = readParquet(bytesOf(name), { codecs });
    expect(table.rows).toBe(60);
    table.names!.forEach((column, c) => {
      const found = Array.from({ length: table.rows }, (_, i) => table.values[i * table.columns + c]!);
      expect(found).toEqual(columns[column]!.map((v) => v ?? NaN));
    });
  });

  test.each([
    ["refused: text", /the column "x" holds no numbers/],
    ["refused: lists", /the column "x" is nested/],
    ["refused: dates", /the column "x" holds no numbers/],
    ["refused: brotli", /packed by brotli; read are none, snappy, gzip, zstd/],
  ])("%s", (name, message) => expect(() => readParquet(bytesOf(name), { codecs })).toThrow(message));
});

test("what this package writes comes back, and a column of nothing too", () => {
  const x = Float64Array.from({ length: 1000 }, (_, i) => i / 7);
  const written = parquetWriteBuffer({
    columnData: [
      { name: "x", type: "DOUBLE", data: [...x] },
      { name: "none", type: "DOUBLE", data: x.reduce<null[]>((all) => [...all, null], []) },
    ],
  });
  const { rows, values } = readParquet(new Uint8Array(written));
  expect(rows).toBe(1000);
  expect(values.filter((_, i) => i % 2 === 0)).toEqual(x);
  expect(values.every((v, i) => i % 2 === 0 || Number.isNaN(v))).toBe(true);
});

describe("counts are not believed", () => {
  const refused = (change: (bytes: Uint8Array, view: DataView) => void, message: RegExp, most?: number) => {
    const bytes = bytesOf("pyarrow none, pages of version 1.0");
    change(bytes, new DataView(bytes.buffer));
    expect(() => readParquet(bytes, { codecs, ...(most === undefined ? {} : { most }) })).toThrow(message);
  };
  test("more rows than may be read", () => refused(() => undefined, /60 rows of 10 numbers are more than 1000 bytes/, 1000));
  test("a page that unpacks to more than it announces", () =>
    expect(() => codecsOf[2]!.unpack!(gzipSync(new Uint8Array(1 << 20)), 100)).toThrow(
      /a page unpacks to more than it announces/,
    ));
  test("a directory longer than the file", () =>
    refused((b, v) => v.setUint32(b.length - 8, 0x7fffffff, true), /a directory of 2147483647 bytes in a file of/));
  test("cut off", () => expect(() => readParquet(bytesOf("pandas").slice(0, 200))).toThrow(/no Parquet file, or it is cut off/));

  test("a run of four billion numbers fills what was asked for and no more", () => {
    // Head 2 * (2^32 - 1): one run; its value 5 in one byte.
    expect([...hybrid({ bytes: Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x1f, 5), at: 0 }, 3, 4)]).toEqual([5, 5, 5, 5]);
    expect(() => hybrid({ bytes: Uint8Array.of(0, 0, 0, 0), at: 0 }, 3, 4)).toThrow(/an empty run/);
  });

  test("differences of no bits are counted by the page, not by what the block announces", () =>
    // Blocks of 128 in 4 parts, 3 numbers, the first 7 (14 by zigzag), least difference 1 (2), widths 0.
    expect([...delta({ bytes: Uint8Array.of(128, 1, 4, 3, 14, 2, 0, 0, 0, 0), at: 0 }, 2, 3)]).toEqual([7, 8, 9]));

  test("snappy: copies from before the start, beyond the end, and lengths that would go backwards", () => {
    expect(() => snappy(Uint8Array.of(4, 0b0001_0001, 9), 4)).toThrow(/refers to what is not there/);
    // A literal whose length in four bytes is 2^32 - 3.
    expect(() => snappy(Uint8Array.of(4, 63 << 2, 0xfc, 0xff, 0xff, 0xff, 1, 2), 4)).toThrow(/unpacks to more than it announces/);
    expect([...snappy(Uint8Array.of(4, 0, 7, 0b0000_1010, 1, 0), 4)]).toEqual([7, 7, 7, 7]);
  });
});
