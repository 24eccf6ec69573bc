import { z } from "zod";
import { flows } from "../../catalogue/flows.js";
import { solvers } from "../../flow/solvers/index.js";
import { ledgerSchema } from "../adjoint-ledger.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";

const schema = z
  .strictObject({
    kind: z.literal("flow"),
    field: oneOf(flows).describe("A vector field of the catalogue"),
    parameters: z.record(z.string(), z.number()).default({}).describe("Values in place of the usual ones, by name"),
    initial: z.array(z.number()).optional().describe("Initial state; default: that of the catalogue"),
    time: z.number().positive().max(1e9).default(200).describe("Time that is recorded"),
    transient: z.number().min(0).max(1e9).default(0).describe("Time before anything counts"),
    dt: z.number().positive().optional().describe("Time between two rows; default: that of the catalogue"),
    solver: oneOf(solvers.filter((s) => s.errorOrder !== undefined))
      .default("tsit5")
      .describe("A solver with an error estimate"),
    rtol: z.number().min(1e-14).max(1).default(1e-8).describe("Relative error allowed in a step"),
    atol: z.number().positive().max(1).default(1e-10).describe("Absolute error allowed in a step"),
    threads,
  })
  .describe("A flow dx/dt = field(x, t)");

const spectrum = z
  .strictObject({
    type: z.literal("lyapunov-spectrum"),
    k: z.int().min(1).optional().describe("Number of exponents, largest first; default: all"),
  })
  .describe("Characteristic Lyapunov exponents of the flow, their sum, and the dimension of the attractor");

const trajectory = z.strictObject({ type: z.literal("trajectory") }).describe("The states over time, and the solver's steps");

export type Spectrum = z.infer<typeof spectrum>;
export type Spec = z.infer<typeof schema>;

/** A flow of the catalogue. */
export const flowSystem = {
  name: "flow",
  description: "a named vector field: trajectories, Lyapunov spectra",
  schema,
  questions: [
    { name: "trajectory", description: "states of a flow over time", schema: trajectory },
    {
      name: "adjoint-ledger",
      description: "what each way to the gradient of a flow's end costs, by its parameters and its start, and which to take",
      schema: ledgerSchema,
    },
    { name: "lyapunov-spectrum", description: "Lyapunov exponents of a flow, with the dimension they give", schema: spectrum },
  ],
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
