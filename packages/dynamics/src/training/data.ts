import { argmax, cast, compile, constant, eq, mean, type Tensor } from "#engine";
import type { Architecture } from "../networks/architecture.js";

/** Samples with their targets, row by row. */
export interface Dataset {
  readonly samples: number;
  /** samples x inputs. */
  readonly inputs: ArrayLike<number>;
  /** samples x outputs. */
  readonly targets: ArrayLike<number>;
}

/** What a network makes of a data set. */
export interface Evaluation {
  readonly loss: number;
  /** Share of samples whose largest output is at the target's largest; NaN when the targets are not one-hot. */
  readonly accuracy: number;
  /** samples x outputs. */
  readonly predictions: Float64Array;
}

/** From predictions and targets, both [samples, outputs], to a scalar. */
export type LossFunction = (prediction: Tensor, target: Tensor) => Tensor;

/** Loss, accuracy and predictions of a network, with one program for each data set. */
export function evaluator(architecture: Architecture, loss: LossFunction): (on: Dataset, theta: ArrayLike<number>) => Evaluation {
  const programs = new Map<Dataset, ReturnType<typeof compile>>();
  return (on, theta) => {
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
    if (theta.length !== architecture.size)
      throw new RangeError(`evaluate: ${theta.length} parameters given; ${architecture.name} has ${architecture.size}`);
    program.inputs[0]!.set(theta);
    program.run();
    const [predictions, value, share] = program.outputs;
    return {
      loss: value![0]!,
      accuracy: oneHot(on, architecture.outputs) ? share![0]! : NaN,
      predictions: Float64Array.from(predictions!),
    };
  };
}

/** Initial parameters: those given, which must fit, or the seed's. */
export function initialOf(
  what: string,
  architecture: Architecture,
  seed: number,
  given: ArrayLike<number> | undefined,
): ArrayLike<number> {
  const initial = given ?? architecture.initial(seed);
  if (initial.length !== architecture.size)
    throw new RangeError(
      `${what}: initial parameters of length ${initial.length} given, ${architecture.name} has ${architecture.size}`,
    );
  return initial;
}

export function accuracy(prediction: Tensor, target: Tensor): Tensor {
  return mean(eq(cast(argmax(prediction, 1), "f64"), cast(argmax(target, 1), "f64")));
}

/** The data as constants of a program; a constant is made once so that every program shares it. */
export function constants({ name, inputs, outputs }: Architecture, data: Dataset): { inputs: Tensor; targets: Tensor } {
  const { samples } = data;
  if (!Number.isInteger(samples) || samples < 1) throw new RangeError(`data: ${samples} samples given; allowed: integers from 1`);
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
export function oneHot({ samples, targets }: Dataset, outputs: number): boolean {
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
