import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { onnxFile, type WrittenNode } from "../../../../../test/support/onnx.js";
import { value } from "../../../../../test/support/studies.js";
import { random } from "../../core/random.js";
import { readOnnx } from "../../models/onnx/model.js";
import { onnxNetwork } from "../../models/onnx/network.js";
import { attentionNetwork } from "../../networks/attention.js";
import { neuralDelayEquation } from "../../networks/neural-delay-equation.js";
import { resnet } from "../../networks/resnet.js";
import type { RunRecord } from "../record.js";
import type { Table } from "../table.js";
import { inspectModel, prepare } from "./inspect.js";
import { planOf, type PlanOptions } from "./plan.js";
import { subjectOf, type Model } from "./subject.js";

const table = (columns: number, values: ArrayLike<number>): Table => ({
  rows: values.length / columns,
  columns,
  values: Float64Array.from(values),
  sha256: "",
});
const draw = (n: number, seed = 1): Float64Array => {
  const stream = random(seed);
  return Float64Array.from({ length: n }, () => stream.normal());
};
const classes = (n: number, k: number): number[] => Array.from({ length: n }, (_, i) => i % k);
const PARTS = ["order", "ranks", "linear"];

async function found(model: Model, x: Table, y: Table, options: PlanOptions = { parts: PARTS }): Promise<RunRecord> {
  const prepared = prepare(subjectOf(model, x, y), { seed: 0 });
  const plan = planOf(prepared.bench, prepared.rates, options);
  return inspectModel(prepared, plan, { title: "t", system: {}, files: [], seed: 0, threadCount: 1, version: "0" });
}
const fixture = (name: string, axes?: readonly number[]): Model =>
  onnxNetwork(
    readOnnx(readFileSync(join(import.meta.dirname, `../../../../../test/fixtures/onnx/${name}.onnx`))),
    axes ? { axes } : {},
  );
const byHand = (architecture: Model["architecture"]): Model => ({
  architecture,
  theta: architecture.initial(0),
  tokens: false,
  head: undefined,
  layered: undefined,
  why: "made by hand",
});

test("a convolution is seen as the perceptron with the same weights", async () => {
  // Two kernels of three on six numbers: channel by channel, four places each.
  const [kernels, bias, readout] = [draw(6, 2), draw(2, 3), draw(24, 4)];
  const dense = new Float64Array(6 * 8);
  for (let c = 0; c < 2; c++)
    for (let at = 0; at < 4; at++) for (let j = 0; j < 3; j++) dense[(at + j) * 8 + 4 * c + at] = kernels[3 * c + j]!;
  const model = (nodes: readonly WrittenNode[], weights: Record<string, [number[], ArrayLike<number>]>, input: number[]): Model =>
    onnxNetwork(
      readOnnx(
        onnxFile({
          nodes: [...nodes, { op: "MatMul", inputs: ["f", "R"], outputs: ["y"] }],
          weights: Object.entries({ ...weights, R: [[8, 3], readout] as [number[], ArrayLike<number>] }).map(
            ([name, [shape, data]]) => ({ name, shape, data: Array.from(data), type: 11 }),
          ),
          inputs: { x: ["n", ...input] },
          outputs: ["y"],
        }),
      ),
    );
  const convolution = model(
    [
      { op: "Conv", inputs: ["x", "K", "b"], outputs: ["c"] },
      { op: "Relu", inputs: ["c"], outputs: ["r"] },
      { op: "Flatten", inputs: ["r"], outputs: ["f"] },
    ],
    { K: [[2, 1, 3], kernels], b: [[2], bias] },
    [1, 6],
  );
  const perceptron = model(
    [
      { op: "MatMul", inputs: ["x", "W"], outputs: ["c"] },
      { op: "Add", inputs: ["c", "b"], outputs: ["d"] },
      { op: "Relu", inputs: ["d"], outputs: ["f"] },
    ],
    { W: [[6, 8], dense], b: [[8], Array.from({ length: 8 }, (_, i) => bias[Math.floor(i / 4)]!)] },
    [6],
  );
  expect([convolution.layered === undefined, perceptron.layered === undefined]).toEqual([true, false]);
  const data = [table(6, draw(6 * 60, 5)), table(1, classes(60, 3))] as const;
  const [a, b] = [await found(convolution, ...data), await found(perceptron, ...data)];
  const numbers = (r: RunRecord) =>
    r.manifest.answers.filter((x) => /^(order|rank|linear)_/.test(x.name)).map((x) => [x.name, x.value, x.error] as const);
  expect(numbers(a).map(([name]) => name)).toEqual(numbers(b).map(([name]) => name));
  expect(numbers(a).length).toBeGreaterThan(8);
  numbers(a).forEach(([, v, e], i) => {
    expect(Math.abs(v - numbers(b)[i]![1])).toBeLessThan(1e-12);
    expect(Math.abs(e - numbers(b)[i]![2])).toBeLessThan(1e-12);
  });
  expect(a.manifest.verdict.join(" ")).toMatch(/What is left is a linear map, of the inputs/);
});

