import { z } from "zod";
import { activations } from "../../../networks/activations.js";
import { graph } from "../../population/graphs.js";
import { oneOf } from "../../supervised.js";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("graph-layers"),
    graph,
    mixing: z.number().gt(0).max(1).default(0.5).describe("Share of each layer that is taken from the neighbours"),
    layers: z.int().min(1).max(1000).default(3).describe("Layers after which features are compared with the limit's"),
    wave: z.int().min(0).max(50).default(1).describe("k of the features cos(2 pi k x) at the start"),
    network: z
      .strictObject({
        activation: oneOf(activations).default("tanh"),
        width: z.int().min(1).max(64).default(6).describe("Features of a node"),
        gain: z.number().gt(0).max(100).default(1.5).describe("Deviation of the weights times the root of the width"),
        biasDeviation: z.number().min(0).max(100).default(0.3).describe("Standard deviation of the biases"),
      })
      .optional()
      .describe("Layers with random weights and a nonlinearity besides, each layer with its own"),
    depth: z.int().min(6).max(5000).default(60).describe("Layers over which features are seen to fade"),
  })
  .describe("The layers of a graph neural network, without its weights and with, on graphs sampled from a graphon");

export type Spec = z.infer<typeof schema>;

/** Graph neural networks and the graphon their graphs come from. */
export const graphLayersEntry: PopulationEntry<Spec> = {
  name: "graph-layers",
  description: "layers of a graph neural network on sampled graphs, beside the graphon's",
  schema,
  grow: async (spec, context) => (await import("../work/graph-layers.js")).grow(spec, context),
};
