import { studentQuantile } from "../core/confidence.js";
import type { Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Gram } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import { characteristicExponentInParts, type CharacteristicExponent } from "./characteristic-exponent.js";
import { gramStability } from "./gram-stability.js";
import { meanSquareStability } from "./mean-square-stability.js";
import { sgdProducts } from "./random-products.js";

export interface StochasticThresholdOptions {
  readonly batchSize?: number;
  readonly sampling?: Sampling;
  /** Steps of each exponent, half of them a transient. Default 2^19. */
  readonly steps?: number;
  /** Where to look from: a step size with a negative exponent. Default: 0.98 times the mean-square threshold. */
  readonly from?: number;
  /** Factor between the step sizes tried on the way up. Default 1.05. */
  readonly growth?: number;
  /** Confidence level of the interval. Default 0.95. */
  readonly level?: number;
  readonly seed?: number;
}

/** The step size at which the characteristic exponent first passes zero. */
export interface StochasticThreshold extends Estimate {
  readonly interval: readonly [number, number];
  readonly level: number;
  /** d lambda / d eta there. */
  readonly slope: number;
}

/**
 * The stability threshold of stochastic gradient descent: the zero of the characteristic exponent as a function of the step size.
 *
 * *Definition*: the first sign change of lambda(eta) on the grid from * growth^k, then found by halving. All exponents see the same draws
 * (common random numbers), so that differences between step sizes are not noise.
 * *Arguments*: `gram`; see `StochasticThresholdOptions`.
 * *Returns*: the threshold in units of the step size; for full batches exactly that of gradient descent. lambda can become negative again beyond it (the set of stable step sizes may be
 * disconnected); what happens between neighbouring grid points, or beyond, is not looked at.
 * *Error*: the standard error of lambda there over the slope of lambda, measured over +-3 %, and half the last interval: one standard error. The interval uses Student's t.
 * *Cost*: 20 to 40 exponents of `steps` steps.
 * *Source*: Chemnitz, Engel 2024 (the sign decides); Glasserman, Yao 1992, Some guidelines and guarantees for common random numbers.
 * *Example*: `stochasticThreshold(gram([[1.5, 0.9], [0.9, 2.5]]), { steps: 2 ** 16 }).value // 0.910`
 */
export const stochasticThreshold = (gram: Gram, options: StochasticThresholdOptions = {}): StochasticThreshold =>
  finish(stochasticThresholdInParts(gram, options));

/** `stochasticThreshold` in parts. */
export function* stochasticThresholdInParts(gram: Gram, options: StochasticThresholdOptions = {}): Parts<StochasticThreshold> {
  const { batchSize = 1, sampling = "subset", steps = 2 ** 19, growth = 1.05, level = 0.95, seed = 0 } = options;
  if (!Number.isInteger(steps) || steps < 1000)
    throw new RangeError(`stochasticThreshold: ${steps} steps given; allowed: integers from 1000`);
  if (!(growth > 1 && growth <= 2))
    throw new RangeError(`stochasticThreshold: growth ${growth} given; allowed: above 1, at most 2`);
  if (sampling === "subset" && batchSize === gram.samples) {
    const { threshold, sharpness } = gramStability(gram, { stepSize: 1 });
    const interval = [threshold.value - threshold.error, threshold.value + threshold.error] as const;
    return { ...threshold, interval, level: 1, slope: sharpness };
  }
  let exponents = 0;
  const at = function* (stepSize: number): Parts<CharacteristicExponent> {
    exponents++;
    const products = sgdProducts(gram, { stepSize, batchSize, sampling });
    return yield* characteristicExponentInParts(products, { budget: steps, least: steps, first: steps >> 1, seed });
  };
  const from = options.from ?? 0.98 * meanSquareStability(gram, { batchSize, sampling, tolerance: 1e-6 }).value;
  let low = from;
  let high = from * growth;
  const common = {
    unit: "step size",
    level,
    method: `halving with common random numbers, ${steps} steps an exponent; one standard error of the exponent over its slope, and half of the last interval`,
    sources: ["Chemnitz, Engel 2024", "Glasserman, Yao 1992"],
  };
  for (let tries = 0; ; tries++, low = high, high *= growth) {
    const { value, error } = yield* at(high);
    if (value > 2 * error) break;
    if (tries === 200 || !(high < Infinity))
      return {
        ...common,
        value: NaN,
        error: NaN,
        interval: [NaN, NaN],
        slope: NaN,
        status: "not-converged",
        cost: { steps: exponents * steps },
        explanation: `no exponent above 0 was found from ${from} to ${high}`,
      };
  }
  while (high - low > 1e-5 * high) {
    const middle = 0.5 * (low + high);
    if ((yield* at(middle)).value > 0) high = middle;
    else low = middle;
  }
  const value = 0.5 * (low + high);
  const slope = ((yield* at(1.03 * value)).value - (yield* at(0.97 * value)).value) / (0.06 * value);
  // What halving left open counts too: where nothing is random it is all there is.
  const error = (yield* at(value)).error / Math.abs(slope) + 0.5 * (high - low);
  const half = error * studentQuantile(level, 19);
  const found = value > from * (1 + 1e-4);
  return {
    ...common,
    value,
    error,
    interval: [value - half, value + half],
    slope,
    status: found ? "ok" : "not-converged",
    cost: { steps: exponents * steps },
    ...(found ? {} : { explanation: `the exponent is already positive at ${from}; start from a smaller step size` }),
  };
}
