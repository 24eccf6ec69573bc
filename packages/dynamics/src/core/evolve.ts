import type { Status } from "./status.js";
import type { Part } from "./system.js";

/** The arrays that a step carries on, state first, and how to advance them all by n steps in place. */
export interface Stepper {
  readonly carried: readonly Float64Array[];
  readonly observables?: readonly Float64Array[];
  /** One number among those carried: the step number, which `advance` counts up and a reset puts to the time. */
  readonly clock?: Float64Array;
  advance(n: number): void;
}

// Between two looks at the state; a look costs about 1 ns an entry, a step at least as much.
const BLOCK = 64;

/** Object.assign would freeze the getters of `base` at their present values. */
export function extend<A extends object, B extends object>(base: A, more: B): A & B {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(base), ...Object.getOwnPropertyDescriptors(more) },
  ) as A & B;
}

export function finite(x: ArrayLike<number>, what: string): void {
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) throw new RangeError(`the ${what} has ${x[i]} at index ${i}; every number must be finite`);
  }
}

function allFinite(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i]!)) return false;
  return true;
}

/** Time, divergence and reset: the same for both faces of a map and with or without tangents. */
export function evolve(stepper: Stepper, initial: Float64Array, layout: readonly Part[], startTime = 0, onReset?: () => void) {
  const state = stepper.carried[0]!;
  const first = initial.slice();
  const before = stepper.carried.map((x) => new Float64Array(x.length));
  const last = new Float64Array(state.length).fill(NaN);
  let time = startTime;
  const reset = (to: ArrayLike<number> = first, at = to === first ? startTime : 0): void => {
    if (to.length !== state.length)
      throw new RangeError(`reset: a state of ${to.length} numbers given, the system has ${state.length}`);
    finite(to, "state given to reset");
    state.set(to);
    last.fill(NaN);
    time = at;
    stepper.clock?.fill(at);
    onReset?.();
  };
  reset();
  return {
    kind: "map" as const,
    dim: state.length,
    layout,
    state,
    before: last,
    get time() {
      return time;
    },
    reset,
    step(n = 1): Status {
      if (!Number.isInteger(n) || n < 0) throw new RangeError(`step: n = ${n} given; allowed: integers from 0`);
      if (!allFinite(state)) return "diverged";
      for (let left = n; left > 0;) {
        const count = Math.min(left, BLOCK);
        stepper.carried.forEach((x, i) => before[i]!.set(x));
        stepper.advance(count);
        if (!allFinite(state)) {
          stepper.carried.forEach((x, i) => x.set(before[i]!));
          for (;;) {
            last.set(state);
            stepper.advance(1);
            if (!allFinite(state)) return "diverged";
            time++;
          }
        }
        time += count;
        left -= count;
      }
      return "ok";
    },
  };
}
