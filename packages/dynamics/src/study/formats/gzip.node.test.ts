import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { damaged } from "../../../../../test/support/mutations.js";
import { random } from "../../core/random.js";
import { gunzip } from "./gzip.js";

const packed = (text: string): Uint8Array => new Uint8Array(gzipSync(text));
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const plain = (bytes: Uint8Array, most = 1 << 20): string => new TextDecoder().decode(gunzip(bytes, { name: "a.gz", most }));
const turned = (bytes: Uint8Array, at: number, bits = 1): Uint8Array => {
  const copy = bytes.slice();
  copy[at < 0 ? at + copy.length : at]! ^= bits;
  return copy;
};
/** Lines that hardly pack, so that one member is several pieces of 4096 bytes. */
const noise = (lines: number): string => {
  const stream = random(1);
  return Array.from({ length: lines }, () => `${stream.uniform()}\n`).join("");
};

describe("gunzip", () => {
  it("gives what zlib gives, whatever the members hold and wherever they end", () => {
    const stream = random(2);
    const draw = (below: number): number => Math.floor(below * stream.uniform());
    for (let n = 0; n < 30; n++) {
      const member = () => {
        const content = Uint8Array.from({ length: draw(9000) }, () => draw(2 + draw(255)));
        return gzipSync(content, { level: draw(10) });
      };
      const file = joined(...Array.from({ length: 1 + draw(5) }, member));
      expect(Buffer.from(gunzip(file, { most: 1 << 20 })).equals(gunzipSync(file))).toBe(true);
    }
    // As bgzip writes them: thousands, the last one empty.
    const many = [...Array.from({ length: 3000 }, (_, i) => packed(`${i}\n`)), packed("")];
    expect(plain(joined(...many)).split("\n").length).toBe(3001);
  });

  it("gives of damaged files that it takes what zlib gives", () => {
    const whole = [packed("1,2\n3,4\n"), joined(packed("1,2\n"), packed(""), packed("3,4\n")), packed(noise(30))];
    let taken = 0;
    for (const file of fc.sample(damaged(whole), { seed: 4, numRuns: 2000 })) {
      let found: Uint8Array;
      try {
        found = gunzip(file, { most: 1 << 16 });
      } catch {
        continue;
      }
      taken++;
      try {
        expect(Buffer.from(found).equals(gunzipSync(file))).toBe(true);
      } catch (error) {
        // The checksum is right, so the data are, where zlib minds reserved bits or the complement of a length.
        expect((error as Error).message).toMatch(/unknown header flags set|invalid stored block lengths/);
      }
    }
    expect(taken).toBeGreaterThan(20);
  });

  it("takes zeros behind the last member for padding, also where its length ends with zeros, and nothing else", () => {
    for (const text of ["", "1,2\n", "x".repeat(65536)])
      for (const zeros of [1, 3, 4, 8, 30, 5000]) expect(plain(joined(packed(text), new Uint8Array(zeros)))).toBe(text);
    expect(() => plain(joined(packed("1\n"), Uint8Array.of(0, 0, 0, 0, 0, 7)))).toThrow("a.gz:2: the packed data are corrupt");
    expect(() => plain(new Uint8Array(40))).toThrow(
      "a.gz:1: the packed data are corrupt after this line (incorrect header check)",
    );
    // No data yet, and zeros that would do for the checksum and the length of nothing.
    expect(() => plain(joined(packed("hello").slice(0, 10), new Uint8Array(30)))).toThrow(/^a\.gz:1: /);
  });

  it("stops at the bound, for all members together", () => {
    const both = joined(packed("1,2\n3,4\n"), packed(""), packed("5,6\n"));
    expect(plain(both, 12)).toBe("1,2\n3,4\n5,6\n");
    expect(() => plain(both, 11)).toThrow("a.gz:4: more than 11 bytes when unpacked; at most as many are read");
    const bomb = packed("0".repeat(1 << 20));
    expect(() => plain(joined(...Array.from({ length: 50 }, () => bomb)))).toThrow("a.gz:1: more than 1048576 bytes");
    const empty = packed("");
    expect(() => plain(joined(...Array.from({ length: 16_385 }, () => empty)))).toThrow("a.gz:1: more than 16384 packed files");
  });

  const lines = noise(3000);
  const [first, second] = [packed(lines), packed("1,2\n3,4\n")];
  it.each([
    [
      "the checksum of the only member",
      turned(first, -6),
      "a.gz:3001: the packed data are corrupt after this line (incorrect data check)",
    ],
    ["its length", turned(first, -2), "a.gz:3001: the packed data are corrupt after this line (incorrect length check)"],
    [
      "the checksum of the first of two",
      joined(turned(first, -6), second),
      "a.gz:3001: the packed data are corrupt after this line (incorrect data check)",
    ],
    [
      "the checksum of the second",
      joined(first, turned(second, -6)),
      "a.gz:3003: the packed data are corrupt after this line (incorrect data check)",
    ],
    [
      "the header of the second",
      joined(first, turned(second, 1)),
      "a.gz:3001: the packed data are corrupt after this line (incorrect header check)",
    ],
    [
      "the header of the first",
      joined(turned(second, 2), first),
      "a.gz:1: the packed data are corrupt after this line (incorrect header check)",
    ],
    ["the end of the only one", first.slice(0, -4), "a.gz:3001: the packed data end in this line: the file is cut off"],
    [
      "the end of the second",
      joined(first, second.slice(0, -9)),
      "a.gz:3003: the packed data end in this line: the file is cut off",
    ],
    [
      "all but the header of the second",
      joined(first, second.slice(0, 10)),
      "a.gz:3001: the packed data end in this line: the file is cut off",
    ],
    ["everything", new Uint8Array(), "a.gz:1: the packed data end in this line: the file is cut off"],
  ])("damage to %s is named with the last line before it", (_, file, message) => expect(() => plain(file)).toThrow(message));

  it("finds a cut or a turned bit anywhere, at a line that was reached", () => {
    const both = joined(packed("1,2\n3,4\n"), packed(""), packed("5,6\n"));
    const ends = [packed("1,2\n3,4\n").length, packed("1,2\n3,4\n").length + packed("").length];
    for (let n = 0; n < both.length; n++)
      if (!ends.includes(n))
        expect(() => plain(both.slice(0, n)), `${n} bytes`).toThrow(/^a\.gz:[1-4]: the packed data (end in|are corrupt)/);
    // In the middle of a long member: within the lines of one piece of 4096 packed bytes, about 450 here.
    const half = first.length >> 1;
    const at = (file: Uint8Array): number => {
      try {
        return plain(file).length;
      } catch (error) {
        return Number(/^a\.gz:(\d+): /.exec((error as Error).message)![1]);
      }
    };
    expect(Math.abs(at(first.slice(0, half)) - 1500)).toBeLessThan(100);
  });
});
