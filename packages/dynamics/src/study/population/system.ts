import { z } from "zod";
import { frequencyDensities } from "../../limits/frequencies.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { graphFile } from "./graph-file.js";
import { populationGraph } from "./graphs.js";
import { loadFiles } from "./loaded.js";
import { nodeFile } from "./node-file.js";
import { populationQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("population"),
    units: z.int().min(8).max(1_000_000).default(400).describe("Number of oscillators"),
    graphs: z
      .array(z.discriminatedUnion("type", [...populationGraph.options, graphFile]))
      .min(1)
      .max(8)
      .describe("Who acts on whom; each graph is a population of its own"),
    frequencies: z
      .strictObject({
        density: oneOf(frequencyDensities)
          .optional()
          .describe("Default: lorentzian, or the one that the frequencies of a file look like"),
        width: z
          .number()
          .min(0)
          .max(1e6)
          .optional()
          .describe(
            "Its width: half-width, standard deviation, or half the range; 0: identical oscillators. Default: 1, or as the quartiles of a file's frequencies have it",
          ),
        center: z.number().min(-1e6).max(1e6).optional().describe("Default: 0, or the median of a file's frequencies"),
        file: nodeFile
          .optional()
          .describe("The frequency of each node, from a file; theory is then that of the density they look like"),
        peaks: z
          .array(
            z.strictObject({
              density: oneOf(frequencyDensities).default("lorentzian"),
              width: z.number().gt(0).max(1e6).describe("Its width: half-width, standard deviation, or half the range"),
              center: z.number().min(-1e6).max(1e6),
              share: z.number().gt(0).max(1).optional().describe("Of the population; they add up to 1. Default: equal shares"),
            }),
          )
          .min(1)
          .max(8)
          .optional()
          .describe("In place of one density: groups of oscillators, each with a density of its own"),
      })
      .prefault({})
      .describe("Natural frequencies: the quantiles of a density, dealt to the nodes at random, or those of a file"),
    phases: nodeFile
      .optional()
      .describe("Phases of the nodes before the coupling is raised, from a file. Default: drawn by chance"),
    noise: z.number().min(0).max(1e4).default(0).describe("D: noise of variance 2 D t on each phase"),
    h: z.number().gt(0).max(10).default(0.05).describe("Time step of the Runge-Kutta solver"),
    threads,
  })
  .describe("Kuramoto oscillators on graphs: u_i' = omega_i + (K/n) sum_j A_ij sin(u_j - u_i)");

export type PopulationSpec = z.infer<typeof schema>;

/** Populations of oscillators on graphs. */
export const populationSystem = {
  name: "population",
  description: "Kuramoto oscillators on graphs, finite populations beside their limit",
  schema,
  questions: populationQuestions,
  async run(spec: PopulationSpec, study, context) {
    const started = new Date();
    const { benchOf } = await import("./build.js");
    const loaded = await loadFiles(spec, context.read);
    const bench = benchOf(spec, study.seed, context.threads, loaded);
    const { conduct } = await import("./conduct.js");
    return conduct(study, bench, context, started);
  },
} as const satisfies StudySystem<PopulationSpec>;
