import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { value } from "../../../../../test/support/studies.js";
import { denseSymmetric } from "../../analysis/dense-symmetric.js";
import { random } from "../../core/random.js";
import { readOnnx } from "../../models/onnx/model.js";
import { onnxNetwork } from "../../models/onnx/network.js";
import { onnxFile } from "../../../../../test/support/onnx.js";
import type { RunRecord } from "../record.js";
import type { Table } from "../table.js";
import { inspectModel, prepare } from "./inspect.js";
import { planOf } from "./plan.js";
import { subjectOf, type Model, type SubjectOptions } from "./subject.js";

const table = (columns: number, values: ArrayLike<number>): Table => ({
  rows: values.length / columns,
  columns,
  values: Float64Array.from(values),
  sha256: "",
});
const rates = { forward: 1, gradient: 3, product: 6, compile: 0 };

/** y = x W, no bias: the loss is quadratic and all is known. */
const linear = (weights: readonly number[], outputs = 1): Model =>
  onnxNetwork(
    readOnnx(
      onnxFile({
        nodes: [{ op: "MatMul", inputs: ["x", "W"], outputs: ["y"] }],
        weights: [{ name: "W", shape: [weights.length / outputs, outputs], data: weights, type: 11 }],
        inputs: { x: ["n", weights.length / outputs] },
        outputs: ["y"],
      }),
    ),
  );

async function found(
  model: Model,
  x: Table,
  y: Table,
  parts: readonly string[],
  options: SubjectOptions = {},
): Promise<RunRecord> {
  const prepared = prepare(subjectOf(model, x, y, options), { seed: 0 });
  const plan = planOf(prepared.bench, prepared.rates, { parts });
  return inspectModel(prepared, plan, { title: "t", system: {}, files: [], seed: 0, threadCount: 1, version: "0" });
}
const near = (a: number, b: number, relative: number): void => expect(Math.abs(a / b - 1)).toBeLessThan(relative);

