import { z } from "zod";
import { training } from "../../training/training.js";
import { MOST_ROWS } from "../record.js";
import { blame, buildSupervised, supervised } from "../supervised.js";
import type { Complain, StudySystem } from "../system.js";
import { drive } from "./drive.js";
import { optimizerOf, optimizerSchema } from "./optimizer.js";
import { trainingQuestions } from "./questions/index.js";

const schema = z
  .strictObject({
    kind: z.literal("training"),
    ...supervised,
    optimizer: optimizerSchema,
    dtype: z.literal("f64").default("f64").describe("Arithmetic of the run"),
    steps: z.int().min(1).max(1_000_000_000).describe("Length of the run in optimizer steps"),
    threads: z
      .union([z.literal("auto"), z.int().min(1).max(64)])
      .default("auto")
      .describe("Threads; the results do not depend on it"),
  })
  .describe("A network in training by full batches: the parameters are the state");

type Spec = z.infer<typeof schema>;

/** A network in training. */
export const trainingSystem = {
  name: "training",
  description: "a network in training: loss x data x optimizer, the parameters as the state",
  schema,
  questions: trainingQuestions,
  check({ steps }: Spec, questions: readonly { readonly every?: number }[], complain: Complain): void {
    questions.forEach(({ every }, i) => {
      const rows = every === undefined ? 0 : Math.floor(steps / every);
      if (rows > MOST_ROWS)
        complain(
          [i, "every"],
          `every ${every} of ${steps} steps makes ${rows} rows; at most ${MOST_ROWS} are kept, so measure every ${Math.ceil(steps / MOST_ROWS)} or more`,
        );
    });
  },
  async run(spec: Spec, study, context) {
    const { seed } = study;
    const { network, data, loss } = await buildSupervised(spec, { seed, read: context.read });
    const optimizer = blame(["system", "optimizer"], () => optimizerOf(spec.optimizer));
    const run = blame(["system"], () =>
      training({ architecture: network, data: data.train, loss, optimizer, seed, threads: context.threads }),
    );
    return drive(study, { run, loss, data, seed, steps: spec.steps }, spec.optimizer.learningRate, context);
  },
} as const satisfies StudySystem<Spec>;
