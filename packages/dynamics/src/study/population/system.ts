import { z } from "zod";
import { lookup } from "../../core/lookup.js";
import { frequencyDensities } from "../../limits/frequencies.js";
import { blame, oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { populationGraph } from "./graphs.js";
import { populationQuestions } from "./questions/index.js";
import { subject } from "./theory.js";

const schema = z
  .strictObject({
    kind: z.literal("population"),
    units: z.int().min(8).max(1_000_000).default(400).describe("Number of oscillators"),
    graphs: z.array(populationGraph).min(1).max(8).describe("Who acts on whom; each graph is a population of its own"),
    frequencies: z
      .strictObject({
        density: oneOf(frequencyDensities).default("lorentzian"),
        width: z
          .number()
          .min(0)
          .max(1e6)
          .default(1)
          .describe("Its width: half-width, standard deviation, or half the range; 0: identical oscillators"),
        center: z.number().min(-1e6).max(1e6).default(0),
      })
      .prefault({})
      .describe("Natural frequencies: the quantiles of a density, dealt to the nodes at random"),
    noise: z.number().min(0).max(1e4).default(0).describe("D: noise of variance 2 D t on each phase"),
    h: z.number().gt(0).max(10).default(0.05).describe("Time step of the Runge-Kutta solver"),
    threads,
  })
  .describe("Kuramoto oscillators on graphs: u_i' = omega_i + (K/n) sum_j A_ij sin(u_j - u_i)");

type Spec = z.infer<typeof schema>;

/** Populations of oscillators on graphs. */
export const populationSystem = {
  name: "population",
  description: "Kuramoto oscillators on graphs, finite populations beside their limit",
  schema,
  questions: populationQuestions,
  async run(spec: Spec, study, context) {
    const started = new Date();
    const { density, width, center } = spec.frequencies;
    const chosen = width > 0 ? lookup("density", frequencyDensities, density).make(width, center) : undefined;
    const graphs = spec.graphs.map((g, i) => blame(["system", "graphs", i], () => subject(g, chosen, spec.noise)));
    const bench = {
      units: spec.units,
      graphs,
      density: chosen,
      noise: spec.noise,
      h: spec.h,
      seed: study.seed,
      threads: context.threads,
    };
    const { conduct } = await import("./conduct.js");
    return conduct(study, bench, context, started);
  },
} as const satisfies StudySystem<Spec>;
