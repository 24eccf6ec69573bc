import { z } from "zod";
import { delayEquations } from "../../catalogue/delay-equations.js";
import { suitsDelays } from "../../flow/segment.js";
import { solvers } from "../../flow/solvers/index.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const schema = z
  .strictObject({
    kind: z.literal("delay"),
    equation: oneOf(delayEquations).describe("A delay equation of the catalogue"),
    parameters: z
      .record(z.string(), z.number())
      .default({})
      .describe("Values in place of the usual ones, by name; tau is the delay"),
    history: z.array(z.number()).optional().describe("The constant past; default: that of the catalogue"),
    time: z.number().positive().max(1e9).default(2000).describe("Time that is recorded"),
    transient: z.number().min(0).max(1e9).default(0).describe("Time before anything counts"),
    rows: z.int().min(1).max(10_000).default(16).describe("Rows in one delay"),
    steps: z.int().min(1).max(100_000).default(48).describe("Steps of the solver in one delay, at least"),
    solver: oneOf(solvers.filter(suitsDelays)).default("tsit5").describe("An explicit solver"),
    threads,
  })
  .describe("A delay equation dx/dt = field(x(t), x(t - tau), t)");

const spectrum = z
  .strictObject({
    type: z.literal("delay-spectrum"),
    k: z.int().min(1).max(200).default(4).describe("Number of exponents, largest first"),
  })
  .describe("Characteristic Lyapunov exponents of the delay equation, and the dimension of the attractor");

const trajectory = z.strictObject({ type: z.literal("delay-trajectory") }).describe("x over time, beside x one delay before");

export type Spectrum = z.infer<typeof spectrum>;
export type Spec = z.infer<typeof schema>;

/** A delay equation of the catalogue. */
export const delaySystem = {
  name: "delay",
  description: "a named delay equation: trajectories, Lyapunov spectra",
  schema,
  questions: [
    { name: "delay-trajectory", description: "x(t) and x(t - tau) of a delay equation over time", schema: trajectory },
    {
      name: "delay-spectrum",
      description: "Lyapunov exponents of a delay equation, with the dimension they give",
      schema: spectrum,
    },
  ],
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
