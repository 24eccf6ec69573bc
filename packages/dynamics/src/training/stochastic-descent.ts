import { cast, constant, valueAndGrad, type CompileOptions, type Tensor } from "#engine";
import { extend } from "../core/evolve.js";
import { randomMap, type RandomSystem } from "../core/random-map.js";
import type { Part } from "../core/system.js";
import type { Batching } from "./batches/batching.js";
import { independentBatches } from "./batches/independent.js";
import { curving, type Curving } from "./descent.js";
import { optimizerStep } from "./optimizer-step.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export interface StochasticDescentOptions {
  /** From theta and the numbers of some samples (i32, any count) to their mean loss. */
  readonly objective: (theta: Tensor, samples: Tensor) => Tensor;
  /** Number of samples. */
  readonly samples: number;
  /** Samples a step, from 1. */
  readonly batchSize: number;
  /** How they are chosen. Default: `independentBatches`. */
  readonly batches?: Batching;
  readonly initial: ArrayLike<number>;
  readonly optimizer: Optimizer;
  /** Seed of the batches. Default 0. */
  readonly seed?: number;
  /** Numbers that a step carries on beside theta, from those of the batch; neither the loss nor the optimizer reads them. Default: none. */
  readonly beside?: { readonly initial: Float64Array; next(theta: Tensor, samples: Tensor, now: Tensor): Tensor };
  /** Named parts of theta and of what is beside it. */
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/**
 * An optimizer at work on batches: a random map on (theta, memory). Observables: "loss", the loss of the batch, and "batch", its sample numbers.
 * Curvature is that of the mean loss over all samples.
 */
export interface StochasticDescent extends RandomSystem, Curving {}

/**
 * Minimises a mean over samples with gradients of batches, as a System.
 *
 * *Definition*: (theta, memory)' = rule(theta, g_t, memory, t) with g_t the gradient of the mean loss over the batch of step t. With gradient
 * descent this is SGD; with the heavy ball SGD with momentum.
 * *Arguments*: see `StochasticDescentOptions`.
 * *Returns*: a System of kind "random": its batches are functions of (seed, t), so the same seed gives the same batches to any start, and
 * `batch(n)` gives them to n starts at once. Tangents obey the linearised step, v' = (I - eta H_t) v for gradient descent, with the Hessian of the batch.
 * *Cost*: one gradient of a batch and the draw of its indices a step, compiled as one program.
 * *Source*: Robbins, Monro 1951, A stochastic approximation method.
 * *Example*: `const points = constant([1, 2, 3, 6]);
 * const objective = (w, i) => mean(pow(sub(w, take(points, i)), 2));
 * const optimizer = gradientDescent({ stepSize: 0.1 });
 * const s = stochasticDescent({ objective, samples: 4, batchSize: 2, initial: [0], optimizer });
 * [s.step(3), s.state, s.observables.batch] // ["ok", [1.796], [3, 2]]`
 */
export function stochasticDescent(options: StochasticDescentOptions): StochasticDescent {
  const { objective, samples, batchSize, batches = independentBatches, optimizer, beside, seed = 0, threads } = options;
  if (!Number.isInteger(samples) || samples < 1)
    throw new RangeError(`stochasticDescent: ${samples} samples given; allowed: integers from 1`);
  const most = batches.exhausts ? samples : Infinity;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > most)
    throw new RangeError(
      `stochasticDescent: batchSize ${batchSize} given; allowed: integers from 1${most < Infinity ? ` to ${most}, the number of samples (batches: withReplacement has no such limit)` : ""}`,
    );
  const size = options.initial.length;
  const stepper = optimizerStep(optimizer, size, beside?.initial);
  const settings = threads === undefined ? {} : { threads };
  const system = randomMap({
    f(x, noise) {
      const indices = batches.indices(noise, samples, batchSize);
      const batch = cast(indices, "i32");
      const loss = (theta: Tensor): Tensor => objective(theta, batch);
      return stepper.advance(x, noise.step, (theta, now) => {
        const [value, gradient] = valueAndGrad(loss)(theta);
        return { value, gradient, observed: [indices], ...(beside ? { beside: beside.next(theta, batch, now) } : {}) };
      });
    },
    seed,
    initial: stepper.initial(options.initial),
    layout: options.layout ?? [{ name: "theta", shape: [size], offset: 0 }],
    observables: ["loss", "batch"],
    ...settings,
  });
  const everything = constant(
    Int32Array.from({ length: samples }, (_, i) => i),
    [samples],
    "i32",
  );
  const full = (theta: Tensor): Tensor => objective(theta, everything);
  return extend(system, curving(system, stepper, optimizer, full, size, settings));
}
