import { z } from "zod";
import { threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const schema = z
  .strictObject({
    kind: z.literal("tokens"),
    tokens: z.int().min(2).max(2000).default(48).describe("Number of tokens"),
    dimension: z.int().min(2).max(2000).default(3).describe("Dimension of the space on whose unit sphere they live"),
    betas: z
      .array(z.number().min(0).max(500))
      .min(1)
      .max(12)
      .default([1, 4, 9])
      .describe("Inverse temperatures, each a run of its own from the same directions"),
    weights: z.enum(["softmax", "plain"]).default("softmax").describe("Whether weights add up to 1 for each token, or not"),
    threads,
  })
  .describe("Tokens under self-attention: particles on a sphere that attract each other");

const clustering = z
  .strictObject({
    type: z.literal("clustering"),
    until: z.number().gt(0).max(1e6).default(40).describe("Time (depth) up to which tokens are followed"),
    moments: z.int().min(4).max(10_000).default(200).describe("Times at which they are looked at, evenly spaced"),
    threshold: z.number().gt(0).lt(1).default(0.999).describe("Cosine above which two tokens count as one"),
  })
  .describe("How many clusters tokens form, and how their mean cosine grows");

const transition = z
  .strictObject({
    type: z.literal("transition"),
    from: z.number().gt(0).max(100).default(0.3).describe("Smallest noise, in units of the predicted critical one of each beta"),
    to: z.number().gt(0).max(100).default(2).describe("Largest noise, in the same units"),
    count: z.int().min(3).max(200).default(9).describe("Number of noises, evenly spaced"),
    transient: z
      .number()
      .gt(0)
      .max(1e5)
      .default(15)
      .describe("Time before anything counts, in the time 1 / ((d - 1) D_c) in which directions are forgotten"),
    time: z.number().gt(0).max(1e6).default(60).describe("Time over which order is averaged, in the same unit"),
  })
  .describe(
    "Tokens with noise: how much they agree, from random directions and from one direction, beside the limit of infinitely many",
  );

export type Question = z.infer<typeof clustering>;
export type Transition = z.infer<typeof transition>;
export type Spec = z.infer<typeof schema>;
const questions = [
  {
    name: "clustering",
    description: "number of clusters and mean cosine of tokens under attention over depth, for several temperatures",
    schema: clustering,
  },
  {
    name: "transition",
    description: "order of tokens with noise over its strength, and the critical noise, measured beside theory",
    schema: transition,
  },
];

/** Tokens under attention. */
export const tokensSystem = {
  name: "tokens",
  description: "tokens under self-attention as particles on a sphere",
  schema,
  questions,
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
