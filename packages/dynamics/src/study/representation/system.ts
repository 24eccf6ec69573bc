import { z } from "zod";
import { targets } from "../../catalogue/targets.js";
import { oneOf, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { representationQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("representation"),
    target: oneOf(targets).describe("A function of the catalogue"),
    points: z.int().min(2).max(100_000).default(401).describe("Points at which networks are compared with it"),
    threads,
  })
  .describe("A function, and what neural ODEs can and cannot make of it");

type Spec = z.infer<typeof schema>;

/** A function to be represented. */
export const representationSystem = {
  name: "representation",
  description: "a function, and what neural ODEs with and without augmentation can make of it",
  schema,
  questions: representationQuestions,
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
