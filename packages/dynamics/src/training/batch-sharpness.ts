import { compile, hvp, mul, sum, take, valueAndGrad, vmap, type CompileOptions, type Program, type Tensor } from "#engine";
import { draws, type Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Architecture } from "../networks/architecture.js";
import { constants, type Dataset, type LossFunction } from "./data.js";

export interface BatchSharpnessOptions {
  readonly architecture: Architecture;
  readonly data: Dataset;
  readonly loss: LossFunction;
  readonly batchSize: number;
  /** Default "subset": batches without repetition. */
  readonly sampling?: Sampling;
  /** Batches drawn for one measurement. Default 64. */
  readonly batches?: number;
  /** Seed of these batches, which are not those that train. Default 0. */
  readonly seed?: number;
  readonly threads?: CompileOptions["threads"];
}

/** Batches that go through one program, side by side. */
const AT_ONCE = 16;

/**
 * The batch sharpness: the curvature that steps of SGD meet, along their own gradients.
 *
 * *Definition*: E[g_b . H_b g_b] / E[|g_b|^2] over batches b, with g_b and H_b gradient and Hessian of the loss of the batch. A step of SGD with step size eta
 * changes the loss of its own batch by -eta E|g|^2 + (eta^2 / 2) E[g . H g] to second order: it stops falling on average where the batch sharpness
 * is 2 / eta.
 * *Arguments*: see `BatchSharpnessOptions`. Of the measurement: `theta`; `time`: a number that chooses the batches, so that the same moment sees the same.
 * *Returns*: a measurement at theta.
 * *Error*: one standard error of a ratio of means, to first order in its noise (delta method).
 * *Cost*: a gradient and a Hessian-vector product of each batch, compiled, sixteen batches at once.
 * *Source*: Andreyev, Beneventano 2024, Edge of stochastic stability: revisiting the edge of stability for SGD, definition of batch sharpness.
 * *Example*: `const measure = batchSharpness({ architecture: net, data, loss: square, batchSize: 2, batches: 32 });
 * const { value, error, status } = measure(net.initial(0), 0); [status, value > 0, error < value] // ["ok", true, true]`
 */
export function batchSharpness(options: BatchSharpnessOptions): (theta: ArrayLike<number>, time: number) => Estimate {
  const { architecture, data, loss, batchSize, sampling = "subset", batches = 64, seed = 0, threads } = options;
  if (!Number.isInteger(batches) || batches < 2)
    throw new RangeError(`batchSharpness: ${batches} batches given; allowed: integers from 2, so that there is an error`);
  const { inputs, targets } = constants(architecture, data);
  // Checks the batch size too.
  draws({ samples: data.samples, batchSize, sampling });
  const one = (theta: Tensor, batch: Tensor): Tensor[] => {
    const own = (p: Tensor): Tensor => loss(architecture.apply(p, take(inputs, batch)), take(targets, batch));
    const [, g] = valueAndGrad(own)(theta);
    return [sum(mul(g, hvp(own)(theta, g))), sum(mul(g, g))];
  };
  let program: Program | undefined;
  return (theta, time) => {
    program ??= compile(
      vmap(one, [null, 0]),
      [{ shape: [architecture.size] }, { shape: [AT_ONCE, batchSize], dtype: "i32" }],
      threads === undefined ? {} : { threads },
    );
    // One stream a moment; they repeat after two million.
    const batch = draws({ samples: data.samples, batchSize, sampling, seed, stream: 1 + (time % 0x1ffffe) });
    const [bent, square] = [new Float64Array(batches), new Float64Array(batches)];
    program.inputs[0]!.set(theta);
    for (let done = 0; done < batches; done += AT_ONCE) {
      batch.fill(program.inputs[1] as unknown as Int32Array);
      program.run();
      const count = Math.min(AT_ONCE, batches - done);
      bent.set(program.outputs[0]!.subarray(0, count), done);
      square.set(program.outputs[1]!.subarray(0, count), done);
    }
    const mean = (a: Float64Array): number => a.reduce((s, v) => s + v, 0) / batches;
    const below = mean(square);
    const value = mean(bent) / below;
    const left = bent.map((v, i) => v - value * square[i]!);
    const error = Math.sqrt(left.reduce((s, v) => s + v * v, 0) / (batches * (batches - 1))) / below;
    const known = Number.isFinite(value);
    return {
      value: known ? value : NaN,
      error: known ? error : NaN,
      unit: "loss/parameter^2",
      status: known ? "ok" : "diverged",
      method: `ratio of means over ${batches} batches of ${batchSize}; standard error by the delta method`,
      sources: ["Andreyev, Beneventano 2024"],
      cost: { products: batches },
      ...(known
        ? {}
        : {
            explanation: below === 0 ? "all gradients are 0: no step has a direction" : "a gradient or a product is not finite",
          }),
    };
  };
}
