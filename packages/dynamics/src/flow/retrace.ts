import { add, compile, constant, type Tensor } from "#engine";
import { TOLD } from "./failure.js";
import { PACE, type Pace, type RecordedInterval } from "./interval.js";

/** Where a copy stood before the intervals in one of which it failed. */
export interface Departure {
  readonly state: Float64Array;
  /** Time at which the first interval began. */
  readonly start: number;
  /** Intervals that were gone through. */
  readonly count: number;
  /** The pace it had, in the order of PACE. */
  readonly pace: readonly Float64Array[];
}

/**
 * The lengths of the last steps that were accepted before a failure, oldest first: the intervals are gone through once more, by a program that keeps them.
 *
 * *Cost*: that of the intervals; nothing while all goes well.
 */
export function lastLengths(interval: RecordedInterval, dt: number, { state, start, count, pace }: Departure): number[] {
  const program = compile(
    (x, t, ...rest) => {
      const own = Object.fromEntries(PACE.map((name, i) => [name, rest[i]!])) as unknown as Pace;
      const made = interval(x!, t!, own);
      return [made.next, add(t!, constant(dt)), ...PACE.map((name) => made.pace[name]), made.lengths] as Tensor[];
    },
    [{ shape: [state.length] }, { shape: [] }, ...PACE.map((name) => ({ shape: name === "before" ? [state.length] : [] }))],
  );
  const { inputs, outputs } = program;
  inputs[0]!.set(state);
  pace.forEach((values, i) => inputs[2 + i]!.set(values));
  const [status, accepted] = [2 + PACE.indexOf("status"), 2 + PACE.indexOf("accepted")];
  for (let k = 0; k < count; k++) {
    inputs[1]![0] = start + k * dt;
    const before = inputs[accepted]![0]!;
    program.run();
    if (outputs[status]![0] !== 0) {
      const taken = outputs[accepted]![0]! - before;
      const ring = outputs.at(-1)!;
      const told = Math.min(taken, TOLD);
      return Array.from({ length: told }, (_, i) => ring[(taken - told + i) % TOLD]!);
    }
    for (let i = 0; i < 2 + PACE.length; i++) if (i !== 1) inputs[i]!.set(outputs[i]!);
  }
  return [];
}
