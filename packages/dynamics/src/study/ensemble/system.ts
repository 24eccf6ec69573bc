import { z } from "zod";
import { supervised, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { optimizerSchema } from "../training/optimizer.js";

const schema = z
  .strictObject({
    kind: z.literal("ensemble"),
    ...supervised,
    optimizer: optimizerSchema,
    starts: z.int().min(1).max(1_000_000).default(10_000).describe("Number of trainings side by side"),
    box: z
      .number()
      .gt(0)
      .max(1e6)
      .optional()
      .describe("Starts uniform in [-box, box] for each parameter; default: the architecture's own initial law"),
    scales: z
      .array(z.number().gt(0).max(1e6))
      .min(1)
      .max(64)
      .optional()
      .describe("Factors on the initial law, start by start in turn; default: 1"),
    steps: z.int().min(1).max(100_000_000).default(20_000).describe("Most steps of each training"),
    threads,
  })
  .describe("Many trainings of one network by full batches, side by side in one compiled program");

const reachable = z
  .strictObject({
    type: z.literal("reachable-minima"),
    tolerance: z.number().gt(0).max(1).default(1e-10).describe("A training has arrived when its gradient is no longer than this"),
    kick: z
      .number()
      .min(0)
      .max(1)
      .default(1e-5)
      .describe("Length of a random push on arrival, after which it has to arrive again; 0: none"),
  })
  .describe("Where the trainings end, and how sharp the minima there are beside what the step size allows");

export type EnsembleSpec = z.infer<typeof schema>;
export type ReachableAsked = z.infer<typeof reachable>;

/** Many trainings of one network. */
export const ensembleSystem = {
  name: "ensemble",
  description: "many trainings of one network from random starts, side by side",
  schema,
  questions: [
    {
      name: "reachable-minima",
      description: "which minima training can end in: their sharpness beside the threshold of the step size",
      schema: reachable,
    },
  ],
  run: async (spec: EnsembleSpec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<EnsembleSpec>;