describe("a linear model, where the Hessian is X^T X / N", () => {
  const [n, d] = [40, 5];
  const stream = random(2);
  const x = Float64Array.from({ length: n * d }, (_, i) => stream.normal() * (1 + (i % d)));
  const y = Float64Array.from({ length: n }, () => stream.normal());
  const w = [0.3, -1, 0.5, 2, 0.1];
  const h = new Float64Array(d * d);
  for (let s = 0; s < n; s++)
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) h[i * d + j]! += (x[s * d + i]! * x[s * d + j]!) / n;
  const eigenvalues = denseSymmetric(h, d).values;
  const g = new Float64Array(d);
  for (let s = 0; s < n; s++) {
    const r = w.reduce((sum, v, i) => sum + v * x[s * d + i]!, 0) - y[s]!;
    for (let i = 0; i < d; i++) g[i]! += (r * x[s * d + i]!) / n;
  }

  test("sharpness, smallest eigenvalue, and the step sizes of every optimizer", async () => {
    const record = await found(linear(w), table(d, x), table(1, y), ["sharpness"]);
    const top = eigenvalues.at(-1)!;
    near(value(record, "sharpness"), top, 1e-9);
    near(value(record, "smallest_eigenvalue"), eigenvalues[0]!, 1e-9);
    near(value(record, "largest_step_gradient-descent"), 2 / top, 1e-9);
    near(value(record, "largest_step_heavy-ball"), 3.8 / top, 1e-9);
    near(value(record, "largest_step_nesterov"), 3.8 / (2.8 * top), 1e-9);
    // RMSProp and Adam divide by |g| once their means have settled.
    const scaled = h.map((v, i) => v / Math.sqrt((Math.abs(g[Math.floor(i / d)]!) + 1e-8) * (Math.abs(g[i % d]!) + 1e-8)));
    const seen = denseSymmetric(scaled, d).values.at(-1)!;
    near(value(record, "largest_step_rmsprop"), 2 / seen, 1e-6);
    near(value(record, "largest_step_adam"), 38 / seen, 1e-6);
    // 19 (2 / eta - w) = lambda.
    near(value(record, "largest_step_adamw"), 2 / (seen / 19 + 0.01), 1e-6);
  });

  test("loss, gradient and the density of eigenvalues", async () => {
    const record = await found(linear(w), table(d, x), table(1, y), ["density"]);
    near(value(record, "gradient_norm"), Math.sqrt(g.reduce((s, v) => s + v * v, 0)), 1e-12);
    const [nodes, weights] = [record.arrays["density_nodes"]!.data, record.arrays["density_weights"]!.data];
    // As many Lanczos steps as dimensions: the nodes of each of 8 probes are the eigenvalues.
    expect(nodes.length).toBe(8 * d);
    nodes.forEach((node, i) => near(node, eigenvalues[Math.floor(i / 8)]!, 1e-9));
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const trace = record.manifest.answers.find((a) => a.name === "hessian_trace")!;
    expect(Math.abs(trace.value - eigenvalues.reduce((a, b) => a + b, 0))).toBeLessThan(5 * trace.error);
  });

  test("data without an exact fit are told apart from data with one", async () => {
    const far = await found(linear(w), table(d, x), table(1, y), ["sgd"]);
    expect(value(far, "interpolation")).toBeGreaterThan(0.5);
    expect(far.manifest.verdict.join(" ")).toMatch(/does not pass through its data: the residuals are .* at sample \d+/);
    expect(far.manifest.answers.some((a) => /^(step|lambda)_/.test(a.name))).toBe(false);

    // One sample alone: SGD is gradient descent, stable up to 2 / |x|^2.
    const one = [1, 2, 0, -1, 1];
    const target = w.reduce((s, v, i) => s + v * one[i]!, 0);
    const fit = await found(linear(w), table(d, one), table(1, [target]), ["sgd:quick"]);
    for (const name of ["step_gradient_descent", "step_mean_square_1"]) near(value(fit, name), 2 / 7, 1e-9);
  });

  // With orthogonal inputs a step moves one coordinate alone: lambda_i = log |1 - eta |x_i|^2| / N, and the largest counts. At eta = N / max |x|^2, half of
  // what gradient descent bears, the sample that is longest gives log(N - 1) / N: SGD leaves where gradient descent stays.
  test("the exponent of SGD with orthogonal inputs is known, and positive", async () => {
    const inputs = table(4, [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0.5, 0]);
    for (const level of ["sgd:quick", "sgd"]) {
      const fit = await found(linear([0.3, -1, 0.5, 2]), inputs, table(1, [0.3, -2, 0.25]), [level]);
      const lambda = fit.manifest.answers.find((a) => a.name === "lambda_1")!;
      expect(Math.abs(lambda.value - Math.log(2) / 3)).toBeLessThan(5 * lambda.error);
      expect(lambda.error).toBeLessThan(0.01);
      expect(fit.manifest.facts["lambda_1_step"]).toBeCloseTo(3 / 4, 12);
      expect(fit.manifest.facts["lambda_1_low"]).toBeGreaterThan(0);
      expect(fit.manifest.facts["lambda_1_sign"]).toBe("positive");
      // All three samples in a batch are gradient descent: log(1 - min / max).
      expect(value(fit, "lambda_3")).toBeCloseTo(Math.log(1 - 0.25 / 4), 12);
      expect(fit.manifest.verdict.join(" ")).toMatch(
        /with single samples λ = 0\.2\d+ ± \S+ per step \(99\u00a0% interval .*\): SGD leaves; /,
      );
    }
  });

  test("and with generic inputs agrees in sign with products taken in the space of weights", async () => {
    for (const seed of [2, 5, 6, 9]) {
      const draws = random(seed);
      // As many weights as samples: in a wider space rounding across the span does not shrink, and in the end is all that is left.
      const n = 2 + (seed % 3);
      const d = n;
      const rows = Float64Array.from({ length: n * d }, () => draws.normal());
      const theta = Array.from({ length: d }, () => draws.normal());
      const fits = Array.from({ length: n }, (_, s) => theta.reduce((t, v, i) => t + v * rows[s * d + i]!, 0));
      const record = await found(linear(theta), table(d, rows), table(1, fits), ["sgd:quick"]);
      const eta = Number(record.manifest.facts["lambda_1_step"]);
      let v = Array.from({ length: d }, () => draws.normal());
      let growth = 0;
      const steps = 30_000;
      for (let step = 0; step < steps; step++) {
        const s = Math.floor(n * draws.uniform());
        const along = v.reduce((t, x, i) => t + x * rows[s * d + i]!, 0);
        v = v.map((x, i) => x - eta * along * rows[s * d + i]!);
        const size = Math.sqrt(v.reduce((t, x) => t + x * x, 0));
        growth += Math.log(size);
        v = v.map((x) => x / size);
      }
      const lambda = record.manifest.answers.find((a) => a.name === "lambda_1")!;
      expect(Math.sign(lambda.value)).toBe(Math.sign(growth));
      // The program's run ends as soon as its sign is certain; the other's error is some 0.005. Measured: 0.081 and 0.031, -0.029 and -0.091.
      expect(Math.abs(lambda.value - growth / steps)).toBeLessThan(5 * lambda.error + 0.02);
    }
  });

  test("where no parameter moves an output, SGD stands still", async () => {
    const still = await found(linear([1, 1]), table(2, [0, 0, 0, 0]), table(1, [0, 0]), ["sgd"]);
    expect(value(still, "interpolation")).toBe(0);
    expect(still.manifest.verdict.join(" ")).toMatch(/no parameter moves an output on any sample/);
  });

  test("the same parts give the same record, and what was not asked for is named", async () => {
    const once = async () => (await found(linear(w), table(d, x), table(1, y), ["sharpness:quick", "sgd"])).manifest;
    const first = await once();
    expect(await once()).toEqual(first);
    expect(first.verdict.at(-1)).toMatch(/^Left out: structure \(not asked for\); layers \(/);
  });
});

