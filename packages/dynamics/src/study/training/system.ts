import { z } from "zod";
import { lookup } from "../../core/lookup.js";
import { batchings } from "../../training/batches/index.js";
import { sgd } from "../../training/sgd.js";
import { training } from "../../training/training.js";
import { MOST_ROWS } from "../record.js";
import { blame, buildSupervised, oneOf, supervised, threads } from "../supervised.js";
import type { Complain, StudySystem } from "../system.js";
import type { Bench } from "./bench.js";
import { drive } from "./drive.js";
import { optimizerOf, optimizerSchema } from "./optimizer.js";
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
    const options = { architecture: network, data: data.train, loss, optimizer, seed, threads: context.threads };
    const { batches, steps } = spec;
    const { learningRate } = spec.optimizer;
    const run = blame(["system", ...(batches ? ["batches"] : [])], () =>
      batches
        ? sgd({ ...options, batchSize: batches.size, batches: lookup("order of batches", batchings, batches.order) })
        : training(options),
    );
    const seen = { loss: NaN, accuracy: NaN };
    const bench: Bench = {
      run,
      loss,
      data,
      seed,
      steps,
      learningRate,
      seen,
      optimizer: spec.optimizer,
      batchSize: batches?.size,
      classes: batches ? !Number.isNaN(run.evaluate(data.train).accuracy) : run.observables.accuracy !== undefined,
      look() {
        // The step of a full batch computes the loss of where it starts; a batch knows its own samples alone.
        if (batches) Object.assign(seen, run.evaluate(data.train));
        const status = run.step(1);
        const { loss: now, accuracy } = run.observables;
        if (!batches) Object.assign(seen, { loss: now![0]!, accuracy: accuracy?.[0] ?? NaN });
        return { status, loss: seen.loss, accuracy: seen.accuracy };
      },
    };
    return drive(study, bench, context);
  },
} as const satisfies StudySystem<Spec>;
