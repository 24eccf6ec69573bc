import { expect, test } from "vitest";
import { compile, evaluate, grad, sum } from "#engine";
import { onnxFile, type WrittenModel, type WrittenNode } from "../../../../../../test/support/onnx.js";
import { readOnnx } from "../model.js";
import { onnxNetwork } from "../network.js";
import { onnxProgram } from "../program.js";

type Inside = Pick<WrittenModel, "nodes" | "weights" | "inputs" | "outputs">;
const whole = (name: string, value: number) => ({ name, shape: [], data: [value], type: 7 as const });
const loop = (graph: Inside, inputs: readonly string[], outputs: readonly string[] = ["y"]): WrittenNode => ({
  op: "Loop",
  inputs,
  outputs,
  attributes: { body: { graph } },
});
const file = (nodes: readonly WrittenNode[], weights: WrittenModel["weights"] = []) =>
  readOnnx(onnxFile({ nodes, weights, inputs: { x: ["n", 2] }, outputs: ["y"] }));
const run = (nodes: readonly WrittenNode[], weights: WrittenModel["weights"] = []) => {
  const program = onnxProgram(file(nodes, weights));
  return () =>
    Array.from(evaluate((t, x) => program.apply(t!, x!), { data: program.theta }, { data: [1, 2], shape: [1, 2] })[0]!);
};

const scalars = { i: [], goes: [] };
/** h W + b, with a bias of the body's own. */
const affine: Inside = {
  nodes: [
    { op: "MatMul", inputs: ["h", "W"], outputs: ["a"] },
    { op: "Add", inputs: ["a", "b"], outputs: ["next"] },
    { op: "Identity", inputs: ["goes"], outputs: ["on"] },
  ],
  weights: [{ name: "b", shape: [2], data: [1, -1] }],
  inputs: { ...scalars, h: ["n", 2] },
  outputs: ["on", "next"],
};
const W = { name: "W", shape: [2, 2], data: [0.5, 1, -1, 2] };

test("a loop has the weights of its body, and their derivatives are those of all steps", () => {
  const program = onnxProgram(file([loop(affine, ["steps", "", "x"])], [W, whole("steps", 3)]));
  expect(program.layout.map((p) => p.name)).toEqual(["b", "W"]);
  const p = compile(
    (t, x) => [program.apply(t!, x!)[0]!, grad((u) => sum(program.apply(u, x!)[0]!))(t!)],
    [{ shape: [6] }, { shape: [1, 2] }],
  );
  p.inputs[0]!.set(program.theta);
  p.inputs[1]!.set([1, 2]);
  p.run();
  // h -> (0.5 a - b + 1, a + 2 b - 1): (1, 2), (-0.5, 4), (-3.25, 6.5), (-7.125, 8.75).
  expect(Array.from(p.outputs[0]!)).toEqual([-7.125, 8.75]);
  // Adjoints (1, 1), then (1.5, 1), then (1.75, 0.5): 1 steps from the end on; weights get the sum of state times adjoint.
  expect(Array.from(p.outputs[1]!)).toEqual([
    1.75 + 1.5 + 1,
    0.5 + 1 + 1,
    1 * 1.75 + -0.5 * 1.5 + -3.25 * 1,
    1 * 0.5 + -0.5 * 1 + -3.25 * 1,
    2 * 1.75 + 4 * 1.5 + 6.5 * 1,
    2 * 0.5 + 4 * 1 + 6.5 * 1,
  ]);
});

test("a network with a loop has one layer of it", () => {
  const network = onnxNetwork(file([loop(affine, ["steps", "", "x"])], [W, whole("steps", 3)]));
  expect(network.architecture.inputs).toBe(2);
  expect(network.architecture.size).toBe(6);
});

const nested = (depth: number): WrittenNode =>
  depth === 0
    ? { op: "Tanh", inputs: ["x"], outputs: ["y"] }
    : {
        op: "If",
        inputs: ["yes"],
        outputs: ["y"],
        attributes: {
          then_branch: { graph: { nodes: [nested(depth - 1)], outputs: ["y"] } },
          else_branch: { graph: { nodes: [], outputs: ["x"] } },
        },
      };

