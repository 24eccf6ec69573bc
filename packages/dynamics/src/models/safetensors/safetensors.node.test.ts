import { describe, expect, test } from "vitest";
import { evaluate } from "#engine";
import { description, weights } from "../../../../../test/support/weights.js";
import { scalarBits } from "../half.js";
import { loadWeights } from "./architecture-file.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

/** A file with any header text. */
function file(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: readonly number[], from: number, to: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

describe("half precision", () => {
  test("agrees with the definition on all 65,536 bit patterns", () => {
    // By the definition of binary16, with numbers: (-1)^s 2^(e-15) (1 + f/1024), subnormals 2^-14 f/1024.
    for (let bits = 0; bits < 65536; bits++) {
      const [s, e, f] = [bits >> 15, (bits >> 10) & 31, bits & 1023];
      const size = e === 31 ? (f === 0 ? Infinity : NaN) : e === 0 ? f / 1024 / 16384 : (1 + f / 1024) * 2 ** (e - 15);
      expect(Object.is(scalarBits.half(bits), s === 1 ? -size : size) || Number.isNaN(size)).toBe(true);
    }
    expect(scalarBits.half(0x7e00)).toBeNaN();
    expect([0x3f80, 0xc000, 0x7f80, 0x0001].map(scalarBits.brain)).toEqual([1, -2, Infinity, 2 ** -133]);
  });
});

describe("safetensors", () => {
  test("what is written is read, bit for bit; F32 rounds once", () => {
    const odd = new Map([["x", { shape: [2, 2], data: Float64Array.of(Math.PI, -0, 5e-324, Infinity) }]]);
    expect(readSafetensors(writeSafetensors(odd))).toEqual(odd);
    expect(readSafetensors(writeSafetensors(odd, "F32")).get("x")!.data).toEqual(
      Float64Array.from([Math.PI, -0, 0, Infinity], Math.fround),
    );
    expect(readSafetensors(writeSafetensors(new Map()))).toEqual(new Map());
  });

  test("halves and bfloat16 are widened", () => {
    const bytes = file(`{"a":${entry("F16", [2], 0, 4)},"b":${entry("BF16", [], 4, 6)}}`, [0x00, 0x3c, 0x00, 0xc1, 0xc0, 0x3f]);
    expect([...readSafetensors(bytes)].map(([n, t]) => [n, [...t.data]])).toEqual([
      ["a", [1, -2.5]],
      ["b", [1.5]],
    ]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(3), /3 bytes; a file has at least 8/],
    [
      "a huge header",
      Uint8Array.from([255, 255, 255, 255, 255, 255, 0, 0]),
      /a header of 281474976710655 bytes announced, 0 left/,
    ],
    ["no object", file("[1]"), /does not begin with \{/],
    ["no JSON", file('{"a":'), /no JSON/],
    [
      "a name twice",
      file(`{"a":${entry("F32", [1], 0, 4)},"a":${entry("F32", [1], 0, 4)}}`, [0, 0, 0, 0]),
      /a name stands twice/,
    ],
    [
      "another type",
      file(`{"a":${entry("I64", [1], 0, 8)}}`, new Array<number>(8).fill(0)),
      /"a" has the element type "I64"; read are F64, F32, F16, BF16/,
    ],
    [
      "a type that every object has",
      file(`{"a":${entry("constructor", [1], 0, 8)}}`, new Array<number>(8).fill(0)),
      /element type "constructor"/,
    ],
    [
      "a huge shape",
      file(`{"a":${entry("F32", [2 ** 40, 2 ** 12], 0, 4)}}`, [0, 0, 0, 0]),
      /needs 18014398509481984 bytes and has 4/,
    ],
    [
      "overlap",
      file(`{"a":${entry("F32", [1], 0, 4)},"b":${entry("F32", [1], 2, 6)}}`, new Array<number>(6).fill(0)),
      /"b" begins at 2; expected 4/,
    ],
    ["a cut", file(`{"a":${entry("F32", [1], 0, 4)}}`, [0]), /ends at 4, and the data at 1/],
    ["more behind", file(`{"a":${entry("F32", [1], 0, 4)}}`, new Array<number>(5).fill(0)), /1 bytes behind the last tensor/],
    ["no entry", file('{"a":1}'), /"a" is no object/],
  ])("%s is refused", (_name, bytes, message) => expect(() => readSafetensors(bytes)).toThrow(message));

  test("names that would reach into an object are names like others", () => {
    const tensors = readSafetensors(file(`{"__proto__":${entry("F32", [1], 0, 4)}}`, [0, 0, 128, 63]));
    expect([...tensors.keys()]).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
    expect(() => readSafetensors(file('{"a":{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}}'))).toThrow(
      /element type "undefined"/,
    );
  });
});

describe("a description and weights make a network", () => {
  // relu(W x + b) with x = (1, -1): W x = (-1, -1, -1), so b alone is positive nowhere; with x = (1, 1): (3.5, 6.5, 11.25) -> 19.5.
  const output = (x: readonly number[], text = JSON.stringify(description)) => {
    const { architecture, theta } = loadWeights(text, weights);
    return evaluate((t, h) => architecture.apply(t, h), { data: theta }, { data: x, shape: [1, 2] })[0]![0];
  };
  test("weights of shape [outputs, inputs], as PyTorch has them", () => {
    expect(output([1, 1])).toBe(3.5 - 6.5 + 2 * 11.25);
    expect(output([1, -1])).toBe(0);
  });

  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /no JSON/],
    [
      "a key that is not known",
      JSON.stringify({ ...description, width: [2, 1] }),
      /the key "width" is not known; expected widths, activation, layers, order; did you mean "widths"\?/,
    ],
    ["a polluting key", '{"__proto__":{"widths":[2,1]},"widths":[2,1],"layers":[]}', /the key "__proto__" is not known/],
    ["widths from the prototype", '{"layers":[]}', /widths: expected at least two integers/],
    [
      // Parameters of 8 TB would have to be made before the tensors are looked at.
      "huge widths",
      JSON.stringify({ ...description, widths: [1e6, 1e6, 1] }),
      /tensor 0.weight has shape \[3, 2\]; expected \[1000000, 1000000\]/,
    ],
    ["another number of layers", JSON.stringify({ ...description, layers: [] }), /layers: expected 2/],
    [
      "a tensor that is not there",
      JSON.stringify(description).replace("2.weight", "3.weight"),
      /no tensor "3.weight"; the file has 0.weight, 0.bias, 2.weight/,
    ],
    [
      "another shape",
      JSON.stringify({ ...description, order: "inputs-outputs" }),
      /tensor 0.weight has shape \[3, 2\]; expected \[2, 3\]/,
    ],
    ["an activation that is not known", JSON.stringify({ ...description, activation: "rely" }), /activation "rely" is not known/],
  ])("%s is refused", (_name, text, message) => expect(() => loadWeights(text, weights)).toThrow(message));
});
