import { describe, expect, it } from "vitest";
import { run, value } from "../../../../../test/support/studies.js";
import type { RunRecord } from "../record.js";

const wide = "{ source: inline, inputs: [[1, 0.5, -0.3, 0.8], [-0.4, 1.2, 0.6, 0.1]], targets: [[1], [-0.5]] }";
const study = (architecture: string, data: string, more: string, question = ""): string => `
seed: 3
system:
  kind: training
  architecture: ${architecture}
  data: ${data}
  ${more}
questions: [{ type: implicit-bias, every: 50${question} }]
`;

describe("which solution training picks", () => {
  it.each([
    ["gradient descent", "{ learningRate: 0.3 }", ""],
    ["the heavy ball by batches", "{ type: heavy-ball, learningRate: 0.1, momentum: 0.8 }", "batches: { size: 1 }"],
  ])("%s on linear regression: the one nearest to the start, whatever the start", async (_, optimizer, batches) => {
    const more = `optimizer: ${optimizer}\n  ${batches}\n  steps: 4000`;
    const zero = await run(study("{ widths: [4, 1], bias: false, init: zero }", wide, more));
    expect(value(zero, "bias_distance")).toBeLessThan(1e-10);
    expect(value(zero, "distance_least_norm")).toBeLessThan(1e-10);
    const other = await run(study("{ widths: [4, 1] }", wide, more));
    expect(value(other, "bias_distance")).toBeLessThan(1e-10);
    expect(value(other, "distance_least_norm")).toBeGreaterThan(0.1);
  });

  it("Adam leaves the space of the samples, and is said not to be covered", async () => {
    const record = await run(
      study("{ widths: [4, 1], bias: false, init: zero }", wide, "optimizer: { type: adam, learningRate: 0.01 }\n  steps: 3000"),
    );
    expect(value(record, "bias_distance")).toBeGreaterThan(0.01);
    expect(record.manifest.verdict.join(" ")).toMatch(/This theory does not cover adam/);
  });

  it("a diagonal network, its start small to large: theory to first order in the step size, from least sum |w| to least norm", async () => {
    const at = (learningRate: number): Promise<RunRecord> =>
      run(
        study(
          "{ type: diagonal, widths: [4, 1], bias: false, init: constant, gain: 0.3 }",
          wide,
          `optimizer: { learningRate: ${learningRate} }\n  steps: ${Math.round(400 / learningRate)}`,
          ", scales: [0.001, 30]",
        ),
      );
    const [coarse, fine] = [await at(0.04), await at(0.02)];
    expect(value(coarse, "bias_distance") / value(fine, "bias_distance")).toBeGreaterThan(1.9);
    expect(value(coarse, "bias_distance") / value(fine, "bias_distance")).toBeLessThan(2.1);
    const [small, large] = Array.from(fine.arrays["bias_scale_size"]!.data);
    const facts = fine.manifest.facts as Record<string, number>;
    // What is left off the support falls like a power of the start below 2.
    expect(Math.abs(small! / facts["leastAbsolute"]! - 1)).toBeLessThan(1e-2);
    expect(Math.abs(large! / facts["leastNormAbsolute"]! - 1)).toBeLessThan(1e-2);
    expect(facts["leastAbsolute"]).toBeLessThan(facts["leastNormAbsolute"]! - 0.01);
    const curve = fine.arrays["bias_curve_size"]!.data;
    expect(Math.abs(curve[0]! / facts["leastAbsolute"]! - 1)).toBeLessThan(2e-3);
    for (let i = 1; i < curve.length; i++) expect(curve[i]!).toBeGreaterThan(curve[i - 1]! - 1e-9);
  });

  const corners = (labels: string): string =>
    `{ source: inline, inputs: [[2, 0.3], [1, -0.4], [-1.5, 0.2], [-1, -0.6]], targets: [${labels}] }`;
  const logistic = "loss: cross-entropy\n  optimizer: { learningRate: 1 }\n  steps: 20000";

  it("logistic regression: margin up to the greatest one, weights along it by log t over it", async () => {
    const record = await run(study("{ widths: [2, 2], init: zero }", corners("[1, 0], [1, 0], [0, 1], [0, 1]"), logistic));
    const [best, margin, angle, growth] = ["greatest_margin", "margin", "angle", "norm_growth"].map((n) => value(record, n));
    expect(margin!).toBeLessThan(best!);
    expect(margin!).toBeGreaterThan(0.9 * best!);
    expect(angle!).toBeLessThan(0.2);
    expect(Math.abs(growth! * best! - 1)).toBeLessThan(0.1);
    const angles = Array.from(record.series.find((s) => s.name === "bias_angle")!.values).filter(Number.isFinite);
    expect(angles.at(-1)).toBeLessThan(angles[10]!);
  });

  it("and says so where no line parts the classes", async () => {
    const record = await run(
      study("{ widths: [2, 2], bias: false, init: zero }", corners("[1, 0], [0, 1], [0, 1], [1, 0]"), logistic),
    );
    expect(record.manifest.verdict.join(" ")).toMatch(/NOT KNOWN TO BE SEPARABLE/);
    expect(record.manifest.answers.find((a) => a.name === "greatest_margin")).toMatchObject({
      value: NaN,
      status: "not-converged",
    });
  });

  it.each([
    [
      "hidden layers",
      study("{ widths: [4, 3, 1] }", wide, "optimizer: { learningRate: 0.1 }\n  steps: 10"),
      /linear in their inputs/,
    ],
    [
      "a start that stays at 0",
      study("{ type: diagonal, widths: [4, 1], bias: false, init: zero }", wide, "optimizer: { learningRate: 0.1 }\n  steps: 10"),
      /an initial parameter is 0/,
    ],
    [
      "scales of a linear model",
      study("{ widths: [4, 1] }", wide, "optimizer: { learningRate: 0.1 }\n  steps: 10", ", scales: [2]"),
      /questions\[0\]\.scales: .* diagonal networks alone/,
    ],
  ])("refuses %s", async (_, text, message) => {
    await expect((async () => run(text))()).rejects.toThrow(message);
  });
});