test("graphs inside graphs, as deep as exporters write them and no deeper", () => {
  expect(run([nested(8)], [whole("yes", 1)])()).toEqual([Math.tanh(1), Math.tanh(2)].map((v) => expect.closeTo(v, 14)));
  expect(run([nested(8)], [whole("yes", 0)])()).toEqual([1, 2]);
  expect(() => run([nested(9)], [whole("yes", 1)])).toThrow(
    /^onnx: node 0 "If", inside: node 0 "If", .*graphs inside graphs, more than 8 deep/,
  );
});

const idle: Inside = { nodes: [], inputs: { ...scalars, h: ["n", 2] }, outputs: ["goes", "h"] };
const wrong = { ...affine, nodes: [{ op: "Tanhh", inputs: ["h"], outputs: ["next"] }], outputs: ["goes", "next"] };
const growing: Inside = {
  nodes: [{ op: "Concat", inputs: ["h", "h"], outputs: ["next"], attributes: { axis: 0 } }],
  inputs: { ...scalars, h: ["n", 2] },
  outputs: ["goes", "next", "next"],
};
const doubt: Inside = {
  nodes: [
    { op: "ReduceSum", inputs: ["h"], outputs: ["s"], attributes: { keepdims: 0 } },
    { op: "Less", inputs: ["s", "s"], outputs: ["on"] },
  ],
  inputs: { ...scalars, h: ["n", 2] },
  outputs: ["on", "h"],
};
const branch = { op: "If", inputs: ["x"], outputs: ["y"], attributes: nested(1).attributes! };

test.each<[string, readonly WrittenNode[], readonly number[], RegExp]>([
  ["no end", [loop(idle, ["", "", "x"])], [], /more than 200000 steps in all/],
  ["no end in sight", [loop(idle, ["steps", "", "x"])], [2 ** 52], /more than 200000 steps in all/],
  [
    "an end that depends on the data",
    [loop(doubt, ["steps", "", "x"])],
    [5],
    /\(Loop\): whether it ends after 1 steps depends on the data/,
  ],
  ["a condition that depends on the data", [branch], [], /\(If\): input 0 depends on the data/],
  [
    "an operator inside",
    [loop(wrong, ["steps", "", "x"])],
    [1],
    /^onnx: node 0 \(Loop\), inside: node 0 \(Tanhh\): this operator is not supported/,
  ],
  ["another number of values", [loop(affine, ["steps", "", "x", "x"])], [1], /a body with 3 inputs and 2 outputs for 4 inputs/],
  ["a body that is missing", [{ op: "Loop", inputs: ["steps", "", "x"], outputs: ["y"] }], [1], /the graph body is missing/],
  [
    "a body that is a number",
    [{ op: "Loop", inputs: ["steps", "", "x"], outputs: ["y"], attributes: { body: 3 } }],
    [1],
    /the attribute body is no graph/,
  ],
  [
    "values that nothing gives",
    [loop({ ...idle, outputs: ["goes", "nix"] }, ["steps", "", "x"])],
    [1],
    /\(Loop\) needs the value "nix", which nothing gives/,
  ],
  [
    "a circle inside",
    [loop({ ...idle, nodes: [{ op: "Tanh", inputs: ["z"], outputs: ["z"] }], outputs: ["goes", "z"] }, ["steps", "", "x"])],
    [1],
    /goes in a circle through "z"/,
  ],
  [
    "a circle through the inside",
    [loop({ ...idle, outputs: ["goes", "y"] }, ["steps", "", "x"])],
    [1],
    /goes in a circle through "y"/,
  ],
  [
    "results of different shapes",
    [loop(growing, ["steps", "", "x"], ["y", "all"])],
    [2],
    /what its steps collect changes its shape/,
  ],
  [
    "nothing collected",
    [loop(growing, ["steps", "", "x"], ["y", "all"])],
    [0],
    /no steps, so that what they collect has no shape/,
  ],
])("refused by name: %s", (_name, nodes, steps, message) => {
  const all = [...steps.map((n) => whole("steps", n)), W, whole("yes", 1)];
  expect(() => run(nodes, all)()).toThrow(message);
  expect(() => run(nodes, all)()).toThrow(RangeError);
});

test("growth by doubling in a loop stops at the bound", () => {
  const program = onnxProgram(file([loop({ ...growing, outputs: ["goes", "next"] }, ["steps", "", "x"])], [whole("steps", 60)]), {
    most: 4096,
  });
  expect(() => evaluate((t, x) => program.apply(t!, x!), { data: [] }, { data: [1, 2], shape: [1, 2] })).toThrow(
    /at most 4096 a value/,
  );
});
