import { extend } from "../core/evolve.js";
import type { Architecture } from "../networks/architecture.js";
import { accuracy, constants, evaluator, initialOf, oneHot, type Dataset, type Evaluation, type LossFunction } from "./data.js";
import { descent, type Descent, type DescentOptions } from "./descent.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export type { Dataset, Evaluation };

export interface TrainingOptions {
  readonly architecture: Architecture;
  readonly data: Dataset;
  /** From predictions and targets to a scalar: `square`, `crossEntropy` or a function of one's own. */
  readonly loss: LossFunction;
  readonly optimizer: Optimizer;
  /** Seed of the initial parameters. Default 0. */
  readonly seed?: number;
  /** Initial parameters, in place of the seed's. */
  readonly initial?: ArrayLike<number>;
  readonly threads?: DescentOptions["threads"];
}

/** A network in training by full batches. Observables: "loss", and "accuracy" when the targets are one-hot. */
export interface Training extends Descent {
  readonly architecture: Architecture;
  /** Loss, accuracy and predictions on a data set at theta (default: the present parameters). Compiles a program for each new data set. */
  evaluate(data: Dataset, theta?: ArrayLike<number>): Evaluation;
}

/**
 * Loss x data x optimizer as a System.
 *
 * *Definition*: L(theta) = loss(architecture(theta, inputs), targets) over all samples at once; the state is (theta, memory).
 * *Arguments*: see `TrainingOptions`. Throws when the data do not fit the architecture or hold a number that is not finite.
 * *Returns*: a Training: step it, read `observables.loss`, ask `hessian()`.
 * *Cost*: one forward and one backward pass over the data a step.
 * *Example*: `const architecture = mlp({ widths: [1, 3, 1] });
 * const fit = training({ architecture, data, loss: square, optimizer: gradientDescent({ stepSize: 0.1 }) });
 * [fit.step(100), fit.evaluate(data).loss] // ["ok", 0.43139]`
 */
export function training(options: TrainingOptions): Training {
  const { architecture, data, loss, optimizer, seed = 0, threads } = options;
  const initial = initialOf("training", architecture, seed, options.initial);
  const { inputs, targets } = constants(architecture, data);
  const classes = oneHot(data, architecture.outputs);
  const run = descent({
    objective: (theta) => {
      const prediction = architecture.apply(theta, inputs);
      return [loss(prediction, targets), ...(classes ? [accuracy(prediction, targets)] : [])];
    },
    initial,
    optimizer,
    observables: classes ? ["accuracy"] : [],
    layout: architecture.layout,
    ...(threads === undefined ? {} : { threads }),
  });

  const evaluate = evaluator(architecture, loss);
  return extend(run, {
    architecture,
    evaluate: (on: Dataset, theta: ArrayLike<number> = run.parameters) => evaluate(on, theta),
  });
}
