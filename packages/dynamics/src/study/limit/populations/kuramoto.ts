import { z } from "zod";
import { frequencyDensities } from "../../../limits/frequencies.js";
import { graph } from "../../population/graphs.js";
import { oneOf } from "../../supervised.js";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("kuramoto"),
    graph: graph.default({ type: "all-to-all" }),
    frequencies: z
      .strictObject({
        density: oneOf(frequencyDensities).default("lorentzian"),
        width: z.number().min(0).max(1e6).default(1).describe("Its width; 0: identical oscillators"),
      })
      .prefault({})
      .describe("Natural frequencies, about 0"),
    coupling: z.number().min(-1e4).max(1e4).default(3).describe("Coupling K"),
    noise: z.number().min(0).max(1e4).default(0).describe("D: noise of variance 2 D t on each phase"),
    order: z
      .number()
      .min(0)
      .lt(0.98)
      .default(0.3)
      .describe("Order parameter r at the start, whose phases have the density of a Poisson kernel"),
    start: z
      .enum(["drawn", "placed"])
      .default("drawn")
      .describe("Whether phases and frequencies of finite populations are drawn by chance, or placed evenly"),
    until: z.number().gt(0).max(1000).default(3).describe("Time up to which distances are followed"),
    moments: z.int().min(1).max(500).default(12).describe("Times at which they are taken, evenly spaced; the largest counts"),
    modes: z.int().min(8).max(1024).default(64).describe("Fourier modes of the phase density"),
    h: z.number().gt(0).max(1).default(0.05).describe("Longest time step of the populations"),
  })
  .describe("Kuramoto oscillators beside the Vlasov equation (with noise: Fokker-Planck) on the graph's limit");

export type Spec = z.infer<typeof schema>;

/** Oscillators and the Vlasov equation. */
export const kuramotoEntry: PopulationEntry<Spec> = {
  name: "kuramoto",
  description: "Kuramoto oscillators on a graph, beside the Vlasov equation on its limit",
  schema,
  grow: async (spec, context) => (await import("../work/kuramoto.js")).grow(spec, context),
};
