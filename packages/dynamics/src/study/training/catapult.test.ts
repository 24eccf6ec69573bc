import { describe, expect, it } from "vitest";
import { run } from "../../../../../test/support/studies.js";
import { catapult } from "../../training/catapult.js";

const study = (factors: string, more = "", optimizer = "{ learningRate: 0.1 }"): string => `
seed: 5
system:
  kind: training
  architecture: { widths: [1, 40, 1], activation: identity, bias: false }
  data: { source: inline, inputs: [[1]], targets: [[0]] }
  optimizer: ${optimizer}
  ${more}
  steps: 60
questions: [{ type: catapult, factors: ${factors} }]
`;

describe("the question of the catapult", () => {
  it("follows the exact map of output and curvature, of a linear network whose factor 1 / sqrt n stands in its weights", async () => {
    const { manifest, arrays } = await run(study("[1.5, 2.2, 3.1, 4.4]"));
    const lambda = manifest.answers.find((a) => a.name === "lambda_0")!;
    const losses = arrays["catapult_loss"]!;
    const rates = arrays["catapult_learning_rate"]!.data;
    const steps = losses.shape[1]!;
    // With n = 1 the map is that of f = u . v and lambda = |u|^2 + |v|^2: width 1 takes the factor 1 / n out.
    [1.5, 2.2, 3.1].forEach((factor, i) => {
      expect(Math.abs(rates[i]! * lambda.value - factor)).toBeLessThan(1e-7);
      const model = catapult({ width: 1, stepSize: rates[i]!, f: Math.sqrt(2 * losses.data[0]!), lambda: lambda.value });
      const largest = { loss: 0 };
      for (let t = 0; t < 12; t++) {
        const seen = losses.data[i * steps + t]!;
        largest.loss = Math.max(largest.loss, seen);
        expect(Math.abs(0.5 * model.state[0]! ** 2 - seen)).toBeLessThan(1e-5 * largest.loss);
        model.step();
      }
    });
    expect(manifest.facts["catapultAsPredicted"]).toBe(4);
    const said = manifest.verdict.join(" ");
    expect(said.match(/was lazy/g)!.length).toBe(1);
    expect(said.match(/was catapult/g)!.length).toBe(2);
    expect(said).toMatch(/4\.4\/λ0 was divergent: the run left the finite numbers/);
    for (const i of [2, 3]) expect(manifest.answers.find((a) => a.name === `catapult_${i}`)!.value).toBeLessThan(2);
    expect(manifest.answers.find((a) => a.name === "catapult_4")).toMatchObject({ value: NaN, status: "diverged" });
  });

  it.each([
    ["by its length", 6, "{ learningRate: 0.1 }", /take more steps/],
    [
      "by the study's own run, which diverges",
      60,
      "{ learningRate: 100 }",
      /its loss still stands .*give it a smaller learningRate/,
    ],
  ])("does not call a run divergent that is cut short on its way up, %s", async (_, steps, optimizer, why) => {
    const { manifest } = await run(study("[2.2]", "", optimizer).replace("steps: 60", `steps: ${steps}`));
    const said = manifest.verdict.join(" ");
    expect(said).toMatch(/was undecided \(predicted: catapult\)/);
    expect(said).toMatch(why);
    expect(manifest.answers.find((a) => a.name === "catapult_1")).toMatchObject({ value: NaN, status: "step-limit" });
    expect(manifest.facts["catapultAsPredicted"]).toBe(0);
  });

  it.each([
    ["another optimizer", study("[1]", "", "{ type: adam, learningRate: 0.1 }"), /those of gradient descent/],
    ["batches", study("[1]", "batches: { size: 1 }"), /that of full batches/],
  ])("refuses %s", async (_, text, message) => {
    await expect((async () => run(text))()).rejects.toThrow(message);
  });
});
