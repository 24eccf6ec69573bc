import { add, amax, constant, div, exp, grad, log, mul, square, sub, sum, type Tensor } from "#engine";
import { finite } from "../../core/evolve.js";
import type { NoiseSchedule } from "./noise-schedule.js";

/** Data whose distribution is a mixture of isotropic normal ones; width 0 is a point. */
export interface Mixture {
  /** count x dim. */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviations, 0 allowed. Default 0 for all. */
  readonly widths?: readonly number[];
  /** Above 0; they are scaled to the sum 1. Default equal. */
  readonly weights?: readonly number[];
}

/**
 * The logarithm of the density of a noised mixture, as a program of (x [dim], t).
 *
 * *Definition*: log sum w_k N(x; scale(t) m_k, scale(t)^2 s_k^2 + spread(t)), up to no constant.
 * *Arguments*: see `Mixture` and `NoiseSchedule`; t > 0 where a width is 0.
 * *Error*: rounding; the largest term is taken out of the sum, so that nothing overflows.
 * *Example*: `const two = { centres: [[-1], [1]] }; const p = noisedLogDensity(two, ornsteinUhlenbeck);
 * evaluate((x) => exp(p(x, constant(0.5))), { data: [0] })[0] // [0.375]`
 */
export function noisedLogDensity(mixture: Mixture, schedule: NoiseSchedule): (x: Tensor, t: Tensor) => Tensor {
  const { centres } = mixture;
  const count = centres.length;
  const dim = centres[0]?.length ?? 0;
  const { widths = centres.map(() => 0), weights = centres.map(() => 1) } = mixture;
  if (count === 0 || dim === 0) throw new RangeError("mixture: no centres given; give at least one, with at least one number");
  if (centres.some((m) => m.length !== dim) || widths.length !== count || weights.length !== count)
    throw new RangeError(
      `mixture: ${count} centres of ${centres.map((m) => m.length).join(", ")} numbers, ${widths.length} widths and ${weights.length} weights given; allowed: equally many of each, centres of one length`,
    );
  finite(centres.flat(), "list of centres");
  if (widths.some((s) => !(s >= 0 && s < Infinity)) || weights.some((w) => !(w > 0 && w < Infinity)))
    throw new RangeError("mixture: widths must be finite numbers from 0 and weights finite numbers above 0");
  const total = weights.reduce((a, b) => a + b, 0);
  const shares = constant(weights.map((w) => w / total));
  const means = constant(centres.flat(), [count, dim]);
  const variances = constant(widths.map((s) => s * s));
  return (x, t) => {
    const scale = schedule.scale(t);
    const v = add(mul(square(scale), variances), schedule.spread(t));
    const distances = sum(square(sub(x, mul(scale, means))), 1);
    const exponents = sub(add(log(shares), mul(-0.5, div(distances, v))), mul(0.5 * dim, log(mul(2 * Math.PI, v))));
    const top = amax(exponents);
    return add(top, log(sum(exp(sub(exponents, top)))));
  };
}

/**
 * The score of a noised mixture, the gradient of its log-density, as a program of (x [dim], t).
 *
 * *Error*: exact up to rounding: the derivative of `noisedLogDensity` by the engine.
 * *Example*: `const s = noisedScore({ centres: [[0]], widths: [2] }, varianceExploding);
 * evaluate((x) => s(x, constant(1)), { data: [5] })[0] // [-1]`
 */
export function noisedScore(mixture: Mixture, schedule: NoiseSchedule): (x: Tensor, t: Tensor) => Tensor {
  const density = noisedLogDensity(mixture, schedule);
  return (x, t) => grad((y: Tensor) => density(y, t))(x);
}
