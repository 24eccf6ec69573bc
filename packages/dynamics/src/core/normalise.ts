import { add, amax, div, exp, mean, mul, sqrt, stopGradient, sub, sum, type Tensor } from "#engine";

/** x less its largest element along axes, and the sum of its exponentials there. The shift drops out of a softmax and of all its derivatives. */
export function shifted(x: Tensor, axes: readonly number[]): { shift: Tensor; total: Tensor } {
  const shift = sub(x, stopGradient(amax(x, axes, true)));
  return { shift, total: sum(exp(shift), axes, true) };
}

/** exp(x) over its sum along axes: positive numbers that add up to 1. */
export function softmax(x: Tensor, axes: readonly number[]): Tensor {
  const { shift, total } = shifted(x, axes);
  return div(exp(shift), total);
}

/** Mean and variance of x along axes, the variance over the number of entries; `centred` is x less its mean. */
export function moments(x: Tensor, axes: readonly number[]): { mean: Tensor; variance: Tensor; centred: Tensor } {
  const centre = mean(x, axes, true);
  const centred = sub(x, centre);
  return { mean: centre, variance: mean(mul(centred, centred), axes, true), centred };
}

/** x with mean 0 and variance 1 along axes; epsilon is added to the variance. */
export function standardised(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const { centred, variance } = moments(x, axes);
  return div(centred, sqrt(add(variance, epsilon)));
}

/** (x - mean) scale / sqrt(variance + epsilon), with given moments: an affine map. */
export function normalisedBy(x: Tensor, centre: Tensor, variance: Tensor, scale: Tensor, epsilon: number): Tensor {
  return mul(sub(x, centre), div(scale, sqrt(add(variance, epsilon))));
}
