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
export interface Training extends Descent, Trained {}

/** A network in training as a function of its inputs. */
export interface Trained {
  /** The network as the loss sees it: with batch normalisation that of training mode, whose parameters are theta alone. */
  readonly architecture: Architecture;
  /**
   * The network as single samples meet it, and its present parameters, a view: with batch normalisation that of evaluation mode, and theta with the
   * running statistics after it; otherwise `architecture` and `parameters` themselves.
   */
  readonly network: { readonly architecture: Architecture; readonly parameters: Float64Array };
  /** Loss, accuracy and predictions of `network` on a data set (default: at its present parameters). Compiles a program for each new data set. */
  evaluate(data: Dataset, parameters?: ArrayLike<number>): Evaluation;
}

/**
 * Loss x data x optimizer as a System.
 *
 * *Definition*: L(theta) = loss(architecture(theta, inputs), targets) over all samples at once; the state is (theta, memory), with running
 * statistics of batch normalisation between the two. Loss, Hessian and tangents are those of training mode; running statistics follow theta and do not
 * act on it.
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
  const { running } = architecture;
  const run = descent({
    objective: (theta) => {
      const prediction = architecture.apply(theta, inputs);
      return [loss(prediction, targets), ...(classes ? [accuracy(prediction, targets)] : [])];
    },
    initial,
    optimizer,
    observables: classes ? ["accuracy"] : [],
    layout: (running?.evaluation ?? architecture).layout,
    ...(running ? { beside: { initial: running.initial, next: (theta, now) => running.next(theta, inputs, now) } } : {}),
    ...(threads === undefined ? {} : { threads }),
  });

  return extend(run, trained(architecture, loss, run.state));
}

/** The network whose parameters stand first in a state. */
export function trained(architecture: Architecture, loss: LossFunction, state: Float64Array): Trained {
  const inUse = architecture.running?.evaluation ?? architecture;
  const parameters = state.subarray(0, inUse.size);
  const evaluate = evaluator(inUse, loss);
  return {
    architecture,
    network: { architecture: inUse, parameters },
    evaluate: (on, at = parameters) => evaluate(on, at),
  };
}
