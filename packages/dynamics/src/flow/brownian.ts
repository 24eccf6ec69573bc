import { add, mul, reshape, stack, sub, type Tensor } from "#engine";
import type { Noise } from "../core/noise.js";

/**
 * The increments of a Brownian path over one interval of length dt, cut into 2^level equal parts.
 *
 * *Definition*: the whole increment first, then halves by the Brownian bridge, level by level: each level has draws of its own, so that a finer cut keeps the path of a coarser one.
 * *Returns*: [2^level, m], sums of neighbours being the increments of the level above, to rounding.
 * *Source*: Levy 1948; Gaines and Lyons 1997, Variable step size control in the numerical solution of stochastic differential equations.
 */
export function brownian(noise: Noise, dt: number, level: number, m: number): Tensor {
  let parts = mul(Math.sqrt(dt), noise.normal([1, m]));
  for (let l = 1; l <= level; l++) {
    const count = 2 ** (l - 1);
    // The middle of a bridge over time s is normal with mean half the increment and variance s / 4.
    const left = add(mul(0.5, parts), mul(0.5 * Math.sqrt(dt / count), noise.normal([count, m])));
    parts = reshape(stack([left, sub(parts, left)], 1), [2 * count, m]);
  }
  return parts;
}
