import { z } from "zod";
import { optimizerSchema } from "../training/optimizer.js";
import { supervised, threads } from "../supervised.js";
import type { StudySystem } from "../system.js";
import { propagationQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("propagation"),
    architecture: supervised.architecture,
    data: supervised.data.optional().describe("Samples: to train on, and to show in pictures. Default: none"),
    loss: supervised.loss,
    training: z
      .strictObject({
        optimizer: optimizerSchema,
        steps: z.int().min(1).max(10_000_000).describe("Optimizer steps, each on all samples"),
      })
      .optional()
      .describe("Training before the questions are asked. Default: none, the parameters are the seed's"),
    threads,
  })
  .describe("The signal in a network, from layer to layer: random as it starts, or trained");

export type Spec = z.infer<typeof schema>;

/** The signal in a network. */
export const propagationSystem = {
  name: "propagation",
  description: "the signal in a network from layer to layer: order and chaos at initialisation, stretching of inputs",
  schema,
  questions: propagationQuestions,
  run: async (spec: Spec, study, context) => (await import("./conduct.js")).conduct(spec, study, context),
} as const satisfies StudySystem<Spec>;
