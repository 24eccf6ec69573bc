import { compile, constant, neg, stopGradient, type Tensor } from "#engine";
import { adaptive, type AdaptiveSteps } from "./controllers.js";
import { failureOf, TOLD } from "./failure.js";
import { adaptiveInterval, PACE, STATUSES, type Pace } from "./interval.js";
import type { Solver, VectorField } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";

/** Most steps whose lengths are kept. */
const MOST_STEPS = 65_536;

export interface AcceptedStepsOptions {
  /** One with an error estimate. Default `tsit5`. */
  readonly solver?: Solver;
  /** Default `adaptive({ maxSteps: 4096 })`; its `maxSteps`, at most 65,536, bounds the attempts. */
  readonly controller?: AdaptiveSteps;
  /** Default 0. */
  readonly from?: number;
  /** Default 1; may lie before `from`. */
  readonly to?: number;
}

/** The lengths of the steps from `from` to a later `to`, 0 behind the last, and whether they got there; no derivative passes through either. */
export function acceptedLengths(
  field: VectorField,
  solver: Solver,
  controller: AdaptiveSteps,
  from: number,
  to: number,
): (x: Tensor) => { lengths: Tensor; pace: Pace } {
  if (solver.errorOrder === undefined)
    throw new TypeError(`${solver.name} has no error estimate; give a number of steps, or a solver with one, tsit5 for instance`);
  if (controller.maxSteps > MOST_STEPS)
    throw new RangeError(
      `adaptive steps: maxSteps ${controller.maxSteps} given; allowed here: up to ${MOST_STEPS}, since the steps are kept; write adaptive({ maxSteps: 1000 })`,
    );
  const interval = adaptiveInterval(field, solver, controller, to - from, controller.maxSteps);
  return (x) => {
    const start = stopGradient(x);
    const pace = Object.fromEntries(PACE.map((name) => [name, name === "before" ? start : constant(0)])) as unknown as Pace;
    const made = interval(start, constant(from), pace);
    return { lengths: stopGradient(made.lengths), pace: made.pace };
  };
}

/**
 * The times at which an adaptive solver's accepted steps begin and end.
 *
 * *Arguments*: `field` and `initial`, whose length is the dimension; see `AcceptedStepsOptions`.
 * *Returns*: from, the ends of the steps one after the other, to: the `grid` with which `integrate` takes the same steps again.
 * *Error*: throws where the steps do not get to `to`, saying why and how far they got.
 * *Cost*: one adaptive solution.
 * *Example*: `const grid = stepTimes((x) => mul(-1, x), [1], { controller: adaptive({ rtol: 1e-3, maxSteps: 100 }) });
 * [grid[0], grid.length > 2, grid.at(-1)] // [0, true, 1]`
 */
export function stepTimes(field: VectorField, initial: ArrayLike<number>, options: AcceptedStepsOptions = {}): Float64Array {
  const { solver = tsit5, controller = adaptive({ maxSteps: 4096 }), from = 0, to = 1 } = options;
  if (to < from)
    return made(backwards(field), initial, solver, controller, -from, -to, " (going back: t stands for -t)").map((t) => -t);
  return made(field, initial, solver, controller, from, to, "");
}

function made(
  field: VectorField,
  initial: ArrayLike<number>,
  solver: Solver,
  controller: AdaptiveSteps,
  from: number,
  to: number,
  note: string,
): Float64Array {
  const walk = acceptedLengths(field, solver, controller, from, to);
  const program = compile(
    (x) => {
      const { lengths, pace } = walk(x!);
      return [lengths, pace.status, pace.before, pace.h, pace.bounded];
    },
    [{ shape: [initial.length] }],
  );
  program.inputs[0]!.set(initial);
  program.run();
  const why = (times: readonly number[]): string =>
    failureOf(
      field,
      solver,
      controller,
    )({
      status: STATUSES[program.outputs[1]![0]!]!,
      time: times.at(-1)!,
      before: program.outputs[2]!.slice(),
      h: program.outputs[3]![0]!,
      copy: -1,
      accepted: times.length - 1,
      bounded: program.outputs[4]![0]!,
      lengths: Array.from(program.outputs[0]!)
        .slice(0, times.length - 1)
        .slice(-TOLD),
    });
  const times = [from];
  for (const h of program.outputs[0]!) if (h > 0) times.push(times.at(-1)! + h);
  const status = STATUSES[program.outputs[1]![0]!]!;
  if (status !== "ok") throw new RangeError(`stepTimes, to t = ${to}${note}: ${why(times)}`);
  times[times.length - 1] = to;
  return Float64Array.from(times);
}

/** The field as seen when time runs the other way. */
export const backwards =
  (field: VectorField): VectorField =>
  (x, t) =>
    neg(field(x, neg(t)));
