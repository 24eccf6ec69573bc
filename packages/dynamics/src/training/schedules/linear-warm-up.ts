import { add, div, min } from "#engine";
import { settle } from "../hyperparameters.js";
import type { Schedule } from "./schedule.js";

export const linearWarmUpNumbers = [
  { name: "steps", description: "steps until the full step size is reached", from: 1, whole: true },
] as const;

/**
 * Step sizes that grow linearly to the full one.
 *
 * *Definition*: factor(t) = min(1, (t + 1) / steps): the first step is not lost, and step steps - 1 is the first full one.
 * *Arguments*: `steps`: a whole number from 1.
 * *Source*: Goyal et al. 2017, Accurate, large minibatch SGD, section 2.2.
 * *Example*: `gradientDescent({ stepSize: 0.1, schedule: linearWarmUp({ steps: 100 }) })`
 */
export function linearWarmUp(options: { readonly steps: number }): Schedule {
  const { steps } = settle("linearWarmUp", linearWarmUpNumbers, options);
  return { name: "linear-warm-up", factor: (t) => min(1, div(add(t, 1), steps)) };
}
