import { expect, test } from "vitest";
import { evaluate } from "#engine";
import { onnxFile } from "../../../../../../test/support/onnx.js";
import { readOnnx } from "../model.js";
import { onnxProgram } from "../program.js";

test("a mask of infinities above the diagonal holds zeros below it, not NaN", () => {
  const bytes = onnxFile({
    nodes: [
      { op: "Trilu", inputs: ["mask", "one"], outputs: ["m"] },
      { op: "Add", inputs: ["x", "m"], outputs: ["y"] },
    ],
    weights: [
      { name: "mask", shape: [2, 2], data: [-Infinity, -Infinity, -Infinity, -Infinity] },
      { name: "one", shape: [], data: [1], type: 7 },
    ],
    inputs: { x: [2, 2] },
    outputs: ["y"],
  });
  const program = onnxProgram(readOnnx(bytes), { parameters: [] });
  const [y] = evaluate((theta, x) => program.apply(theta!, x!), { data: program.theta }, { shape: [2, 2], data: [1, 2, 3, 4] });
  expect(Array.from(y!)).toEqual([1, -Infinity, 3, 4]);
});

test.each([
  [{ op: "Pad", inputs: ["x", "pads"], outputs: ["y"], attributes: { mode: "mirror" } }, /node 0 \(Pad\): the mode "mirror"/],
  [{ op: "Pad", inputs: ["x", "pads"], outputs: ["y"], attributes: { mode: "__proto__" } }, /the mode "__proto__"/],
  [{ op: "DepthToSpace", inputs: ["x"], outputs: ["y"], attributes: { blocksize: 2 } }, /blocks of 2 by 2 do not fit/],
  [{ op: "SpaceToDepth", inputs: ["x"], outputs: ["y"], attributes: { blocksize: 0 } }, /blocks of 0 by 0 do not fit/],
])("%o is refused by name", (node, message) => {
  const bytes = onnxFile({
    nodes: [node],
    weights: [{ name: "pads", shape: [8], data: [0, 0, 1, 0, 0, 0, 0, 0], type: 7 }],
    inputs: { x: [1, 3, 2, 2] },
    outputs: ["y"],
  });
  const program = onnxProgram(readOnnx(bytes));
  expect(() => evaluate((x) => program.apply(x!, x!), { shape: [1, 3, 2, 2], data: new Float64Array(12) })).toThrow(message);
});
