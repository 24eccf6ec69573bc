import { z } from "zod";
import { lookup } from "../../core/lookup.js";
import { threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import type { PopulationEntry } from "./growing.js";
import { growingPopulations } from "./populations/index.js";

const schema = z
  .strictObject({
    kind: z.literal("limit"),
    population: z
      .discriminatedUnion(
        "type",
        growingPopulations.map((p) => p.schema) as unknown as [(typeof growingPopulations)[number]["schema"]],
      )
      .describe("What is made of more and more units"),
    threads,
  })
  .describe("A population that is made larger and larger, beside the equation of infinitely many units");

const report = z
  .strictObject({
    type: z.literal("convergence-report"),
    sizes: z
      .array(z.int().min(4).max(1_000_000))
      .min(3)
      .max(20)
      .default([32, 64, 128, 256, 512])
      .describe("Numbers of units, each tried on its own"),
    runs: z
      .union([z.int().min(1).max(10_000), z.array(z.int().min(1).max(10_000)).min(3).max(20)])
      .default(8)
      .describe("Runs of each size, with seeds of their own, where chance plays a part: one number, or one for each size"),
  })
  .describe("Distances from the limit over the number of units, the fitted rate with its error beside the predicted one");

export type Spec = z.infer<typeof schema>;
export type Question = z.infer<typeof report>;

/** Populations and their limits. */
export const limitSystem = {
  name: "limit",
  description: "a population of more and more units beside the equation of infinitely many",
  schema,
  questions: [
    {
      name: "convergence-report",
      description: "distances of a population from its limit over the number of units, and their rate beside the predicted one",
      schema: report,
    },
  ],
  async run(spec: Spec, study, context) {
    const started = new Date();
    const { conduct } = await import("./conduct.js");
    const chosen = spec.population as { readonly type: string };
    const entry = lookup("population", growingPopulations as readonly PopulationEntry[], chosen.type);
    return conduct(entry, chosen, study, context, started);
  },
} as const satisfies StudySystem<Spec>;
