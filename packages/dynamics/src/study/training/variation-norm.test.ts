import { describe, expect, it } from "vitest";
import { column, refusal, run } from "../../../../../test/support/studies.js";
import { mlp } from "../../networks/mlp.js";
import { shallowReluNorm } from "../../networks/shallow-relu-norm.js";

const study = (architecture: string, more = "", learningRate = 0.3): string => `
seed: 5
system:
  kind: training
  architecture: ${architecture}
  data: { source: inline, inputs: [[-1, 0.2], [0.5, 0.9], [0.1, -0.7], [1.3, 0.4], [-0.4, -1.1]], targets: [[1], [-0.5], [0.3], [2], [0]] }
  optimizer: { learningRate: ${learningRate} }
  ${more}
  steps: 3000
questions: [{ type: sharpness, every: 50, tolerance: 0.001 }, { type: variation-norm }]
`;
const relu = "{ widths: [2, 9, 1], activation: relu, init: he-normal, biasDeviation: 0.3 }";

describe("the question variation-norm", () => {
  it("prints both sides of the inequality, in the order that theory demands, at every measurement", async () => {
    const record = await run(study(relu));
    const [norm, published, sharper] = ["variation_norm", "variation_bound", "variation_bound_sharper"].map((n) =>
      column(record, n),
    );
    norm!.forEach((v, i) => {
      expect(v).toBeLessThan(sharper![i]!);
      expect(sharper![i]!).toBeLessThanOrEqual(published![i]!);
    });
    // By hand at the end: the norm of these weights, R the longest input, 1 / eta in place of half the sharpness.
    const theta = record.arrays["parameters"]!.data;
    const inputs = [-1, 0.2, 0.5, 0.9, 0.1, -0.7, 1.3, 0.4, -0.4, -1.1];
    const architecture = mlp({ widths: [2, 9, 1], activation: "relu" });
    const value = (name: string): number => record.manifest.answers.find((a) => a.name === name)!.value;
    expect(value("variation_norm")).toBe(shallowReluNorm(architecture, theta, { samples: 5, inputs }).value);
    const loss = column(record, "loss").at(-1)!;
    expect(value("variation_bound_stable")).toBeCloseTo(
      1 / 0.3 - 0.5 + (Math.sqrt(1.3 ** 2 + 0.4 ** 2) + 1) * Math.sqrt(2 * loss),
      12,
    );
    expect(record.manifest.verdict.join(" ")).toMatch(/The INEQUALITY HOLDS at all 61 measurements/);
  });

  it("takes the threshold of the optimizer in place of 2 / eta, and batches", async () => {
    const record = await run(
      study(relu, "batches: { size: 2 }").replace(
        "{ learningRate: 0.3 }",
        "{ type: heavy-ball, momentum: 0.5, learningRate: 0.1 }",
      ),
    );
    const value = (name: string): number => record.manifest.answers.find((a) => a.name === name)!.value;
    const loss = column(record, "loss").at(-1)!;
    expect(value("variation_bound_stable")).toBeCloseTo(
      15 - 0.5 + (Math.sqrt(1.3 ** 2 + 0.4 ** 2) + 1) * Math.sqrt(2 * loss),
      12,
    );
    expect(record.manifest.facts["variationBroken"]).toBe(0);
  });

  it.each([
    ["a smooth network", study("{ widths: [2, 9, 1] }"), /questions\[1\]\.type: variation-norm: mlp 2-9-1 tanh given/],
    ["a deep one", study("{ widths: [2, 4, 4, 1], activation: relu }"), /allowed: mlp with widths \[inputs, units, 1\]/],
    [
      "another loss",
      study(relu, "loss: logistic").replace("[[1], [-0.5], [0.3], [2], [0]]", "[[1], [0], [0], [1], [0]]"),
      /is for the square loss/,
    ],
  ])("refuses %s", async (_, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });
});