describe("exported models", () => {
  const folder = join(import.meta.dirname, "../../../../../test/fixtures/onnx");
  const model = (name: string, axes?: readonly number[]) =>
    onnxNetwork(readOnnx(readFileSync(join(folder, `${name}.onnx`))), axes ? { axes } : {});
  const stream = random(4);
  const draw = (n: number) => Float64Array.from({ length: n }, () => stream.normal());
  const classes = (n: number, k: number) => Float64Array.from({ length: n }, (_, i) => i % k);

  test("a perceptron with classes is asked everything", async () => {
    const net = model("torch-mlp-gelu-script14");
    const parts = [
      "structure",
      "layers:quick",
      "sharpness:quick",
      "sgd",
      "order",
      "ranks",
      "linear:quick",
      "weights",
      "density:quick",
      "basins:quick",
    ];
    const record = await found(net, table(3, draw(60)), table(1, classes(20, 3)), parts);
    expect(record.manifest.verdict.at(-1)).toBe("Nothing was left out.");
    expect(record.manifest.facts["loss"]).toBe("cross-entropy");
    expect(record.manifest.facts["class"]).toBe("augmented");
    expect(record.manifest.answers.filter((a) => a.status === "diverged")).toEqual([]);
    // A single gelu is not monotone, so that even units may change order; the widths 3-5-5-4-3 have three activations.
    expect(record.series.find((s) => s.name === "order_unit")!.values.filter(Number.isFinite).length).toBe(3);
    expect(record.series.find((s) => s.name === "layer")!.values).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(record.arrays["basin_radii"]!.shape).toEqual([20]);
    expect(record.arrays["rank_density"]!.shape[0]).toBe(4);
    for (const name of ["rank_slope_4", "linear_map_error_0", "effective_rank_W1"])
      expect(value(record, name)).toBeGreaterThan(0);
  });

  test("a ReLU that lets all pass is linear: it keeps every order, and ranks as the input does", async () => {
    const n = 20;
    const net = onnxNetwork(
      readOnnx(
        onnxFile({
          nodes: [
            { op: "MatMul", inputs: ["x", "V"], outputs: ["a"] },
            { op: "Relu", inputs: ["a"], outputs: ["h"] },
            { op: "MatMul", inputs: ["h", "W"], outputs: ["y"] },
          ],
          weights: [
            { name: "V", shape: [1, 3], data: [1, 0.5, 2], type: 11 },
            { name: "W", shape: [3, 2], data: [-1, 2, -0.25, 1, -3, 0.5], type: 11 },
          ],
          inputs: { x: ["n", 1] },
          outputs: ["y"],
        }),
      ),
    );
    const rising = Float64Array.from({ length: n }, (_, i) => 0.1 + i * i);
    const upper = Float64Array.from({ length: n }, (_, i) => (i < n / 2 ? 0 : 1));
    const asked = ["order", "ranks", "linear", "weights"];
    const record = await found(net, table(1, rising), table(1, upper), asked);
    expect(value(record, "linear_map_error_0")).toBeLessThan(1e-15);
    const column = (name: string) => record.series.find((s) => s.name === name)!.values[0];
    for (const kind of ["unit", "pair", "layer", "projection"]) {
      expect([column(`order_${kind}`), column(`preserving_${kind}`)]).toEqual([1, 1]);
      expect(column(`tau_${kind}`)).toBeCloseTo(1, 12);
    }
    // The upper half of the ranks has the mean 3/4, and so has the lower half under a negative sign: 12 (3/4 - 1/2).
    for (const l of [1, 2]) expect(value(record, `rank_slope_${l}`)).toBeCloseTo(3, 12);
    const norm = record.manifest.answers.find((a) => a.name.startsWith("weight_norm"))!;
    expect(norm.value).toBeCloseTo(Math.sqrt(5.25), 12);

    expect(record.manifest.verdict.join(" ")).not.toMatch(/NaN/);

    // Numbers as targets have no ranks by class; the others are asked all the same.
    const numbers = await found(net, table(1, rising), table(2, new Float64Array(2 * n).fill(0.5)), asked);
    expect(numbers.manifest.verdict.at(-1)).toMatch(/ranks \(the targets are numbers and no classes\)/);
    expect(value(numbers, "linear_map_error_0")).toBeLessThan(1e-15);
  });

  test("a network of convolutions has layers and curvature, but is no perceptron", async () => {
    const record = await found(model("torch-cnn-script17"), table(64, draw(64 * 12)), table(1, classes(12, 3)), [
      "structure",
      "layers:quick",
      "sharpness:quick",
      "order",
    ]);
    expect(record.manifest.steps).toEqual({ planned: 3, done: 3, unit: "part" });
    expect(record.manifest.verdict.join(" ")).toMatch(/not a plain layered network \(node 0 \(Conv/);
    expect(record.manifest.facts["layers"]).toBe("Conv 0, Conv 3, Gemm 7");
    expect(value(record, "sharpness")).toBeGreaterThan(0);
  });

  test("tokens have no derivatives: what needs them says so", async () => {
    const tokens = table(4, [1, 4, 10, 2, 0, 7, 7, 3, 5, 5, 5, 5]);
    const record = await found(model("torch-transformer-export18", [4]), tokens, table(1, [0, 1, 1]), [
      "layers",
      "basins",
      "sharpness:quick",
    ]);
    expect(record.manifest.verdict.at(-1)).toMatch(
      /layers \(the inputs are whole numbers.*basins \(the inputs are whole numbers/,
    );
    expect(value(record, "sharpness")).toBeGreaterThan(0);
  });

  test("a recurrent network takes sequences row by row", async () => {
    const record = await found(model("keras-lstm"), table(15, draw(15 * 8)), table(2, draw(16)), [
      "layers:quick",
      "sharpness:quick",
    ]);
    expect(record.manifest.facts["loss"]).toBe("square");
    expect(record.manifest.answers.find((a) => a.name === "gradient_growth")!.status).toBe("ok");
  });

  test("matrices that a file keeps either way up have ranks and norms, and no alignment of units", async () => {
    const record = await found(model("torch-mlp-norm-script17"), table(3, draw(30)), table(1, classes(10, 2)), ["weights"]);
    expect(value(record, "effective_rank_0.weight")).toBeGreaterThan(1);
    expect(record.manifest.answers.some((a) => a.name.startsWith("alignment"))).toBe(false);
    expect(record.manifest.verdict.join(" ")).not.toMatch(/NaN|isotropic/);
  });

  test("a last sigmoid means yes or no", () => {
    const subject = subjectOf(model("torch-mlp-norm-script17"), table(3, draw(12)), table(1, [0, 1, 1, 0]));
    expect([subject.loss.name, subject.data.targets]).toEqual(["logistic", Float64Array.of(0, 1, 1, 0)]);
    expect(() => subjectOf(model("torch-mlp-norm-script17"), table(3, draw(6)), table(1, [0, 2]))).toThrow(
      /row 1 of the targets has the label 2; .* knows the classes 0 to 1/,
    );
  });
});

describe("a plan", () => {
  const subject = subjectOf(linear([1, 2, 3, 4], 2), table(2, [1, 2, 3, 4, 5, 6]), table(1, [0, 1, 1]));
  const levels = (budget: number) => Object.fromEntries(planOf(subject, rates, { budget }).map((p) => [p.part.name, p.level]));

  test("spends a budget on what fits, quickly first, and full from the front", () => {
    const costs = planOf(subject, rates).filter((p) => p.level);
    const all = costs.reduce((s, p) => s + p.seconds, 0);
    expect(costs.every((p) => p.level === "full")).toBe(true);
    expect(Object.values(levels(all + 1e-9)).filter((l) => l === "full").length).toBe(costs.length);
    const less = planOf(subject, rates, { budget: 0.6 * all });
    expect(less.filter((p) => p.level).reduce((s, p) => s + p.seconds, 0)).toBeLessThanOrEqual(0.6 * all);
    expect(less.some((p) => p.level === "quick" && p.why === "less thorough, for the budget")).toBe(true);
    const none = planOf(subject, rates, { budget: 1e-6 });
    expect(none.every((p) => p.level === undefined && p.why !== undefined)).toBe(true);
    expect(none.find((p) => p.part.name === "density")!.why).toBe("does not fit into the budget");
  });

  test("parts by name, with what is not known and what cannot be asked", () => {
    const plan = planOf(subject, rates, { parts: ["sgd", "density:quick", "order"] });
    expect(plan.filter((p) => p.level).map((p) => [p.part.name, p.level])).toEqual([
      ["sgd", "full"],
      ["density", "quick"],
    ]);
    expect(plan.find((p) => p.part.name === "order")!.why).toMatch(/one layer and no activation/);
    expect(() => planOf(subject, rates, { parts: ["densty"] })).toThrow(/part "densty" is not known; did you mean "density"\?/);
    expect(() => planOf(subject, rates, { parts: ["density:fast"] })).toThrow(/level "fast" given; expected full or quick/);
  });
});

test.each<[string, Table, Table, SubjectOptions, RegExp]>([
  ["inputs of another width", table(3, [1, 2, 3]), table(1, [0]), {}, /the data have 3 numbers a sample; mlp 2-2 takes 2/],
  [
    "one sample of a model for two",
    table(1, [1]),
    table(1, [0]),
    {},
    /takes 2 \(if the file was written for 2 samples at once, export/,
  ],
  ["too few targets", table(2, [1, 2, 3, 4]), table(1, [0]), {}, /there are 1 targets for 2 samples/],
  [
    "a class that is not there",
    table(2, [1, 2, 3, 4]),
    table(1, [0, 2]),
    {},
    /row 1 of the targets has the label 2; mlp 2-2 knows the classes 0 to 1/,
  ],
  [
    "targets of another width",
    table(2, [1, 2, 3, 4]),
    table(3, [1, 2, 3, 4, 5, 6.5]),
    {},
    /the targets have 3 numbers a sample; mlp 2-2 gives 2/,
  ],
  [
    "a loss that is not there",
    table(2, [1, 2]),
    table(1, [0]),
    { loss: "sqare" },
    /loss "sqare" is not known; .*did you mean "square"\?/,
  ],
])("%s are refused with their place", (_name, x, y, options, message) =>
  expect(() => subjectOf(linear([1, 2, 3, 4], 2), x, y, options)).toThrow(message),
);

test("a model that overflows on the data is refused, and the sample named", () => {
  const subject = subjectOf(linear([1e300, 1e300]), table(2, [1, 1, 1e300, 1e300]), table(1, [0.5, 0.5]));
  expect(() => prepare(subject, { seed: 0 })).toThrow(/output 0 of the model is Infinity at sample 1/);
});
