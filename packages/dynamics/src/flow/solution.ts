import { compile, concat, constant, lt, reshape, scan, slice, sub, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import type { Status } from "../core/status.js";
import { adaptive, type AdaptiveSteps } from "./controllers.js";
import { failureOf, TOLD } from "./failure.js";
import { STATUSES } from "./interval.js";
import { advance, listOf, marchOf, sample, setOut } from "./march.js";
import type { Solver, VectorField } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface SolutionOptions {
  readonly field: VectorField;
  readonly initial: ArrayLike<number>;
  /** Times at which the solution is wanted, increasing, the first not before `time`. */
  readonly times: ArrayLike<number>;
  /** Time of the initial state. Default 0. */
  readonly time?: number;
  /** Default `tsit5`; it needs an error estimate. */
  readonly solver?: Solver;
  readonly controller?: AdaptiveSteps;
}

/** A solution at chosen times. */
export interface Solution {
  readonly status: Status;
  readonly explanation?: string;
  readonly times: Float64Array;
  /** times x dim; NaN from a failure on. */
  readonly states: Float64Array;
  readonly accepted: number;
  readonly rejected: number;
}

/**
 * The solution of dx/dt = field(x, t) at chosen times, read from the dense output: the times do not bind the steps.
 *
 * *Arguments*: see `SolutionOptions`.
 * *Returns*: the states, row by row. Where the solver fails, NaN from there on, with the status and an explanation.
 * *Error*: that of the adaptive steps, and between them that of the dense output, O(h^(denseOrder + 1)). No step passes the last time.
 * *Cost*: as the steps need, and one polynomial for each time; one compiled program.
 * *Source*: Hairer, Norsett, Wanner 1993, Solving ordinary differential equations I, section II.6.
 * *Example*: `solution({ field: (x) => mul(-1, x), initial: [1], times: [0, 1, 2] }).states // [1, 0.36788, 0.13534]`
 */
export function solution(options: SolutionOptions): Solution {
  const { field, time = 0, solver = tsit5, controller = adaptive() } = options;
  if (solver.errorOrder === undefined)
    throw new TypeError(
      `solution: ${solver.name} has no error estimate; use a solver with one, tsit5 for instance, or flow with fixed(h)`,
    );
  const initial = Float64Array.from(options.initial);
  const times = Float64Array.from(options.times);
  if (initial.length === 0 || times.length === 0)
    throw new RangeError(
      `solution: ${initial.length} numbers as the start and ${times.length} times given; allowed: at least one of each`,
    );
  finite(initial, "initial state");
  finite(times, "list of times");
  const disorder = times.findIndex((t, i) => t < (i === 0 ? time : times[i - 1]!));
  if (disorder >= 0)
    throw new RangeError(
      `solution: time ${times[disorder]} at index ${disorder} comes after ${disorder === 0 ? time : times[disorder - 1]}; give times that increase`,
    );
  const last = times[times.length - 1]!;
  const program = compile(
    (x, begin) => {
      const until = constant(last);
      const [carry, [states]] = scan(
        (list, [target]) => {
          const watch = { seen: target!, wanted: (m: { t: Tensor }, seen: Tensor) => lt(m.t, seen) };
          const m = advance(field, solver, controller, marchOf(list), until, watch);
          return [listOf(m), [sample(m, target!)]];
        },
        listOf(setOut(field, solver, controller, x!, begin!, until)),
        [constant(times)],
      );
      const m = marchOf(carry);
      return [states!, m.status, m.t, m.x, m.h, m.accepted, m.rejected];
    },
    [{ shape: [initial.length] }, { shape: [] }],
  );
  program.inputs[0]!.set(initial);
  program.inputs[1]![0] = time;
  program.run();
  const [states, code, reached, before, h, accepted, rejected] = program.outputs.map((y) => y.slice()) as Float64Array[];
  const status = STATUSES[code![0]!]!;
  if (status !== "ok")
    times.forEach((t, i) => t > reached![0]! && states!.fill(NaN, i * initial.length, (i + 1) * initial.length));
  const explain = (): string =>
    failureOf(
      field,
      solver,
      controller,
    )({
      status,
      time: reached![0]!,
      before: before!,
      h: h![0]!,
      copy: -1,
      accepted: accepted![0]!,
      bounded: 0,
      lengths: lastLengths(options, accepted![0]! + rejected![0]!),
    });
  return {
    status,
    ...(status === "ok" ? {} : { explanation: explain() }),
    times,
    states: states!,
    accepted: accepted![0]!,
    rejected: rejected![0]!,
  };
}

/** The lengths of the last steps accepted among so many attempts: all of them are made once more, which is what a failure costs. */
export function lastLengths(
  { field, initial, times, time = 0, solver = tsit5, ...rest }: SolutionOptions,
  attempts: number,
): number[] {
  const controller = { ...(rest.controller ?? adaptive()), maxSteps: Math.max(1, attempts) };
  const program = compile(
    (x, begin) => {
      const until = constant(times[times.length - 1]!);
      const m = advance(field, solver, controller, setOut(field, solver, controller, x!, begin!, until), until, {
        seen: constant(new Float64Array(TOLD)),
        wanted: () => constant(1),
        see: (next, seen) => concat([slice(seen, [1], [TOLD]), reshape(sub(next.t, next.from), [1])]),
      });
      return [m.seen];
    },
    [{ shape: [initial.length] }, { shape: [] }],
  );
  program.inputs[0]!.set(initial);
  program.inputs[1]![0] = time;
  program.run();
  return Array.from(program.outputs[0]!).filter((h) => h > 0);
}
