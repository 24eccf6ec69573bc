import { add, cos, div, min, mul } from "#engine";
import { settle } from "../hyperparameters.js";
import type { Schedule } from "./schedule.js";

export const cosineNumbers = [
  { name: "steps", description: "steps until the least step size is reached", from: 1, whole: true },
  { name: "least", description: "the factor at the end and after it", default: 0, from: 0, to: 1 },
] as const;

/**
 * Step sizes that fall along half a cosine.
 *
 * *Definition*: factor(t) = least + (1 - least) (1 + cos(pi min(t / steps, 1))) / 2.
 * *Arguments*: `steps`: a whole number from 1; `least`: from 0 to 1, default 0, which leaves the parameters where they are from step
 * `steps` on.
 * *Source*: Loshchilov, Hutter 2017, SGDR: stochastic gradient descent with warm restarts, equation 5 (without restarts).
 * *Example*: `adam({ stepSize: 1e-3, schedule: cosine({ steps: 10_000 }) })`
 */
export function cosine(options: { readonly steps: number; readonly least?: number }): Schedule {
  const { steps, least } = settle("cosine", cosineNumbers, options);
  const half = 0.5 * (1 - least);
  return {
    name: "cosine",
    factor: (t) => add(least, mul(half, add(1, cos(mul(Math.PI, min(div(t, steps), 1)))))),
  };
}
