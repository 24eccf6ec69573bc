import { z } from "zod";
import { families } from "../../catalogue/families.js";
import { flows } from "../../catalogue/flows.js";
import { solvers } from "../../flow/solvers/index.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const axis = z
  .strictObject({ component: z.string().describe("Name of a component of the state"), from: z.number(), to: z.number() })
  .describe("A coordinate of the starts that varies over the picture");

const schema = z
  .strictObject({
    kind: z.literal("basins"),
    flow: oneOf(flows).optional().describe("A vector field of the catalogue; either this or a map"),
    parameters: z.record(z.string(), z.number()).default({}).describe("Of a flow: values in place of the usual ones, by name"),
    dt: z.number().positive().max(1e6).default(1).describe("Of a flow: time that a step covers"),
    solver: oneOf(solvers.filter((s) => s.errorOrder !== undefined))
      .default("tsit5")
      .describe("Of a flow: a solver with an error estimate"),
    rtol: z.number().min(1e-14).max(1).default(1e-6).describe("Of a flow: relative error allowed in a step"),
    atol: z.number().positive().max(1).default(1e-8).describe("Of a flow: absolute error allowed in a step"),
    map: oneOf(families).optional().describe("A family of maps of the catalogue; either this or a flow"),
    parameter: z.number().optional().describe("Of a map: its parameter"),
    x: axis.optional().describe("Default: the first component, over the catalogue's box or from -2 to 2"),
    y: axis.optional().describe("Default: the second component"),
    initial: z.array(z.number()).optional().describe("The coordinates that do not vary; default: 0"),
    columns: z.int().min(2).max(4000).default(200).describe("Starts in a row"),
    rows: z.int().min(2).max(4000).default(200).describe("Rows of starts"),
    threads,
  })
  .describe("Which start ends where, over a rectangle of starts");

const question = z
  .strictObject({
    type: z.literal("basins-of-attraction"),
    interval: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe(
        "Steps of a map, or multiples of dt of a flow, between two looks; 1 or a prime, for a cycle whose period divides it is seen as points",
      ),
    starts: z.int().min(1).max(1_000_000).default(200).describe("Random starts from which attractors are found"),
    transient: z.int().min(0).max(10_000_000).default(500).describe("Looks before an orbit shows its attractor"),
    record: z.int().min(1).max(10_000).default(100).describe("Looks that show it"),
    tolerance: z
      .number()
      .positive()
      .optional()
      .describe("How close is the same; default: 0.01 of the longest side of the picture"),
    bound: z.number().positive().default(1e6).describe("An orbit beyond this has gone to infinity"),
    looks: z.int().min(1).max(10_000_000).default(5000).describe("Most looks at an orbit"),
    stay: z.int().min(1).max(1000).default(5).describe("Looks in a row that an orbit must be near its attractor"),
    side: z.int().min(2).max(100).default(5).describe("Starts on the side of a box of the basin entropy"),
  })
  .describe("The attractors, a picture of their basins, the share of each, and the basin entropy");

const exponent = z
  .strictObject({
    type: z.literal("uncertainty-exponent"),
    pairs: z.int().min(10).max(1_000_000).default(500).describe("Pairs of starts at each distance"),
    finest: z.int().min(6).max(30).default(11).describe("The least distance is 2^-finest of a side, the largest 2^-4"),
  })
  .describe("How fast the outcome becomes certain as the start is known better: the dimension of the boundary");

const end = z.union([z.int().min(1), z.array(z.number()).min(1)]);

const edge = z
  .strictObject({
    type: z.literal("edge-state"),
    from: end.default(1).describe("The number of an attractor, or a state"),
    to: end.default(2).describe("The number of another attractor, or a state that ends elsewhere"),
    rounds: z.int().min(3).max(10_000).default(40).describe("Most bisections"),
    separation: z
      .number()
      .positive()
      .optional()
      .describe("The pair is bisected again when so far apart; default: 0.01 of the tolerance"),
  })
  .describe("The saddle on the boundary between two basins, and how fast it repels");

const perturbation = z
  .strictObject({
    type: z.literal("minimal-perturbation"),
    attractor: z.int().min(1).optional().describe("The number of an attractor; default: a state of each"),
    along: z.array(z.string()).min(1).optional().describe("Components that may be displaced; default: those of the picture"),
    norm: z.enum(["euclidean", "maximum", "sum"]).default("euclidean").describe("How a displacement is measured"),
    largest: z
      .number()
      .positive()
      .optional()
      .describe("The longest displacement looked at; default: the longest side of the picture"),
    rays: z.int().min(2).max(100_000).default(64).describe("Directions looked along before refinement"),
    refined: z.int().min(1).max(1000).default(2).describe("How many of them are refined"),
  })
  .describe("The smallest displacement of an attractor that leaves its basin, as far as it is found");

export type EdgeAsked = z.infer<typeof edge>;
export type PerturbationAsked = z.infer<typeof perturbation>;
export type BasinsSpec = z.infer<typeof schema>;
export type BasinsAsked = z.infer<typeof question>;
export type Exponent = z.infer<typeof exponent>;

/** Basins of attraction of a system of the catalogue. */
export const basinsSystem = {
  name: "basins",
  description: "which start of a flow or a map ends at which attractor, as a picture",
  schema,
  questions: [
    {
      name: "basins-of-attraction",
      description: "attractors, their basins as a picture, shares and basin entropy",
      schema: question,
    },
    {
      name: "uncertainty-exponent",
      description: "uncertainty exponent and dimension of the boundary of the basins",
      schema: exponent,
      needs: ["basins-of-attraction"],
    },
    {
      name: "edge-state",
      description: "the saddle on the boundary between two basins, with its unstable exponent",
      schema: edge,
      needs: ["basins-of-attraction"],
    },
    {
      name: "minimal-perturbation",
      description: "the smallest displacement of an attractor that leaves its basin",
      schema: perturbation,
      needs: ["basins-of-attraction"],
    },
  ],
  run: async (spec: BasinsSpec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<BasinsSpec>;
