import { z } from "zod";
import { activations } from "../../../networks/activations.js";
import { oneOf, supervised } from "../../supervised.js";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("two-layer"),
    activation: oneOf(activations).default("tanh"),
    data: supervised.data,
    deviation: z.number().gt(0).max(100).default(1).describe("Standard deviation of all weights at the start"),
    time: z.number().gt(0).max(1e4).default(3).describe("Time of training by gradient flow, in the limit's own unit"),
    reference: z
      .int()
      .min(64)
      .max(200_000)
      .default(4096)
      .describe("Neurons that stand for infinitely many, placed evenly over the law of the start"),
    draws: z.int().min(1).max(10_000).default(50).describe("Starts drawn for each run, for the variance of the first outputs"),
  })
  .describe("A two-layer network whose neurons are particles, beside the Wasserstein gradient flow of infinitely many");

export type Spec = z.infer<typeof schema>;

/** Two-layer networks and the Wasserstein gradient flow. */
export const twoLayerEntry: PopulationEntry<Spec> = {
  name: "two-layer",
  description: "two-layer networks, their neurons as particles, beside the Wasserstein gradient flow",
  schema,
  grow: async (spec, context) => (await import("../work/two-layer.js")).grow(spec, context),
};
