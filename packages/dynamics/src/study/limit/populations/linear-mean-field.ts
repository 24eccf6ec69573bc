import { z } from "zod";
import type { PopulationEntry } from "../growing.js";

const schema = z
  .strictObject({
    type: z.literal("linear-mean-field"),
    pull: z.number().gt(0).max(1e4).default(1).describe("a: pull to 0"),
    coupling: z.number().min(0).max(1e4).default(1).describe("kappa: pull to the mean of all"),
    noise: z.number().gt(0).max(1e4).default(0.5).describe("D: noise of variance 2 D t on each unit"),
    initial: z.number().min(-1e6).max(1e6).default(2).describe("Where all units start"),
    time: z.number().gt(0).max(1e6).default(1).describe("Time at which they are compared with the limit"),
  })
  .describe("Units with noise and a pull to their mean: propagation of chaos, stepped by its exact law");

export type Spec = z.infer<typeof schema>;

/** Propagation of chaos where everything is known. */
export const linearEntry: PopulationEntry<Spec> = {
  name: "linear-mean-field",
  description: "units with noise and a pull to their mean, beside the law of one among infinitely many",
  schema,
  grow: async (spec) => (await import("../work/linear-mean-field.js")).grow(spec),
};
