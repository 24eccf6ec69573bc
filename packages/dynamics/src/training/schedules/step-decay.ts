import { div, floor, pow } from "#engine";
import { settle } from "../hyperparameters.js";
import type { Schedule } from "./schedule.js";

export const stepDecayNumbers = [
  { name: "every", description: "steps between drops", from: 1, whole: true },
  { name: "drop", description: "factor of each drop", default: 0.1, above: 0, to: 1 },
] as const;

/**
 * Step sizes that drop by a factor at regular moments.
 *
 * *Definition*: factor(t) = drop^floor(t / every).
 * *Arguments*: `every`: a whole number from 1; `drop`: above 0, up to 1, default 0.1.
 * *Source*: He, Zhang, Ren, Sun 2016, Deep residual learning for image recognition, section 3.4 (with drops by 10).
 * *Example*: `heavyBall({ stepSize: 0.1, schedule: stepDecay({ every: 1000 }) })`
 */
export function stepDecay(options: { readonly every: number; readonly drop?: number }): Schedule {
  const { every, drop } = settle("stepDecay", stepDecayNumbers, options);
  // t / every is rounded correctly, so that it is whole exactly where `every` divides t.
  return { name: "step-decay", factor: (t) => pow(drop, floor(div(t, every))) };
}
