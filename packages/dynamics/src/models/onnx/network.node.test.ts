import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, evaluate, type Tensor } from "#engine";
import type { Activation } from "../../networks/activations.js";
import { onnxFile, type WrittenModel } from "../../../../../test/support/onnx.js";
import { readOnnx } from "./model.js";
import { onnxNetwork } from "./network.js";
import { onnxProgram } from "./program.js";

const folder = join(import.meta.dirname, "../../../../../test/fixtures/onnx");

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
// Models of the exporters of PyTorch and Keras, with the outputs of ONNX Runtime, by torch_models.py and keras_models.py in test/fixtures/onnx.
const exported = JSON.parse(readFileSync(join(folder, "exported.json"), "utf8")) as Record<
  string,
  { inputs: [Numbers]; outputs: Record<string, Numbers> }
>;
const load = (name: string) => readOnnx(readFileSync(join(folder, `${name}.onnx`)));

/** The largest difference, relative to numbers above 1: rounding of float32 is below 1e-6, a wrong formula far above. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!) / Math.max(1, Math.abs(b[i]!))), 0)
    : Infinity;

test("every exported model of the folder has its outputs, and the other way round", () => {
  const files = readdirSync(folder).filter((f) => /^(torch|keras)-.*\.onnx$/.test(f));
  expect(files.map((f) => f.replace(".onnx", "")).sort()).toEqual(Object.keys(exported).sort());
  expect(files.length).toBeGreaterThan(50);
});

test("an activation with a bound far out is none of those without", () => {
  const model = readOnnx(
    onnxFile({
      nodes: [
        { op: "MatMul", inputs: ["x", "W"], outputs: ["h"] },
        { op: "Clip", inputs: ["h", "low", "high"], outputs: ["a"] },
        { op: "MatMul", inputs: ["a", "W"], outputs: ["y"] },
      ],
      weights: [
        { name: "W", shape: [1, 1], data: [1] },
        { name: "low", shape: [], data: [0] },
        { name: "high", shape: [], data: [6] },
      ],
      inputs: { x: ["n", 1] },
      outputs: ["y"],
    }),
  );
  const { architecture, theta, layered } = onnxNetwork(model);
  expect(layered!.activations[0]!.name).toBe("Clip");
  const [y] = evaluate((t, x) => architecture.apply(t!, x!), { data: theta }, { data: [-1, 5, 60], shape: [3, 1] });
  expect(y).toEqual(Float64Array.of(0, 5, 6));
});

describe("models of real exporters", () => {
  test.each(Object.entries(exported))("%s: as ONNX Runtime, and as a network in layers", (name, { inputs: [x], outputs }) => {
    const model = load(name);
    const program = onnxProgram(model, { outputs: Object.keys(outputs) });
    const found = evaluate((theta, input) => program.apply(theta!, input!), { data: program.theta }, x);
    Object.values(outputs).forEach((o, i) => expect(apart(found[i]!, o.data)).toBeLessThan(1e-6));

    const { architecture, theta, head } = onnxNetwork(model, { axes: x.shape.slice(1) });
    const samples = x.shape[0]!;
    const rows = { data: x.data, shape: [samples, architecture.inputs] };
    const [whole, layered] = evaluate(
      (t, input) => [architecture.apply(t!, input!), architecture.layers(t!, input!).at(-1)!],
      { data: theta },
      rows,
    );
    expect(apart(whole!, layered!)).toBe(0);
    // With every activation handed back by a walk along one sample it is the same.
    let activations = 0;
    const activation = (field: Tensor, phi: Activation): Tensor => {
      activations++;
      return phi.apply(field);
    };
    const first = { data: x.data.slice(0, architecture.inputs), shape: [1, architecture.inputs] };
    const [walked] = evaluate((t, input) => architecture.apply(t!, input!, { activation }), { data: theta }, first);
    expect(apart(walked!, whole!.slice(0, architecture.outputs))).toBeLessThan(1e-14);
    expect(activations > 0).toBe(!name.startsWith("torch-upsample"));
    // Taken off, a softmax or sigmoid leaves logits.
    if (!head) expect(apart(whole!, Object.values(outputs)[0]!.data)).toBeLessThan(1e-6);
    expect(architecture.layerMaps.length).toBeGreaterThan(1);
    expect(architecture.layerMaps.map((l) => l.parameters.length).every((n) => n > 0)).toBe(true);
  });

  test.each([
    ["torch-mlp-script11", [3, 5, 5, 2], ["tanh", "tanh", undefined]],
    ["torch-mlp-gelu-script14", [3, 5, 5, 4, 3], ["gelu", "silu", "hard-tanh", undefined]],
    ["torch-mlp-gelu-export21", [3, 5, 5, 4, 3], ["gelu", "silu", "hard-tanh", undefined]],
    ["keras-mlp", [3, 5, 4, 2], ["tanh", "relu", undefined]],
    ["scikit-classifier", [3, 6, 3], ["relu", undefined]],
    ["scikit-zipmap", [3, 6, 3], ["relu", undefined]],
    ["scikit-names", [3, 3], [undefined]],
    ["scikit-linear", [3, 2], [undefined]],
  ])("%s is a multilayer perceptron, activations by name", (name, widths, names) => {
    const { layered } = onnxNetwork(load(name));
    expect(layered!.widths).toEqual(widths);
    expect(layered!.activations.map((a) => a?.name)).toEqual(names);
  });

  test.each([
    ["torch-cnn-script17", /node 0 \(Conv .*comes before the first layer/],
    ["torch-mlp-norm-script17", /BatchNormalization .*neither an affine map of the whole state nor an activation/],
    ["torch-rnn-export18", /comes before the first layer/],
  ])("%s is none, and the node that is something else is named", (name, why) => {
    const found = onnxNetwork(load(name));
    expect([found.layered, found.why]).toEqual([undefined, expect.stringMatching(why)]);
  });
});

test("linear models of scikit-learn have their coefficients for parameters, and logits behind which the softmax is taken off", () => {
  const heads = ["scikit-names", "scikit-logistic", "scikit-binary", "scikit-linear"].map((name) => onnxNetwork(load(name)).head);
  expect(heads).toEqual(["softmax", "softmax", "softmax", undefined]);
  const { layout } = onnxProgram(load("scikit-logistic"), { outputs: ["output_probability"] });
  expect(layout.map((p) => p.shape)).toEqual([[3, 3], [3]]);
  expect(layout.map((p) => p.name)).toEqual(["LinearClassifier.coefficients", "LinearClassifier.intercepts"]);
});

const matrix = { name: "W", shape: [2, 2], data: [1, 2, 3, 4] };
const affine: WrittenModel = {
  nodes: [{ op: "MatMul", inputs: ["x", "W"], outputs: ["y"] }],
  weights: [matrix],
  inputs: { x: ["n", 2] },
  outputs: ["y"],
};

describe("samples", () => {
  const rows = { data: [1, 0, 0, 1, 1, 1], shape: [3, 2] };
  const outputs = (model: WrittenModel, axes?: readonly number[]) => {
    const { architecture, theta } = onnxNetwork(readOnnx(onnxFile(model)), axes ? { axes } : {});
    return [...evaluate((t, x) => architecture.apply(t!, x!), { data: theta }, rows)[0]!];
  };

  test("a model made for one sample is mapped over all of them", () =>
    expect(outputs({ ...affine, inputs: { x: [1, 2] } })).toEqual([1, 2, 3, 4, 4, 6]));

  test("samples may be counted by another axis than the first", () => {
    // y = W x for columns x.
    const turned: WrittenModel = {
      ...affine,
      nodes: [{ op: "MatMul", inputs: ["W", "x"], outputs: ["y"] }],
      inputs: { x: [2, "n"] },
    };
    expect(outputs(turned)).toEqual([1, 3, 2, 4, 3, 7]);
  });

  test("a file that says samples are free and holds shapes for one is mapped all the same", () => {
    const fixed: WrittenModel = {
      ...affine,
      nodes: [
        { op: "Reshape", inputs: ["x", "s"], outputs: ["r"] },
        { op: "MatMul", inputs: ["r", "W"], outputs: ["y"] },
      ],
      weights: [matrix, { name: "s", shape: [2], data: [1, 2], type: 7 }],
    };
    expect(outputs(fixed)).toEqual([1, 2, 3, 4, 4, 6]);
  });

  test.each<[string, Partial<WrittenModel>, readonly number[] | undefined, RegExp]>([
    [
      "two inputs",
      { nodes: [{ op: "Add", inputs: ["x", "z"], outputs: ["y"] }], inputs: { x: ["n", 2], z: ["n", 2] } },
      undefined,
      /the model has 2 inputs \("x", "z"\)/,
    ],
    ["no axis for samples", { inputs: { x: [5, 2] } }, undefined, /has the shape \[5, 2\], in which no axis can count samples/],
    ["a free axis without a length", { inputs: { x: ["n", "t", "f"] } }, undefined, /leaves the axis "t" of \[n, t, f\] free/],
    [
      "an operator that is not there",
      { nodes: [{ op: "Fresnel", name: "lens", inputs: ["x"], outputs: ["y"] }] },
      undefined,
      /node 0 \(Fresnel "lens"\): this operator is not supported/,
    ],
    [
      "an output that is constant",
      { nodes: [{ op: "Relu", inputs: ["W"], outputs: ["y"] }] },
      undefined,
      /"y" does not depend on the input/,
    ],
  ])("%s is refused", (_name, change, axes, message) =>
    expect(() => onnxNetwork(readOnnx(onnxFile({ ...affine, ...change })), axes ? { axes } : {})).toThrow(message),
  );
});

// x + f(x) with f in the branch: nothing between the two ends passes through one value, so the block is one layer.
test("a residual block is one layer, and the layers behind it begin at their weights", () => {
  const model: WrittenModel = {
    nodes: [
      { op: "MatMul", inputs: ["x", "A"], outputs: ["a"] },
      { op: "MatMul", inputs: ["a", "B"], outputs: ["b"] },
      { op: "Tanh", inputs: ["b"], outputs: ["t"] },
      { op: "Add", inputs: ["a", "t"], outputs: ["r"] },
      { op: "MatMul", inputs: ["r", "C"], outputs: ["y"] },
    ],
    weights: ["A", "B", "C"].map((name) => ({ ...matrix, name })),
    inputs: { x: ["n", 2] },
    outputs: ["y"],
  };
  const { architecture } = onnxNetwork(readOnnx(onnxFile(model)));
  expect(architecture.layerMaps.map((l) => l.parameters.map((p) => p.name))).toEqual([["A"], ["B"], ["C"]]);
  const theta = onnxNetwork(readOnnx(onnxFile(model))).theta;
  const p = compile(
    (t, x) => [architecture.apply(t, x), architecture.layers(t, x).at(-1)!],
    [{ shape: [12] }, { shape: [2, 2] }],
  );
  p.inputs[0]!.set(theta);
  p.inputs[1]!.set([0.1, 0.2, -0.3, 0.4]);
  p.run();
  expect(p.outputs[1]).toEqual(p.outputs[0]);
});

// Two groups of one channel each: (x - mean) / deviation of each row, times the group's scale, plus its shift.
test("group normalisation before version 21 has a scale for each group", () => {
  const bytes = onnxFile({
    version: 18,
    nodes: [
      { op: "GroupNormalization", inputs: ["x", "s", "b"], outputs: ["y"], attributes: { num_groups: 2, epsilon: { float: 0 } } },
    ],
    weights: [
      { name: "s", shape: [2], data: [2, 3] },
      { name: "b", shape: [2], data: [10, 20] },
    ],
    inputs: { x: ["n", 4, 1] },
    outputs: ["y"],
  });
  const program = onnxProgram(readOnnx(bytes));
  const [y] = evaluate((t, x) => program.apply(t!, x!), { data: program.theta }, { data: [0, 2, 5, 9], shape: [1, 4, 1] });
  expect([...y!]).toEqual([8, 12, 17, 23]);
});
