import { lookup } from "../../core/lookup.js";
import { evaluator } from "../../training/data.js";
import { batchings } from "../../training/batches/index.js";
import { sgd } from "../../training/sgd.js";
import { training } from "../../training/training.js";
import { refuse } from "../problem.js";
import { blame, buildSupervised } from "../supervised.js";
import type { RunContext } from "../system.js";
import type { Bench } from "./bench.js";
import { optimizerOf } from "./optimizer.js";
import type { TrainingSpec } from "./system.js";

/**
 * The training that a study names, at its start and ready to be stepped by hand.
 *
 * *Arguments*: `spec`: the `system` of a study of kind training, defaults filled in; `seed`; `read` and `threads` of the host.
 * *Returns*: a Bench: `run` is the system, `look()` takes one step and tells the loss and the accuracy of the state it started from.
 * Rejects with a StudyError whose paths start at `system`.
 * *Cost*: reading the data and compiling one step.
 * *Example*: `const { system, seed } = parseStudy(study).study; const read = () => Promise.reject(new Error("reads no file"));
 * const { run } = await buildTraining(system, { seed, read, threads: await threads(1) }); [run.step(20), run.time] // ["ok", 20]`
 */
export async function buildTraining(
  spec: TrainingSpec,
  { seed, read, threads }: Pick<RunContext, "read" | "threads"> & { readonly seed: number },
): Promise<Bench> {
  const { network, data, loss } = await buildSupervised(spec, { seed, read });
  const optimizer = blame(["system", "optimizer"], () => optimizerOf(spec.optimizer));
  const options = { architecture: network, data: data.train, loss, optimizer, seed, threads };
  const { batches, steps } = spec;
  const { learningRate } = spec.optimizer;
  const order = batches && lookup("order of batches", batchings, batches.order);
  if (order?.exhausts && batches!.size > data.train.samples)
    refuse(
      ["system", "batches", "size"],
      `${batches!.size} samples a batch given; there are ${data.train.samples}, and a batch takes each at most once; give at most as many, or order: with-replacement`,
    );
  const run = blame(["system", ...(batches ? ["batches"] : [])], () =>
    batches ? sgd({ ...options, batchSize: batches.size, batches: order! }) : training(options),
  );
  const seen = { loss: NaN, accuracy: NaN };
  const together = evaluator(network, loss);
  return {
    run,
    loss,
    data,
    seed,
    steps,
    learningRate,
    seen,
    optimizer: spec.optimizer,
    batchSize: batches?.size,
    sampling: order && (order.exhausts ? "subset" : "replacement"),
    classes: batches ? !Number.isNaN(together(data.train, run.parameters).accuracy) : run.observables.accuracy !== undefined,
    look() {
      // The step of a full batch computes the loss of where it starts; a batch knows its own samples alone.
      if (batches) Object.assign(seen, together(data.train, run.parameters));
      const status = run.step(1);
      const { loss: now, accuracy } = run.observables;
      if (!batches) Object.assign(seen, { loss: now![0]!, accuracy: accuracy?.[0] ?? NaN });
      return { status, loss: seen.loss, accuracy: seen.accuracy };
    },
  };
}
