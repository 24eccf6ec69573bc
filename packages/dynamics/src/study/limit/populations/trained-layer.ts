import { z } from "zod";
import { supervised } from "../../supervised.js";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("trained-layer"),
    architecture: supervised.architecture.describe("A wide mlp; its last hidden layer is the population"),
    data: supervised.data,
    learningRate: z.number().gt(0).max(1e6).default(0.1).describe("Step size of gradient descent on the mean square loss"),
    steps: z.int().min(0).max(1_000_000).default(2000).describe("Steps of training before the layer is read"),
    further: z
      .number()
      .gt(0)
      .max(1e6)
      .default(5)
      .describe(
        "Time of training on from there by gradient flow, all other layers at rest, in learning rates times steps of the whole layer",
      ),
  })
  .describe("The last hidden layer of a trained network, read as a population: fewer of its neurons, beside all of them");

export type Spec = z.infer<typeof schema>;

/** Trained layers, and few of their neurons. */
export const trainedLayerEntry: PopulationEntry<Spec> = {
  name: "trained-layer",
  description: "neurons drawn from the last hidden layer of a trained network, beside the whole layer",
  schema,
  grow: async (spec, context) => (await import("../work/trained-layer.js")).grow(spec, context),
};
