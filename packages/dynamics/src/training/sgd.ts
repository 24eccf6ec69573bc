import { take } from "#engine";
import { extend } from "../core/evolve.js";
import { constants, initialOf } from "./data.js";
import { stochasticDescent, type StochasticDescent, type StochasticDescentOptions } from "./stochastic-descent.js";
import { trained, type Trained, type TrainingOptions } from "./training.js";

export interface SgdOptions extends TrainingOptions, Pick<StochasticDescentOptions, "batchSize" | "batches"> {
  /** Seed of the batches. Default: `seed`. */
  readonly batchSeed?: number;
}

/** A network in training by batches: a random map. Observables: "loss", that of the batch, and "batch", its sample numbers. */
export interface StochasticTraining extends StochasticDescent, Trained {}

/**
 * Training by batches as a System.
 *
 * *Definition*: L_b(theta) = loss(architecture(theta, inputs of b), targets of b); step t is a step of the optimizer on L_b for the batch b of that step.
 * *Arguments*: those of `training`, and `batchSize`, `batches` (default: independent batches without replacement), `batchSeed`. Any optimizer
 * record fits: gradient descent makes SGD, the heavy ball SGD with momentum.
 * *Returns*: see `StochasticDescent`; `evaluate` and `hessian` are over all samples.
 * *Cost*: one forward and one backward pass over the batch a step, and the draw of its indices.
 * *Example*: `sgd({ architecture: mlp({ widths: [1, 100, 1] }), data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }), batchSize: 4 })`
 */
export function sgd(options: SgdOptions): StochasticTraining {
  const { architecture, data, loss, seed = 0, batchSeed = seed, initial, ...rest } = options;
  const { inputs, targets } = constants(architecture, data);
  const { running } = architecture;
  const run = stochasticDescent({
    ...rest,
    objective: (theta, samples) => loss(architecture.apply(theta, take(inputs, samples)), take(targets, samples)),
    samples: data.samples,
    initial: initialOf("sgd", architecture, seed, initial),
    layout: (running?.evaluation ?? architecture).layout,
    ...(running
      ? { beside: { initial: running.initial, next: (theta, batch, now) => running.next(theta, take(inputs, batch), now) } }
      : {}),
    seed: batchSeed,
  });
  return extend(run, trained(architecture, loss, run.state));
}
