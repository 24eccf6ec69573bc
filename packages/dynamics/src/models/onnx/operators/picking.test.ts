import { expect, test } from "vitest";
import { compile, constant, evaluate, grad, sum } from "#engine";
import { onnxFile, type WrittenNode, type WrittenTensor } from "../../../../../../test/support/onnx.js";
import { readOnnx } from "../model.js";
import { onnxProgram } from "../program.js";

const written = (node: WrittenNode, weights: readonly WrittenTensor[], shape: readonly number[]) =>
  onnxProgram(readOnnx(onnxFile({ nodes: [node], weights, inputs: { x: shape }, outputs: node.outputs })));
const whole = (name: string, ...data: readonly number[]): WrittenTensor => ({ name, shape: [data.length], data, type: 7 });

const top = written({ op: "TopK", inputs: ["x", "k"], outputs: ["y", "at"] }, [whole("k", 3)], [2, 4]);
const three = (rows: readonly number[]) =>
  evaluate((t, x) => top.apply(t!, x!), { data: [] }, { data: rows, shape: [2, 4] }).map((y) => Array.from(y));

test("the largest of infinities: each is found once, and equal ones in their order", () => {
  expect(three([-Infinity, 2, -Infinity, -Infinity, Infinity, 1, Infinity, 0])).toEqual([
    [2, -Infinity, -Infinity, Infinity, Infinity, 1],
    [1, 0, 2, 0, 2, 1],
  ]);
});

test("a row with a NaN has no largest; the others have", () => {
  expect(three([5, NaN, 1, 2, 4, 3, 2, 1])).toEqual([
    [NaN, NaN, NaN, 4, 3, 2],
    [NaN, NaN, NaN, 0, 1, 2],
  ]);
});

test("gradients go where the elements came from", () => {
  const p = compile((x) => [grad((z) => sum(top.apply(constant([]), z)[0]!))(x)], [{ shape: [2, 4] }]);
  p.inputs[0]!.set([1, 4, 2, 3, 9, 9, 9, 9]);
  p.run();
  expect(Array.from(p.outputs[0]!)).toEqual([0, 1, 1, 1, 1, 1, 1, 0]);
});

test.each<[string, WrittenNode, readonly WrittenTensor[], RegExp]>([
  [
    "an index outside",
    { op: "GatherElements", inputs: ["x", "i"], outputs: ["y"] },
    [{ ...whole("i", 7), shape: [1, 1] }],
    /index 7 of an axis of length 2/,
  ],
  [
    "indices of other axes",
    { op: "GatherElements", inputs: ["x", "i"], outputs: ["y"] },
    [whole("i", 0)],
    /indices of shape \[1\] for a value of shape \[2, 4\]/,
  ],
  [
    "tuples that are too long",
    { op: "GatherND", inputs: ["x", "i"], outputs: ["y"] },
    [whole("i", 0, 0, 0)],
    /indices of shape \[3\] for a value of shape \[2, 4\]/,
  ],
  [
    "updates of another shape",
    { op: "ScatterND", inputs: ["x", "i", "x"], outputs: ["y"] },
    [whole("i", 0)],
    /updates of shape \[2, 4\]; expected \[4\]/,
  ],
  ["places that depend on the data", { op: "ScatterND", inputs: ["x", "x", "x"], outputs: ["y"] }, [], /\(ScatterND\): /],
  [
    "another way of joining",
    { op: "ScatterND", inputs: ["x", "i", "x"], outputs: ["y"], attributes: { reduction: "mul" } },
    [{ ...whole("i", 0, 1), shape: [2, 1] }],
    /the reduction "mul"; supported are none and add/,
  ],
  ["more than there are", { op: "TopK", inputs: ["x", "k"], outputs: ["y", "at"] }, [whole("k", 5)], /the 5 largest of 4/],
  [
    "lengths of other samples",
    { op: "ReverseSequence", inputs: ["x", "k"], outputs: ["y"] },
    [whole("k", 1)],
    /lengths \[1\] of 4 samples with 2 steps/,
  ],
  ["places of what is not fixed", { op: "NonZero", inputs: ["x"], outputs: ["y"] }, [], /input 0 depends on the data/],
])("refused by name: %s", (_name, node, weights, message) => {
  const program = written(node, weights, [2, 4]);
  const run = () => evaluate((t, x) => program.apply(t!, x!), { data: [] }, { data: new Float64Array(8), shape: [2, 4] });
  expect(run).toThrow(message);
  expect(run).toThrow(/^onnx: node 0 /);
});
