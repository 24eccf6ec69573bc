import { z } from "zod";
import { supervised, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const schema = z
  .strictObject({
    kind: z.literal("generative"),
    data: supervised.data,
    classes: z
      .array(z.int().min(0).max(999))
      .min(2)
      .max(20)
      .optional()
      .describe("Classes that are kept, by number; default: all. Their targets must name classes, one output each"),
    deviation: z
      .number()
      .gt(1)
      .max(100)
      .default(3)
      .describe("Data are scaled to this largest standard deviation; the noise has 1, so it decides when classes part"),
    hidden: z.array(z.int().min(1).max(1024)).min(1).max(8).default([32, 32]).describe("Hidden layers of the score network"),
    iterations: z.int().min(1).max(1_000_000).default(1500).describe("Steps of Adam"),
    batch: z.int().min(1).max(65_536).default(256).describe("Noised samples in a step"),
    learningRate: z.number().gt(0).max(1).default(0.01).describe("At the start; it falls along half a cosine"),
    end: z.number().gt(1).max(20).default(4).describe("Time of the noise, of the Ornstein-Uhlenbeck process"),
    threads,
  })
  .describe("A generative diffusion of data in the plane (or their two principal components) with a trained score network");

const sampler = z
  .strictObject({
    type: z.literal("trained-sampler"),
    samples: z.int().min(10).max(5000).default(400).describe("Samples drawn by each sampler"),
    pairs: z.int().min(20).max(5000).default(200).describe("Pairs of twins for each time"),
    grid: z.int().min(10).max(200).default(41).describe("Points a side of the picture of stretching"),
  })
  .describe("What the samplers draw, where the deterministic one stretches its starts, and when the stochastic one decides");

export type GenerativeSpec = z.infer<typeof schema>;
export type SamplerSpec = z.infer<typeof sampler>;

/** A diffusion model with a score learnt from data. */
export const generativeSystem = {
  name: "generative",
  description: "a generative diffusion of plane data with a trained score network",
  schema,
  questions: [
    {
      name: "trained-sampler",
      description: "samples of a trained diffusion model, where it stretches, and when it decides for a class",
      schema: sampler,
    },
  ],
  run: async (spec: GenerativeSpec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<GenerativeSpec>;
