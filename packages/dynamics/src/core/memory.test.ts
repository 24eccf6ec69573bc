import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack, unpack, type Memory } from "./memory.js";

const memories: fc.Arbitrary<Memory> = fc.letrec<{ memory: Memory }>((tie) => ({
  memory: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.float64Array(),
    fc.array(tie("memory")),
    fc.dictionary(fc.string({ unit: "binary" }), tie("memory"), { noNullPrototype: true }),
  ),
})).memory;

describe("pack", () => {
  it("gives back every memory, to the bit", () => {
    fc.assert(
      fc.property(memories, (m) => {
        const back = unpack(pack(m));
        expect(back).toEqual(m);
        // toEqual does not tell 0 from -0; the bytes do.
        expect(pack(back)).toEqual(pack(m));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("copies: a memory does not change with what it came from", () => {
    const state = Float64Array.of(1, 2);
    const bytes = pack({ state });
    state[0] = 9;
    expect(unpack(bytes)).toEqual({ state: Float64Array.of(1, 2) });
  });

  it("keeps names that JavaScript treats specially", () => {
    const odd = JSON.parse('{"__proto__": 1, "array": 2, "group": [3], "number": "4"}') as Memory;
    expect(JSON.stringify(unpack(pack(odd)))).toBe(JSON.stringify(odd));
  });
});

describe("unpack", () => {
  it("reads bytes that lie anywhere in a buffer", () => {
    const m = { state: Float64Array.of(1, 2, 3) };
    const bytes = pack(m);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(unpack(larger.subarray(3))).toEqual(m);
  });

  it("refuses bytes that are cut off anywhere", () => {
    const whole = pack({ text: "abc", state: Float64Array.of(1, 2, 3), list: [1, NaN] });
    for (let n = 0; n < whole.length; n++) expect(() => unpack(whole.subarray(0, n))).toThrow();
  });

  // The header by hand: what another program could write.
  const file = (text: string, numbers = 0): Uint8Array => {
    const padded = text.padEnd(8 * Math.ceil(text.length / 8));
    const bytes = new Uint8Array(16 + padded.length + 8 * numbers);
    bytes.set(new TextEncoder().encode("SEPMEM01"));
    new DataView(bytes.buffer).setBigUint64(8, BigInt(padded.length), true);
    bytes.set(new TextEncoder().encode(padded), 16);
    return bytes;
  };
  it.each([
    ["an array of a negative length", file('{"array":-1}', 1), /what pack does not write/],
    ["an array longer than the file", file('{"array":1e300}', 1), /an array is cut off/],
    ["a group that is no list", file('{"group":5}'), /what pack does not write/],
    ["a group without names", file('{"group":[[1,2]]}'), /a group has no names/],
    ["a number that is none", file('{"number":"many"}'), /what pack does not write/],
    ["no JSON", file("{"), /its text is no JSON/],
    ["more levels than any run has", file(`${"[".repeat(5000)}${"]".repeat(5000)}`), /more than 100 levels/],
  ])("refuses %s", (_, bytes, message) => expect(() => unpack(bytes)).toThrow(message));
});
