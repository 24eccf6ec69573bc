import { constantRate } from "./constant-rate.js";
import { cosine, cosineNumbers } from "./cosine.js";
import { linearWarmUp, linearWarmUpNumbers } from "./linear-warm-up.js";
import type { ScheduleEntry } from "./schedule.js";
import { stepDecay, stepDecayNumbers } from "./step-decay.js";

const entry = (
  name: string,
  description: string,
  hyperparameters: ScheduleEntry["hyperparameters"],
  make: (numbers: never) => ReturnType<ScheduleEntry["make"]>,
): ScheduleEntry => ({ name, description, hyperparameters, make: make as ScheduleEntry["make"] });

/** One line an entry. */
export const schedules: readonly ScheduleEntry[] = [
  entry("constant", "the same step size in every step", [], constantRate),
  entry("linear-warm-up", "min(1, (t + 1) / steps)", linearWarmUpNumbers, linearWarmUp),
  entry("cosine", "half a cosine from 1 down to the least factor", cosineNumbers, cosine),
  entry("step-decay", "a factor of drop every so many steps", stepDecayNumbers, stepDecay),
];
