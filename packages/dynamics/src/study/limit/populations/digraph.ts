import { z } from "zod";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("digraph-measure"),
    neighbours: z
      .discriminatedUnion("type", [
        z
          .strictObject({
            type: z.literal("pair"),
            rho: z.number().gt(0).max(0.5).describe("Their distance, in lengths of the ring"),
          })
          .describe("Two neighbours, at rho on either side: a sparse graph, however many nodes"),
        z
          .strictObject({ type: z.literal("nearest"), h: z.number().gt(0).max(0.5).describe("Half-width of the neighbourhood") })
          .describe("All within the distance h: a dense graph"),
        z
          .strictObject({ type: z.literal("one-way"), rho: z.number().gt(0).max(0.5).describe("How far ahead the neighbour is") })
          .describe("One neighbour ahead: sparse and directed"),
      ])
      .describe("Who acts on a unit of the ring; weights add up to 1"),
    coupling: z.number().min(0).max(100).default(1).describe("Coupling K of identical oscillators"),
    winding: z.int().min(-20).max(20).default(0).describe("Turns of the phase round the ring at the start"),
    ripple: z.number().min(0).max(10).default(1).describe("Size of the wave sin(2 pi x) on the phase at the start"),
    until: z.number().gt(0).max(100).default(1.5).describe("Time up to which finite rings are followed"),
    moments: z.int().min(1).max(200).default(6).describe("Times at which they are compared with the limit"),
    waves: z.int().min(1).max(200).default(12).describe("Wave numbers whose eigenvalues are compared"),
  })
  .describe("Identical oscillators on rings, beside the digraph measure that the graph tends to");

export type Spec = z.infer<typeof schema>;

/** Rings, sparse and dense, and the digraph measures they tend to. */
export const digraphEntry: PopulationEntry<Spec> = {
  name: "digraph-measure",
  description: "oscillators on sparse or dense rings, beside the digraph measure they tend to",
  schema,
  grow: async (spec) => (await import("../work/digraph.js")).grow(spec),
};
