import { argmax, cast, compile, constant, eq, mean, type Tensor } from "#engine";
import { extend } from "../core/evolve.js";
import type { Architecture } from "../networks/architecture.js";
import { descent, type Descent, type DescentOptions } from "./descent.js";
import type { Optimizer } from "./optimizers/optimizer.js";

/** Samples with their targets, row by row. */
export interface Dataset {
  readonly samples: number;
  /** samples x inputs. */
  readonly inputs: ArrayLike<number>;
  /** samples x outputs. */
  readonly targets: ArrayLike<number>;
}

export interface TrainingOptions {
  readonly architecture: Architecture;
  readonly data: Dataset;
  /** From predictions and targets to a scalar: `square`, `crossEntropy` or a function of one's own. */
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  readonly optimizer: Optimizer;
  /** Seed of the initial parameters. Default 0. */
  readonly seed?: number;
  /** Initial parameters, in place of the seed's. */
  readonly initial?: ArrayLike<number>;
  readonly threads?: DescentOptions["threads"];
}

/** What a network makes of a data set. */
export interface Evaluation {
  readonly loss: number;
  /** Share of samples whose largest output is at the target's largest; NaN when the targets are not one-hot. */
  readonly accuracy: number;
  /** samples x outputs. */
  readonly predictions: Float64Array;
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
  const initial = options.initial ?? architecture.initial(seed);
  if (initial.length !== architecture.size) {
    throw new RangeError(
      `training: initial parameters of length ${initial.length} given, ${architecture.name} has ${architecture.size}`,
    );
  }
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

  const programs = new Map<Dataset, ReturnType<typeof compile>>();
  const own = {
    architecture,
    evaluate(on: Dataset, theta: ArrayLike<number> = run.parameters): Evaluation {
      let program = programs.get(on);
      if (!program) {
        const set = constants(architecture, on);
        program = compile(
          (t) => {
            const prediction = architecture.apply(t, set.inputs);
            return [prediction, loss(prediction, set.targets), accuracy(prediction, set.targets)];
          },
          [{ shape: [architecture.size] }],
        );
        programs.set(on, program);
      }
      program.inputs[0]!.set(theta);
      program.run();
      const [predictions, value, share] = program.outputs;
      return {
        loss: value![0]!,
        accuracy: oneHot(on, architecture.outputs) ? share![0]! : NaN,
        predictions: Float64Array.from(predictions!),
      };
    },
  };
  return extend(run, own);
}

function accuracy(prediction: Tensor, target: Tensor): Tensor {
  return mean(eq(cast(argmax(prediction, 1), "f64"), cast(argmax(target, 1), "f64")));
}

/** The data as constants of a program; a constant is made once so that every program shares it. */
function constants(
  { name, inputs, outputs }: Architecture,
  data: Dataset,
): { inputs: Tensor; targets: Tensor } {
  const { samples } = data;
  if (!Number.isInteger(samples) || samples < 1)
    throw new RangeError(`data: ${samples} samples given; allowed: integers from 1`);
  const matrix = (what: string, values: ArrayLike<number>, columns: number): Tensor => {
    if (values.length !== samples * columns) {
      throw new RangeError(
        `data: ${what} has ${values.length} numbers; ${name} needs [${samples}, ${columns}], which is ${samples * columns}`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i]!)) {
        throw new RangeError(
          `data: ${what} has ${values[i]} in row ${Math.floor(i / columns)}, column ${i % columns}; every number must be finite`,
        );
      }
    }
    return constant(values, [samples, columns]);
  };
  return { inputs: matrix("inputs", data.inputs, inputs), targets: matrix("targets", data.targets, outputs) };
}

/** Whether every row of the targets has a single 1 among zeros, so that a largest output can be right or wrong. */
function oneHot({ samples, targets }: Dataset, outputs: number): boolean {
  if (outputs < 2) return false;
  for (let i = 0; i < samples; i++) {
    let ones = 0;
    for (let j = 0; j < outputs; j++) {
      const t = targets[i * outputs + j]!;
      if (t === 1) ones++;
      else if (t !== 0) return false;
    }
    if (ones !== 1) return false;
  }
  return true;
}
