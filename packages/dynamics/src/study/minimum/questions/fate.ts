import { z } from "zod";
import type { StabilitySign } from "../../../analysis/stability-sign.js";
import type { Fate } from "../../../training/fate.js";
import { takingTurns } from "../../asking.js";
import type { Answer } from "../../conclusion.js";
import { count, percent, show } from "../../words.js";
import type { MinimumBench, MinimumQuestion } from "../question.js";
import type { StabilityAnswer } from "./stability.js";

const schema = z
  .strictObject({
    type: z.literal("fate"),
    factors: z
      .array(z.number().gt(0).max(100))
      .min(1)
      .max(32)
      .default([0.8, 1.2])
      .describe("Step sizes of the runs, in units of the one at which the exponent passes 0"),
    runs: z.int().min(1).max(100_000).default(200).describe("Runs at each step size"),
    steps: z.int().min(16).max(100_000_000).default(5000).describe("Longest run, in SGD steps"),
    distance: z.number().gt(0).optional().describe("Distance of the starts; default: 1e-7 of the minimum's norm"),
    radius: z.number().gt(0).optional().describe("A run stays when never farther away; default: 10,000 distances"),
  })
  .describe("What becomes of SGD runs that start near the minimum: the test of what the sign of the exponent says");

type Spec = z.infer<typeof schema>;

/** Most random products for the sign of the exponent at a step size of the runs. */
const SIGN_PRODUCTS = 2 ** 17;

interface Outcome {
  readonly factor: number;
  readonly learningRate: number;
  /** Of the exponent there: beyond its first zero it may be negative again. */
  readonly sign: StabilitySign["sign"];
  readonly fate: Fate;
}

export const fate: MinimumQuestion<Spec> = {
  name: "fate",
  description: "the share of SGD runs that stay near the minimum, on either side of the exponent's zero",
  schema,
  needs: ["stability"],
  weight: 8,
  async ask({ factors, runs, steps, distance, radius }, bench, before, breathe) {
    const { stochastic, meanSquare } = (before.get("stability") as StabilityAnswer).result.thresholds;
    if (stochastic?.status !== "ok")
      return {
        answers: [],
        sentences: [
          `No runs were started: the step size at which the exponent passes 0 is not known (${stochastic?.explanation ?? "it was not asked for"}).`,
        ],
      };
    const { stabilitySignInParts } = await import("../../../analysis/stability-sign.js");
    const { fateInParts } = await import("../../../training/fate.js");
    const outcomes: Outcome[] = [];
    for (const [i, factor] of factors.entries()) {
      const learningRate = factor * stochastic.value;
      const note = `${count(runs, "run")} at learning rate ${show(learningRate)}`;
      await breathe(i / factors.length, note);
      const parts = fateInParts(bench.minimum, {
        stepSize: learningRate,
        ...settings(bench),
        runs,
        steps,
        ...(distance === undefined ? {} : { distance }),
        ...(radius === undefined ? {} : { radius }),
      });
      const end = await takingTurns(parts, (share) => breathe((i + share) / factors.length, note));
      const { gram, batchSize, sampling, seed } = bench;
      const signed = stabilitySignInParts(gram, {
        stepSize: learningRate,
        batchSize,
        sampling,
        meanSquare,
        exponent: { budget: SIGN_PRODUCTS, seed },
      });
      const { sign } = await takingTurns(signed, () => breathe((i + 1) / factors.length, note));
      outcomes.push({ factor, learningRate, sign, fate: end });
    }
    return {
      answers: outcomes.map(answer),
      sentences: [...outcomes.map(sentence), agreement(outcomes)],
      arrays: {
        fate_learning_rate: {
          shape: [factors.length],
          data: Float64Array.from(outcomes, (o) => o.learningRate),
        },
        fate_survived: {
          shape: [factors.length, runs],
          data: Float64Array.from(outcomes.flatMap((o) => Array.from(o.fate.survived))),
        },
      },
      facts: { fateSteps: steps },
    };
  },
};

const settings = ({ batchSize, sampling, loss, seed, threads }: MinimumBench) => ({
  loss,
  batchSize,
  sampling,
  seed,
  threads,
});

const answer = ({ factor, learningRate, fate: f }: Outcome): Answer => ({
  ...f,
  name: `stay_${String(factor).replace(".", "_")}`,
  label: `share of runs that stay at η = ${show(learningRate)}, ${show(factor)} of the threshold`,
  unit: "1",
});

const sentence = ({ factor, learningRate, sign, fate: f }: Outcome): string =>
  `Of ${count(f.runs, "SGD run")} started ${show(f.distance)} away with η = ${show(learningRate)} (${show(factor)} of the threshold, where λ is ${sign === "undecided" ? "0 within its error" : sign}), ` +
  `${show(f.stays, 12)} stayed: ${percent(f.value)}, 95 % interval ${percent(f.interval[0])} to ${percent(f.interval[1])}.`;

function agreement(outcomes: readonly Outcome[]): string {
  const decided = outcomes.filter(({ sign }) => sign !== "undecided");
  const agrees = decided.every(({ sign, fate: f }) => (sign === "negative" ? f.interval[0] > 0.5 : f.interval[1] < 0.5));
  if (decided.length === 0)
    return "The sign of the exponent is not certain at any of these step sizes, so the runs test nothing.";
  return agrees
    ? "The runs agree with the sign of the exponent."
    : "The runs do NOT all agree with the sign of the exponent: near the threshold, or above the mean-square one, excursions of a finite size are common; smaller distances and longer runs tell more.";
}
