import { describe, expect, it } from "vitest";
import { optimizers } from "../../training/optimizers/index.js";
import { canonical } from "../canonical.js";
import { parseStudy } from "../parse.js";
import { runStudy } from "../run.js";

// y = w x fitted to y = 3 x from w = 0; the Hessian is the mean of x^2.
const LAMBDA = 1.75;
const text = (optimizer: string, steps = 40): string => `
system:
  kind: training
  architecture: { widths: [1, 1], bias: false, init: zero }
  data: { source: inline, inputs: [[1], [-2], [0.5]], targets: [[3], [-6], [1.5]] }
  optimizer: ${optimizer}
  steps: ${steps}
questions:
  - { type: sharpness, every: 10 }
  - type: edge-of-stability
`;
const optimizerOf = (written: string): unknown => (parseStudy(text(written)).study.system as { optimizer?: unknown }).optimizer;
const run = (written: string) =>
  runStudy(parseStudy(text(written)).study, {
    read: () => Promise.reject(new Error("no file is asked for")),
    version: "test",
  });

describe("the optimizer of a study", () => {
  it("is gradient descent where no type is given, in the same words as ever", () => {
    const words = '{"learningRate":0.5,"type":"gradient-descent"}';
    expect(canonical(optimizerOf("{ learningRate: 0.5 }"))).toBe(words);
    expect(canonical(optimizerOf("{ type: gradient-descent, learningRate: 0.5 }"))).toBe(words);
  });

  it.each(optimizers.map((o) => [o.name, o] as const))("%s has its numbers with their defaults", (name, { hyperparameters }) => {
    const spec = optimizerOf(`{ type: ${name}, learningRate: 0.5 }`) as Record<string, number>;
    expect(Object.keys(spec).sort()).toEqual(["learningRate", "type", ...hyperparameters.map((h) => h.name)].sort());
    for (const h of hyperparameters) expect(spec[h.name]).toBe(h.default);
  });

  it.each([
    [
      "{ type: adan, learningRate: 1 }",
      /optimizer\.type: expected one of gradient-descent, heavy-ball, nesterov, rmsprop, adam, adamw, got "adan"; did you mean "adam"\?/,
    ],
    ["{ type: adam, learningRate: 1, beta1: 1 }", /optimizer\.beta1: expected a number below 1, got 1/],
    ["{ type: heavy-ball, learningRate: 1, momentun: 0.5 }", /unknown key "momentun"; did you mean "momentum"\?/],
    ["{ learningRate: 1, beta1: 0.9 }", /unknown key "beta1"; expected one of type, learningRate, schedule/],
    ["{ learningRate: 1, schedule: { type: cosine, steps: 0.5 } }", /schedule\.steps: expected a whole number/],
    [
      "{ learningRate: 1, schedule: { type: cosin, steps: 5 } }",
      /schedule\.type: expected one of constant, linear-warm-up, cosine, step-decay, got "cosin"; did you mean "cosine"\?/,
    ],
  ])("%s is refused with what is allowed", (written, message) => {
    expect(() => optimizerOf(written)).toThrow(message);
  });

  it("is refused where its numbers do not fit each other, with the place", async () => {
    await expect(run("{ type: adamw, learningRate: 1, weightDecay: 2 }")).rejects.toThrow(
      /system\.optimizer: adamw: weightDecay 2 with stepSize 1 given; allowed: products below 2/,
    );
  });
});

describe("a study", () => {
  const column = (record: Awaited<ReturnType<typeof run>>, name: string): number[] =>
    Array.from(record.series.find((s) => s.name === name)!.values);

  it.each(optimizers.map((o) => o.name))("with %s puts the sharpness that counts beside the threshold", async (name) => {
    const record = await run(`{ type: ${name}, learningRate: 0.1 }`);
    expect(record.manifest.status).toBe("ok");
    const { threshold } = optimizers.find((o) => o.name === name)!.make({ stepSize: 0.1 });
    const { facts, verdict } = record.manifest;
    expect(facts["threshold"]).toBe(threshold);
    const adaptive = ["rmsprop", "adam", "adamw"].includes(name);
    if (!adaptive) expect(facts["ratio"]).toBeCloseTo(LAMBDA / threshold, 13);
    else {
      const effective = column(record, "effective_sharpness");
      expect(column(record, "sharpness").every((s) => Math.abs(s / LAMBDA - 1) < 1e-13)).toBe(true);
      // Median of all five measurements.
      expect(facts["ratio"]).toBeCloseTo([...effective].sort((a, b) => a - b)[2]! / threshold, 13);
      expect(verdict.join(" ")).toContain("effective sharpness (largest eigenvalue of the preconditioned Hessian");
    }
    // At step 0 the preconditioner is that of the first step: Adam's is (1 - beta1) |g|, RMSProp's sqrt(1 - beta2) |g|.
    if (name === "rmsprop") expect(column(record, "effective_sharpness")[0]).toBeCloseTo(LAMBDA / (0.1 * 3 * LAMBDA), 6);
    if (name.startsWith("adam")) expect(column(record, "effective_sharpness")[0]).toBeCloseTo(LAMBDA / (0.1 * 3 * LAMBDA), 6);
  });

  it("with a schedule is judged by the threshold of each step", async () => {
    const record = await run("{ learningRate: 1, schedule: { type: step-decay, every: 20, drop: 0.5 } }");
    // The thresholds are 2, 2, 4, 4, 8 at steps 0, 10, 20, 30, 40; the median of LAMBDA over them is LAMBDA / 4.
    expect(record.manifest.facts["ratio"]).toBeCloseTo(LAMBDA / 4, 13);
    expect(column(record, "stability_threshold")).toEqual([2, 2, 4, 4, 8]);
  });
});
