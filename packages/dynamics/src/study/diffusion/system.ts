import { z } from "zod";
import { threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const schema = z
  .strictObject({
    kind: z.literal("diffusion"),
    centre: z.number().positive().max(1e3).default(1).describe("The two classes of the data lie at plus and minus this"),
    width: z.number().min(0).max(1e3).default(0).describe("Standard deviation within a class; 0: points"),
    schedule: z
      .enum(["variance-preserving", "ornstein-uhlenbeck"])
      .default("variance-preserving")
      .describe("How the data turn into noise"),
    end: z.number().positive().max(100).optional().describe("Time of the noise; default: 1, or 4 for ornstein-uhlenbeck"),
    threads,
  })
  .describe("A generative diffusion of two classes on a line, with its exact score");

const breaking = z
  .strictObject({
    type: z.literal("symmetry-breaking"),
    paths: z.int().min(10).max(10_000).default(2000).describe("Samples drawn by the reverse diffusion"),
    times: z.int().min(20).max(2000).default(240).describe("Rows of the record"),
  })
  .describe("When the sampler commits itself to a class: resting points of the reverse drift, critical times, sample paths");

export type Breaking = z.infer<typeof breaking>;
export type Spec = z.infer<typeof schema>;

/** A diffusion model whose score is known. */
export const diffusionSystem = {
  name: "diffusion",
  description: "a generative diffusion with its exact score: symmetry breaking of the sampler",
  schema,
  questions: [
    { name: "symmetry-breaking", description: "when a generative diffusion commits itself to a class", schema: breaking },
  ],
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
