import { evaluate, mul, type Tensor } from "#engine";
import type { Hyperparameter } from "../hyperparameters.js";

/**
 * How the step size changes with the step number.
 *
 * *Definition*: in step t = 0, 1, 2, ... the step size is eta factor(t).
 * *Arguments*: `factor(step)`: `step` is a scalar tensor, whole numbers from 0; the result is a scalar above or at 0. It is traced once and
 * becomes part of the compiled step, so whole runs stay inside one program.
 */
export interface Schedule {
  readonly name: string;
  factor(step: Tensor): Tensor;
}

/** A family of schedules, as listings name it. */
export interface ScheduleEntry {
  readonly name: string;
  readonly description: string;
  readonly hyperparameters: readonly Hyperparameter[];
  make(numbers: Readonly<Record<string, number | undefined>>): Schedule;
}

/**
 * The factor of a schedule in a step with a given number: the same bits as inside a run.
 *
 * *Example*: `factorAt(cosine({ steps: 100 }), 50) // 0.500000`
 */
export function factorAt(schedule: Schedule, step: number): number {
  return evaluate((t) => schedule.factor(t), { data: [step], shape: [] })[0]![0]!;
}

/**
 * Several schedules at once: the product of their factors.
 *
 * *Example*: `product(linearWarmUp({ steps: 100 }), cosine({ steps: 10_000 }))`
 */
export function product(...schedules: readonly [Schedule, ...Schedule[]]): Schedule {
  return {
    name: schedules.map((s) => s.name).join(" x "),
    factor: (step) => schedules.map((s) => s.factor(step)).reduce((a, b) => mul(a, b)),
  };
}
