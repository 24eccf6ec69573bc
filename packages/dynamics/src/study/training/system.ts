import { z } from "zod";
import { batchings } from "../../training/batches/index.js";
import { MOST_ROWS } from "../record.js";
import { oneOf, supervised, threads } from "../supervised.js";
import type { Complain, StudySystem } from "../system.js";
import { buildTraining } from "./build.js";
import { optimizerSchema } from "./optimizer.js";
import { trainingQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("training"),
    ...supervised,
    optimizer: optimizerSchema,
    batches: z
      .strictObject({
        size: z.int().min(1).max(1_000_000).describe("Samples of a step"),
        order: oneOf(batchings)
          .default("independent")
          .describe("Whether each batch is drawn anew, from a shuffled order of all samples, or with repetitions"),
      })
      .optional()
      .describe("Training by batches: stochastic gradient descent. Default: all samples in every step"),
    dtype: z.literal("f64").default("f64").describe("Arithmetic of the run"),
    steps: z.int().min(1).max(1_000_000_000).describe("Length of the run in optimizer steps"),
    threads,
  })
  .describe("A network in training, by full batches or by small ones: the parameters are the state");

/** The `system` of a study of kind training, defaults filled in. */
export type TrainingSpec = z.infer<typeof schema>;

type Spec = TrainingSpec;

/** A network in training. */
export const trainingSystem = {
  name: "training",
  description: "a network in training: loss x data x optimizer, the parameters as the state",
  schema,
  questions: trainingQuestions,
  check({ steps }: Spec, questions: readonly { readonly every?: number }[], complain: Complain): void {
    questions.forEach(({ every }, i) => {
      // What is below 1 has been refused already.
      const rows = every === undefined || !(every >= 1) ? 0 : Math.floor(steps / every);
      if (rows > MOST_ROWS)
        complain(
          [i, "every"],
          `every ${every} of ${steps} steps makes ${rows} rows; at most ${MOST_ROWS} are kept, so measure every ${Math.ceil(steps / MOST_ROWS)} or more`,
        );
    });
  },
  async run(spec: Spec, study, context) {
    const [{ drive }, { goingOn }] = await Promise.all([import("./drive.js"), import("./memory.js")]);
    const bench = await buildTraining(spec, { ...context, seed: study.seed });
    return goingOn(context, () => drive(study, bench, context));
  },
} as const satisfies StudySystem<Spec>;
