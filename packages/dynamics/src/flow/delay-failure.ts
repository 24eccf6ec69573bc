import { short } from "../core/short.js";

/** A state of a delay equation that is not finite. */
export interface FailedPast {
  /** [window, nodes, dim], from the oldest step to the newest. */
  readonly window: Float64Array;
  readonly nodes: number;
  readonly dim: number;
  /** When the steps of the window end, one for each. */
  readonly ends: ArrayLike<number>;
  readonly copy: number | undefined;
  /** The name of the solver and its steps in the shortest lag. */
  readonly solver: string;
  readonly steps: number;
}

/** Says when a delay equation failed, in which component, what it was before, and what to try. */
export function delayFailure({ window, nodes, dim, ends, copy, solver, steps }: FailedPast): string {
  const bad = window.findIndex((v) => !Number.isFinite(v));
  const step = bad < 0 ? ends.length - 1 : Math.floor(bad / (nodes * dim));
  const component = bad < 0 ? 0 : bad % dim;
  const before = window[step * nodes * dim + component]!;
  const who = `${copy === undefined ? "" : `copy ${copy}, `}component ${component}`;
  return (
    `diverged at t = ${short(ends[step]!)}, ${who} (value ${short(before)} a step before): within one step of ${solver} it left the finite numbers. ` +
    `Take more than ${steps} steps in the shortest lag; if the time of failure then stays, the solution becomes infinite there or leaves the field's domain: stop before it, or start elsewhere.`
  );
}
