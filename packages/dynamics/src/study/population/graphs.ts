import { z } from "zod";
import { allToAll, alongEdges, lowRank, type CouplingMatrix } from "../../limits/coupling-matrix.js";
import { clippedGraphon } from "../../limits/clipped-graphon.js";
import type { Digraph } from "../../limits/digraph.js";
import {
  blockGraphon,
  erdosRenyiGraphon,
  powerLawGraphon,
  ringGraphon,
  smallWorldGraphon,
  type Graphon,
} from "../../limits/graphon.js";
import { sampleGraph, stochasticBlock } from "../../limits/random-graphs.js";

const share = z.number().min(0).max(1);
const halfWidth = z.number().gt(0).max(0.5).describe("Half-width of a neighbourhood, in units of the ring's length");

/** A graph that grows with its limit. */
export const graph = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("all-to-all") }).describe("Everyone acts on everyone"),
    z
      .strictObject({ type: z.literal("erdos-renyi"), p: share.describe("Chance of an edge") })
      .describe("Each pair is joined with the same chance"),
    z.strictObject({ type: z.literal("ring"), h: halfWidth }).describe("Neighbours on a ring"),
    z
      .strictObject({ type: z.literal("small-world"), h: halfWidth, p: share.describe("Share of edges that are rewired") })
      .describe("A ring some of whose edges are rewired: chance 1 - p of an edge near by, p far away"),
    z
      .strictObject({
        type: z.literal("power-law"),
        alpha: z.number().min(0).lt(0.5).describe("Exponent of the weights"),
        edges: z
          .enum(["weighted", "random"])
          .default("weighted")
          .describe("Whether all pairs are joined with these weights, or some, with these chances, those above 1 being 1"),
      })
      .describe("Weights (1 - alpha)^2 (x y)^-alpha: a few units are coupled strongly"),
    z
      .strictObject({
        type: z.literal("blocks"),
        shares: z.array(z.number().gt(0)).min(1).max(20).describe("Sizes of the communities, adding up to 1"),
        chances: z.array(z.array(share).min(1).max(20)).min(1).max(20).describe("Chance of an edge between each two of them"),
      })
      .describe("Communities"),
  ])
  .describe("A graph, sampled with as many nodes as there are units");

export type GraphSpec = z.infer<typeof graph>;

/** What a population of its own kind can stand on besides. */
export const populationGraph = z
  .discriminatedUnion("type", [
    ...graph.options,
    z
      .strictObject({ type: z.literal("frequency-weighted") })
      .describe("Everyone acts on everyone, with the size of the frequency of whom it acts on as weight: a hysteresis loop"),
  ])
  .describe(graph.description!);

export type PopulationGraphSpec = z.infer<typeof populationGraph>;

/** A graph of any size, and what it tends to. */
export interface GrowingGraph {
  readonly name: string;
  readonly limit: Graphon;
  make(units: number, seed: number): CouplingMatrix;
  /** Whether it is the same for every seed. */
  readonly certain: boolean;
  /** The same as edges: weighted ones where the limit does not give chances. */
  edges(units: number, seed: number): Digraph;
}

/** What the keys of a graph mean; throws a RangeError where they do not fit together. */
export function growing(spec: GraphSpec): GrowingGraph {
  const edges =
    (limit: Graphon) =>
    (units: number, seed: number): Digraph =>
      sampleGraph(limit, units, { seed, edges: limit.probability ? "random" : "weighted" });
  const sampled = (name: string, limit: Graphon, certain = false): GrowingGraph => ({
    name,
    limit,
    certain,
    edges: edges(limit),
    make: (units, seed) => alongEdges(sampleGraph(limit, units, { seed })),
  });
  switch (spec.type) {
    case "all-to-all":
      return {
        name: "all-to-all",
        limit: erdosRenyiGraphon(1),
        certain: true,
        make: allToAll,
        edges: edges(erdosRenyiGraphon(1)),
      };
    case "erdos-renyi":
      return sampled(`Erdős–Rényi, p = ${spec.p}`, erdosRenyiGraphon(spec.p));
    case "ring":
      return sampled(`ring, h = ${spec.h}`, ringGraphon(spec.h), true);
    case "small-world":
      return sampled(`small world, h = ${spec.h}, p = ${spec.p}`, smallWorldGraphon(spec.h, spec.p));
    case "power-law": {
      const limit = powerLawGraphon(spec.alpha);
      if (spec.edges === "random") return sampled(`random power law, α = ${spec.alpha}`, clippedGraphon(limit));
      return {
        name: `power law, α = ${spec.alpha}`,
        limit,
        certain: true,
        edges: edges(limit),
        make: (units) => {
          // Of rank one: the weight of a pair is the product of two factors, sqrt(W(x, x)) each.
          const factor = Float64Array.from({ length: units }, (_, i) =>
            Math.sqrt(limit.value((i + 0.5) / units, (i + 0.5) / units)),
          );
          return lowRank(factor, factor, 1);
        },
      };
    }
    case "blocks": {
      const limit = blockGraphon(spec.shares, spec.chances);
      const blocks = (units: number, seed: number): Digraph => {
        const ends = spec.shares.map((_, i) => Math.round(units * spec.shares.slice(0, i + 1).reduce((s, v) => s + v, 0)));
        return stochasticBlock(
          ends.map((e, i) => e - (ends[i - 1] ?? 0)),
          spec.chances,
          seed,
        );
      };
      return {
        name: `${spec.shares.length} communities`,
        limit,
        certain: false,
        make: (units, seed) => alongEdges(blocks(units, seed)),
        edges: blocks,
      };
    }
  }
}
