import { binomialShare } from "../core/confidence.js";
import type { Status } from "../core/status.js";
import type { Attractors } from "./attractors.js";
import { startDim, startStates } from "./start-states.js";
import { followStarts, LOST, TO_INFINITY, UNDECIDED } from "./outcomes.js";

export interface BasinsOptions {
  /** count x dim, row by row: see `gridStarts` and `randomStarts`; of a delay equation the values of constant pasts. */
  readonly starts: ArrayLike<number>;
  /** Most looks at an orbit. Default 5000. */
  readonly looks?: number;
  /** Looks in a row at which an orbit must be near the same attractor. Default 5. */
  readonly stay?: number;
  /** Confidence level of the fractions' intervals. Default 0.95. */
  readonly level?: number;
}

/** The share of the starts with one outcome. */
export interface BasinFraction {
  readonly label: number;
  readonly count: number;
  readonly value: number;
  /** The longer arm of the 95 % interval in standard errors: not 0 for a basin that no start, or every start, was in. */
  readonly error: number;
  /** Clopper-Pearson. */
  readonly interval: readonly [number, number];
}

/** Where starts end. */
export interface Basins {
  /** The number of the attractor, or TO_INFINITY, UNDECIDED, LOST. */
  readonly labels: Int32Array;
  /** Looks until an orbit had come to its attractor, or left the bound. */
  readonly arrivals: Int32Array;
  /** Of every attractor, then of infinity, and of undecided and lost starts where there are any. */
  readonly fractions: readonly BasinFraction[];
  readonly status: Status;
  readonly explanation?: string;
  readonly method: string;
  readonly sources: readonly string[];
  /** Steps of all runs. */
  readonly cost: { readonly steps: number };
}

/**
 * The basins of attraction: which start ends at which attractor.
 *
 * *Definition*: a start belongs to the attractor that its orbit, seen in features, is within the tolerance of at `stay` looks in a row; to infinity
 * when it passes the bound.
 * *Arguments*: `found`: from `attractors`, with the system and all that was set there; see `BasinsOptions`.
 * *Returns*: see `Basins`. Status "not-converged" when starts are undecided after `looks` looks: there is an attractor that was not found, or
 * the approach is slow.
 * *Error*: fractions have the standard error and the interval of independent random starts; for the starts of a grid both are too wide. An orbit that stays near an
 * attractor for `stay` looks without being drawn to it is counted wrongly: make the tolerance smaller, or stay longer.
 * *Cost*: each start is followed until it is decided; packed anew every 32 looks, in compiled batches. The result of a start does not depend on the others.
 * *Source*: Datseris, Wagemakers 2022; basin stability: Menck, Heitzig, Marwan, Kurths 2013; intervals: Clopper, Pearson 1934.
 * *Example*: `const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] });
 * basins(attractors({ system, box: [[-1.5, 1.5]] }), { starts: [-2, -0.1, 0.2, 5] }).labels // [1, 0, 1, -1]`
 */
export function basins(found: Attractors, options: BasinsOptions): Basins {
  const parts = basinsInParts(found, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** `basins`, giving its host a turn now and then: yields the share of the looks that is done, at most. */
export function* basinsInParts(found: Attractors, options: BasinsOptions): Generator<number, Basins> {
  const { system, bound } = found.options;
  const { looks = 5000, stay = 5, level = 0.95 } = options;
  const starts = Float64Array.from(options.starts);
  const dim = startDim(system);
  const count = starts.length / dim;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`basins: ${starts.length} numbers given as starts; allowed: multiples of the dimension ${dim}`);
  const wrong = starts.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0)
    throw new RangeError(`basins: start ${Math.floor(wrong / dim)} has the coordinate ${starts[wrong]}; allowed: finite numbers`);
  const { labels, arrivals, steps } = yield* followStarts(found, { looks, stay })(startStates(system, starts));
  const fractions = basinFractions(labels, found.attractors.length, level);
  const number = (label: number): number => fractions.find((f) => f.label === label)?.count ?? 0;
  const [open, lost] = [number(UNDECIDED), number(LOST)];
  return {
    labels,
    arrivals,
    fractions,
    status: open + lost > 0 ? "not-converged" : "ok",
    method: `each of ${count} starts followed until it is within ${found.tolerance} of an attractor at ${stay} looks in a row, or beyond ${bound}`,
    sources: ["Datseris, Wagemakers 2022", "Clopper, Pearson 1934"],
    cost: { steps },
    ...(open + lost > 0
      ? {
          explanation: [
            ...(open > 0
              ? [
                  `${open} of ${count} starts are undecided after ${looks} looks: an attractor was missed (raise starts), or the approach is slow (raise looks)`,
                ]
              : []),
            ...(lost > 0 ? [`at ${lost} of ${count} starts the system failed before the bound ${bound}`] : []),
          ].join("; "),
        }
      : {}),
  };
}

/**
 * The shares of the basins among starts, with intervals.
 *
 * *Arguments*: `labels` as `basins` gives them; how many attractors there are; the level of the intervals.
 * *Returns*: one entry an attractor, one for infinity, and one for undecided and lost starts if there are any.
 * *Error*: standard errors and Clopper-Pearson intervals of independent starts.
 * *Source*: Clopper, Pearson 1934; Menck, Heitzig, Marwan, Kurths 2013 (basin stability).
 * *Example*: `basinFractions([0, 0, 0, -1], 1).map((f) => f.value) // [0.75, 0.25]`
 */
export function basinFractions(labels: ArrayLike<number>, attractors: number, level = 0.95): BasinFraction[] {
  const n = labels.length;
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  const always = [...Array.from({ length: attractors }, (_, k) => k), TO_INFINITY];
  return [...always, ...[UNDECIDED, LOST].filter((label) => counts.has(label))].map((label) => {
    const count = counts.get(label) ?? 0;
    return { label, count, ...binomialShare(count, n, level) };
  });
}
