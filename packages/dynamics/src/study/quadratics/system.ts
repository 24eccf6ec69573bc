import { z } from "zod";
import { threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const MOST_DIMENSIONS = 8;

const matrix = z
  .array(z.array(z.number().min(-1e9).max(1e9)).min(1).max(MOST_DIMENSIONS))
  .min(1)
  .max(MOST_DIMENSIONS);

const schema = z
  .strictObject({
    kind: z.literal("quadratics"),
    hessians: z
      .array(z.union([z.number().min(-1e9).max(1e9), matrix]))
      .min(1)
      .max(1000)
      .describe("One a sample: the curvature of its loss, which may be negative, or a symmetric matrix as rows"),
    threads,
  })
  .describe("Samples with quadratic losses about one common critical point: SGD there is a product of random matrices");

const question = z
  .strictObject({
    type: z.literal("probabilistic-stability"),
    from: z.number().gt(0).optional().describe("First step size; default: a 40th of the last"),
    to: z
      .number()
      .gt(0)
      .optional()
      .describe("Last step size; default: four times gradient descent's threshold, or 4 over the largest curvature"),
    count: z.int().min(2).max(2000).default(160).describe("Number of step sizes, evenly spaced"),
    runs: z.int().min(1).max(10_000).default(200).describe("SGD runs at each step size"),
    steps: z.int().min(10).max(1_000_000).default(1000).describe("Their length"),
    near: z
      .number()
      .gt(0)
      .lt(1)
      .default(1e-3)
      .describe("A run has converged when it ends below this share of its first distance"),
    budget: z
      .int()
      .min(1000)
      .max(2 ** 26)
      .default(2 ** 15)
      .describe("Random products of one exponent, where the Hessians are matrices; numbers have theirs in closed form"),
  })
  .describe(
    "The almost sure growth of SGD over the step size, beside that of the mean and of the mean square, and the share of runs that converge",
  );

export type ProbabilisticStability = z.infer<typeof question>;
export type Spec = z.infer<typeof schema>;

/** Quadratic losses with one common critical point. */
export const quadraticsSystem = {
  name: "quadratics",
  description: "samples with quadratic losses about one common critical point, minimum or saddle: multiplicative noise",
  schema,
  questions: [
    {
      name: "probabilistic-stability",
      description:
        "at which step sizes SGD converges in probability, in mean square and on average, and the share of runs that do",
      schema: question,
    },
  ],
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
