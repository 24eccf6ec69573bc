import { z } from "zod";
import { initializers } from "../../../networks/initializers.js";
import type { PropagationQuestion } from "../question.js";

const DRAWN = initializers.filter((i) => i.random).map((i) => i.name);

const compareSchema = z
  .strictObject({
    weights: z
      .array(z.enum(DRAWN as [string, ...string[]]))
      .min(1)
      .max(6)
      .default(["lecun-normal", "orthogonal"])
      .describe("Initializers of the weights, side by side"),
    from: z.number().gt(0).max(100).default(0.5).describe("First gain of the weights"),
    to: z.number().gt(0).max(100).default(2).describe("Last gain"),
    count: z.int().min(2).max(100).default(7).describe("Gains, evenly spread"),
  })
  .describe(
    "The growth of gradients over the gain of the weights, theory and networks drawn on one axis, for several initializers",
  );

export type CompareSpec = z.infer<typeof compareSchema>;

const schema = z
  .strictObject({
    type: z.literal("edge-of-chaos"),
    resolution: z.int().min(2).max(400).default(60).describe("Grid points of the phase diagram along each side"),
    weightVariance: z
      .number()
      .gt(0)
      .max(1e4)
      .optional()
      .describe("Where the diagram's σ_w² ends; default: twice the larger of the network's and the critical one"),
    biasVariance: z
      .number()
      .gt(0)
      .max(1e4)
      .optional()
      .describe("Where its σ_b² ends; default: twice the network's, at least 0.3"),
    draws: z.int().min(2).max(1000).optional().describe("Networks drawn; default 10, fewer for large ones"),
    inputSquare: z.number().gt(1e-9).max(1e8).default(1).describe("Mean square of an input's components"),
    inputCorrelation: z.number().min(-1).max(1).default(0.5).describe("Correlation of the two inputs that are followed"),
    compare: compareSchema.optional(),
  })
  .describe("Order, chaos and the edge between them: where the initialisation stands, and what networks drawn from it do");

export type EdgeSpec = z.infer<typeof schema>;

export const edgeOfChaos: PropagationQuestion<EdgeSpec> = {
  name: "edge-of-chaos",
  description: "phase diagram of wide random networks with this network's place in it, depth scales, theory beside measurement",
  schema,
  points: ({ resolution }) => (resolution + 1) * resolution,
  ask: async (spec, bench, breathe) => (await import("../edge.js")).askEdge(spec, bench, breathe),
};
