import { describe, expect, it } from "vitest";
import { bytes, onnxFile, text, whole } from "../../../../../test/support/onnx.js";
import { readOnnx } from "./model.js";

const numbers = Float32Array.of(1.5, -2, 0.25, 8);
const file = new Uint8Array(numbers.buffer);
const beside = (name: string): Uint8Array | undefined => (name === "net.onnx.data" ? file : undefined);

/** A tensor of as many float32 numbers, kept in another file. */
const kept = (name: string, length: number, place: Readonly<Record<string, string>>): number[] =>
  bytes(5, [
    ...whole(1, length),
    ...whole(2, 1),
    ...text(8, name),
    ...Object.entries(place).flatMap(([key, value]) => bytes(13, [...text(1, key), ...text(2, value)])),
    ...whole(14, 1),
  ]);
const model = (...tensors: number[][]): Uint8Array =>
  onnxFile({ nodes: [{ op: "Tanh", inputs: ["x"], outputs: ["y"] }], inputs: { x: [1] }, outputs: ["y"], graph: tensors.flat() });

describe("weights beside a model", () => {
  it("are those of the bytes that the model names", () => {
    const place = { location: "net.onnx.data" };
    const { initializers } = readOnnx(
      model(kept("a", 1, { ...place, length: "4" }), kept("b", 3, { ...place, offset: "4", length: "12" })),
      beside,
    );
    expect(initializers.map(({ name, data }) => [name, ...data])).toEqual([
      ["a", 1.5],
      ["b", -2, 0.25, 8],
    ]);
    expect([...readOnnx(model(kept("a", 4, place)), beside).initializers[0]!.data]).toEqual([...numbers]);
  });

  it.each([
    [
      "without a reader",
      4,
      { location: "net.onnx.data" },
      undefined,
      /which is not read here: save the model with its weights inside/,
    ],
    ["in a file that is not there", 4, { location: "w.bin" }, beside, /in "w.bin", which is not there/],
    ["without a name", 4, {}, beside, /in ""; allowed: the plain name/],
    ["above the folder", 4, { location: "../net.onnx.data" }, beside, /in "..\/net.onnx.data"; allowed/],
    ["in a folder", 4, { location: "a/b" }, beside, /allowed: the plain name/],
    ["on a drive", 4, { location: "C:\\w" }, beside, /allowed: the plain name/],
    ["in the folder itself", 4, { location: ".." }, beside, /allowed: the plain name/],
    [
      "behind the end",
      4,
      { location: "net.onnx.data", offset: "8", length: "16" },
      beside,
      /"8" and "16" on of "net.onnx.data", which has 16/,
    ],
    ["before the beginning", 4, { location: "net.onnx.data", offset: "-4", length: "16" }, beside, /is said to stand at/],
    ["at no number", 4, { location: "net.onnx.data", offset: "1e400" }, beside, /is said to stand at/],
    ["too few", 4, { location: "net.onnx.data", length: "8" }, beside, /needs 16 bytes; "net.onnx.data" is said to hold 8/],
    ["too many for the file", 2 ** 40, { location: "net.onnx.data" }, beside, /needs 4398046511104 bytes/],
  ] as const)("%s are refused", (_what, length, place, reader, message) => {
    expect(() => readOnnx(model(kept("w", length, place)), reader)).toThrow(message);
  });

  it("fill no more memory than their file: tensors do not share bytes", () => {
    const whole = kept("w", 4, { location: "net.onnx.data" });
    const again = kept("v", 4, { location: "net.onnx.data" });
    expect(() => readOnnx(model(whole, again), beside)).toThrow(
      /tensor "v" shares its part of "net.onnx.data" with other tensors/,
    );
  });
});