describe("models of real exporters", () => {
  test("residual convolutions: ReLUs keep order weakly, and what is left without them is linear", async () => {
    const record = await found(fixture("torch-residual-export18"), table(50, draw(50 * 40)), table(1, classes(40, 3)));
    for (const l of [1, 2]) expect(value(record, `order_unit_${l}`)).toBe(1);
    expect(record.manifest.facts["activations"]).toBe("1 relu (100 units), 2 relu (100 units)");
    expect(Array.from(record.arrays["activation"]!.data)).toEqual([1, 2]);
    expect(record.arrays["order_pair"]!.data.every((v) => v > 0.5 && v < 1)).toBe(true);
    expect(record.manifest.verdict.join(" ")).toMatch(/What is left is a linear map/);
    expect(value(record, "linear_map_accuracy_2")).toBe(value(record, "accuracy"));
  });
  test("a transformer: no linear map without its activations, and what is in the way is named", async () => {
    const tokens = Float64Array.from({ length: 4 * 30 }, (_, i) => (7 * i + Math.floor(i / 4)) % 11);
    const record = await found(fixture("torch-transformer-script17", [4]), table(4, tokens), table(1, classes(30, 2)));
    const told = record.manifest.verdict.join(" ");
    expect(told).toMatch(/it still holds Gather, LayerNormalization, MatMul, Softmax; from activation 2 \(gelu\)/);
    expect(told).toMatch(/Pairs of units are left out.*all 2 that were looked at/);
    expect(told).toMatch(/signs are those of the mean derivative over 30 samples/);
    expect(record.manifest.answers.find((a) => a.name === "linear_map_error_1")!.label).toBe(
      "relative error of the network (no linear map) without activations from activation 2 (gelu) on",
    );
    expect(value(record, "linear_map_error_0")).toBeGreaterThan(0);
  });
  test("recurrent cells: every step has its activation, and gates stay", async () => {
    const data = [table(15, draw(15 * 30)), table(1, classes(30, 2))] as const;
    const plain = await found(fixture("torch-rnn-export21"), ...data);
    expect(plain.manifest.facts["activations"]).toMatch(/^1 tanh \(4 units\), .*5 tanh \(4 units\)$/);
    expect(plain.manifest.verdict.join(" ")).toMatch(/What is left is a linear map/);
    const gated = await found(fixture("torch-lstm-export21"), ...data, { parts: ["linear:quick"] });
    expect(gated.manifest.verdict.join(" ")).toMatch(/it still holds LSTM/);
    // Ten activations, of which quick looks at eight, from the first to the last.
    expect(Array.from(gated.arrays["activation"]!.data)).toEqual([1, 2, 4, 5, 6, 7, 9, 10]);
  });
});

describe("models made by hand", () => {
  const data = (inputs: number) => [table(inputs, draw(inputs * 30)), table(1, classes(30, 2))] as const;
  test("a residual network without activation is its own linear map, and without weights in its branches its own readout", async () => {
    const linear = await found(byHand(resnet({ widths: [3, 6, 2], depth: 3, activation: "identity" })), ...data(3));
    for (const l of [0, 1, 2]) {
      expect(value(linear, `linear_map_error_${l}`)).toBeLessThan(1e-12);
      for (const kind of ["unit", "pair", "layer", "projection"]) expect(value(linear, `order_${kind}_${l + 1}`)).toBe(1);
    }
  });
  test("attention", async () => {
    const record = await found(byHand(attentionNetwork({ widths: [6, 8, 2], tokens: 3, state: 4, depth: 1 })), ...data(6));
    expect(record.manifest.verdict.join(" ")).toMatch(/it still holds layer normalisation, softmax attention\./);
    expect(value(record, "order_unit_1")).toBe(1);
  });
  test("a delay equation, and a model without activations, are told so by name", async () => {
    const delayed = byHand(neuralDelayEquation({ widths: [2, 3, 2] }));
    const plan = (model: Model, inputs: number) =>
      planOf(subjectOf(model, ...data(inputs)), { forward: 1, gradient: 3, product: 6, compile: 0 });
    const why = (model: Model, inputs: number) =>
      plan(model, inputs)
        .filter((p) => PARTS.includes(p.part.name))
        .map((p) => p.why);
    for (const w of why(delayed, 2)) expect(w).toMatch(/activations lie inside the loops of the solver/);
    const linear = onnxNetwork(
      readOnnx(
        onnxFile({
          nodes: [
            { op: "Conv", inputs: ["x", "K"], outputs: ["c"] },
            { op: "Flatten", inputs: ["c"], outputs: ["y"] },
          ],
          weights: [{ name: "K", shape: [1, 1, 2], data: [1, 2] }],
          inputs: { x: ["n", 1, 3] },
          outputs: ["y"],
        }),
      ),
    );
    for (const w of why(linear, 3)) expect(w).toMatch(/onnx .* has no activation: nowhere is a function of single numbers/);
  });
});

test("what activations cost is estimated, and a budget has its say", () => {
  const subject = subjectOf(fixture("torch-rnn-export21"), table(15, draw(15 * 300)), table(1, classes(300, 2)));
  const rates = { forward: 1, gradient: 3, product: 6, compile: 0.1 };
  const cost = (name: string, options: PlanOptions) => planOf(subject, rates, options).find((p) => p.part.name === name)!;
  // Five activations: one pass with all of them, one without any, one for each; 1.6 plain passes each.
  expect(cost("order", { parts: ["order"] }).seconds).toBeGreaterThan(7 * 1.6);
  expect(cost("linear", { parts: ["linear"] }).seconds).toBeCloseTo(0.15 + 5 * 0.012 + 6 * 1.6, 10);
  for (const name of PARTS)
    expect(cost(name, { parts: [`${name}:quick`] }).seconds).toBeLessThanOrEqual(cost(name, { parts: [name] }).seconds);
  expect(cost("linear", { budget: 5 }).why).toBe("does not fit into the budget");
});
