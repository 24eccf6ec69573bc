import { constant } from "#engine";
import { short } from "../core/short.js";
import { tell, TOLD } from "./failure.js";
import type { DelayField } from "./segment.js";
import type { Solver } from "./solver.js";

/** A state of a delay equation that is not finite, and what led to it. */
export interface FailedPast {
  readonly field: DelayField;
  readonly lags: readonly number[];
  /** [window, nodes, dim], from the oldest step to the newest. */
  readonly window: Float64Array;
  readonly nodes: number;
  readonly dim: number;
  /** When the steps of the window begin, one for each, and when the last ends. */
  readonly ends: ArrayLike<number>;
  /** Lengths of the last steps before those of the window, oldest first. */
  readonly lengths: readonly number[];
  /** Steps in an interval: the failure lies in one of the last so many. */
  readonly interval: number;
  /** x(t - ago) for the time t at which that interval began. */
  readonly earlier: (ago: number) => ArrayLike<number>;
  /** Steps made before that interval. */
  readonly accepted: number;
  readonly copy: number | undefined;
  readonly solver: Solver;
  /** Steps asked for in the shortest lag. */
  readonly steps: number;
}

/** Says when a delay equation failed, in which component, how its steps went, how stiff it is with the past held as it was, and what to try. */
export function delayFailure({ field, lags, window, nodes, dim, ends, copy, solver, steps, ...run }: FailedPast): string {
  const first = ends.length - 1 - run.interval;
  const bad = window.findIndex((v) => !Number.isFinite(v));
  const step = bad < 0 ? ends.length - 2 : Math.max(first, Math.floor(bad / (nodes * dim)));
  const before = window.slice(step * nodes * dim, step * nodes * dim + dim);
  const length = (n: number): number => ends[n + 1]! - ends[n]!;
  const since = ends[step]! - ends[first]!;
  const past = lags.map((lag) => constant(Float64Array.from(run.earlier(Math.max(0, lag - since)))));
  const accepted = run.accepted + step - first;
  const all = [...run.lengths, ...Array.from({ length: step }, (_, n) => length(n))];
  const failed = {
    field: (x: Parameters<DelayField>[0], t: Parameters<DelayField>[2]) => field(x, past, t),
    status: "diverged" as const,
    time: ends[step]!,
    before,
    h: length(step),
    copy: copy ?? -1,
    accepted,
    lengths: accepted > 0 ? all.slice(-Math.min(TOLD, accepted)) : [],
  };
  return tell(failed, ({ outside, fastest }) => {
    if (outside)
      return "The field is not finite at this state and its past: keep the history and the parameters inside its domain.";
    const needed = Math.ceil((Math.min(...lags) * fastest) / solver.realStability);
    const unstable = length(step) * fastest > solver.realStability;
    return (
      `Within one step of ${solver.name} it left the finite numbers. ` +
      (unstable
        ? `With the past held, ${solver.name} is stable up to steps of ${short(solver.realStability / fastest)} there: take at least ${needed} steps in the shortest lag. `
        : `Take more than ${steps} steps in the shortest lag. `) +
      `If the time of failure then stays, the solution becomes infinite there or leaves the field's domain: stop before it, or start elsewhere.`
    );
  });
}
