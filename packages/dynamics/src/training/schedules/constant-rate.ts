import { add, mul } from "#engine";
import type { Schedule } from "./schedule.js";

/**
 * The same step size in every step: factor(t) = 1. What an optimizer does without a schedule.
 *
 * *Example*: `factorAt(constantRate(), 1000) // 1`
 */
export const constantRate = (): Schedule => ({
  name: "constant",
  factor: (step) => add(mul(0, step), 1),
});
