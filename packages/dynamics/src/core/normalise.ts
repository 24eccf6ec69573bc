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

/** x with mean 0 and variance 1 along axes; epsilon is added to the variance. */
export function standardised(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const centred = sub(x, mean(x, axes, true));
  return div(centred, sqrt(add(mean(mul(centred, centred), axes, true), epsilon)));
}
