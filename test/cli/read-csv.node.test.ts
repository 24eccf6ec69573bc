import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { random } from "#dynamics";
import { readCsv } from "../../packages/cli/src/files/read-csv.js";

const folder = mkdtempSync(join(tmpdir(), "separatrix-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const failure = (path: string, header = false): Promise<string> =>
  readCsv(path, { name: "a.csv", header }).then(
    () => "",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("readCsv", () => {
  it("reads the digits: 1797 rows of 64 pixels from 0 to 16 and a label", async () => {
    const digits = join(import.meta.dirname, "../../data/digits.csv.gz");
    const { rows, columns, values, sha256 } = await readCsv(digits);
    expect([rows, columns]).toEqual([1797, 65]);
    expect(values.every((v, i) => Number.isInteger(v) && v >= 0 && v <= (i % 65 === 64 ? 9 : 16))).toBe(true);
    // The means that the data set is published with: 4.884 a pixel.
    expect(values.reduce((s, v, i) => (i % 65 === 64 ? s : s + v), 0) / (1797 * 64)).toBeCloseTo(4.884, 3);
    expect(sha256).toBe(createHash("sha256").update(readFileSync(digits)).digest("hex"));
  });

  it("reads any decimal notation, CR LF, a mark of byte order, blank lines at the end and quoted names", async () => {
    const path = file("ok.csv", '\uFEFF"a" , b\r\n1, -2.5\r\n.5,+1e-3\r\n7.,1E3\r\n\r\n');
    const { names, values, rows } = await readCsv(path, { header: true });
    expect(names).toEqual(["a", "b"]);
    expect([...values]).toEqual([1, -2.5, 0.5, 0.001, 7, 1000]);
    expect(rows).toBe(3);
  });

  it.each([
    ["too few values", "1,2,3\n4,5\n", "a.csv:2: 2 values here, 3 in the first line; every line needs as many"],
    ["too many values", "1,2\n3,4\n5,6,7\n", "a.csv:3: 3 values here, 2 in the first line; every line needs as many"],
    ["a word", "1,2\n3,x\n", 'a.csv:2: value 2 is "x"; expected a finite decimal number'],
    ["NaN", "1,2\nNaN,4\n", 'a.csv:2: value 1 is "NaN"; expected a finite decimal number'],
    ["infinity", "1,2\n3,Infinity\n", 'a.csv:2: value 2 is "Infinity"; expected a finite decimal number'],
    [
      "an overflow",
      "1,1e999\n",
      'a.csv:1: value 2 is "1e999"; expected a finite decimal number; if this line names the columns, set header: true',
    ],
    ["a hexadecimal number", "1,2\n0x10,4\n", 'a.csv:2: value 1 is "0x10"; expected a finite decimal number'],
    ["nothing", "1,2\n3,\n", 'a.csv:2: value 2 is ""; expected a finite decimal number'],
    ["an empty line in the middle", "1,2\n\n3,4\n", "a.csv:2: 1 value here, 2 in the first line; every line needs as many"],
    ["an empty file", "", "a.csv:1: there are no rows of numbers"],
    [
      "names where no header is announced",
      "x,y\n1,2\n",
      'a.csv:1: value 1 is "x"; expected a finite decimal number; if this line names the columns, set header: true',
    ],
  ])("names the line: %s", async (_, content, wanted) => {
    expect(await failure(file("a.csv", content))).toBe(`UserError: ${wanted}`);
  });

  it("says that a file is not there", async () => {
    expect(await failure(join(folder, "none.csv"))).toMatch(/^UserError: a\.csv: there is no such file/);
    expect(await failure(folder)).toMatch(/^UserError: a\.csv: this is a folder, and not a file/);
  });

  // Numbers that do not compress well, so that the damage lies in the middle of the text.
  const noise = noiseLines(4000);
  it("finds the line at which packed data are cut off", async () => {
    const path = file("cut.csv.gz", gzipSync(noise));
    const half = Math.floor(readFileSync(path).length / 2);
    truncateSync(path, half);
    const message = await failure(path);
    expect(message).toMatch(/^UserError: a\.csv:(\d+): the packed data end in this line: the file is cut off$/);
    const line = Number(/:(\d+):/.exec(message.slice(11))![1]);
    expect(line).toBeGreaterThan(1000);
    expect(line).toBeLessThan(3000);
  });

  it("finds packed data that are corrupt", async () => {
    const packed = gzipSync(noise);
    packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    expect(await failure(file("corrupt.csv.gz", packed))).toMatch(/^UserError: a\.csv:\d+: /);
    const sum = gzipSync("1,2\n3,4\n");
    sum[sum.length - 8]! ^= 1;
    expect(await failure(file("sum.csv.gz", sum))).toBe(
      "UserError: a.csv:3: the packed data are corrupt after this line (incorrect data check)",
    );
    expect(await failure(file("not.csv.gz", "1,2\n"))).toBe(
      "UserError: a.csv:1: the packed data are corrupt after this line (incorrect header check)",
    );
  });

  it("refuses a packed file that grows beyond the limit", async () => {
    const path = file("bomb.csv.gz", gzipSync(Buffer.alloc(1 << 20)));
    await expect(readCsv(path, { name: "a.csv", longest: 1 << 19 })).rejects.toThrow(
      "a.csv:1: more than 524288 bytes when unpacked",
    );
  });
});

function noiseLines(lines: number): string {
  const stream = random(1);
  return Array.from({ length: lines }, () => [1, 2, 3, 4].map(() => Math.floor(65536 * stream.uniform())).join(",")).join("\n");
}
