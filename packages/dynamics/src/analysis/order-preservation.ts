import { studentQuantile } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";
import { kendallOf } from "./kendall.js";

/** What happens to the order of the samples on the way from one quantity to another, in each of many units. */
export interface OrderedUnits {
  readonly samples: number;
  readonly units: number;
  /** samples x units, row by row: what a unit is given. */
  readonly before: ArrayLike<number>;
  /** samples x units: what it makes of it. */
  readonly after: ArrayLike<number>;
}

export interface OrderPreservationOptions {
  /** A unit preserves order when its weak share is at least this. Default 0.95: at most one pair in twenty reversed. */
  readonly threshold?: number;
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
}

/** How much of the order survives, unit by unit and on average; `value` is the share of units that preserve it. */
export interface OrderPreservation extends Estimate {
  readonly threshold: number;
  /** By unit; NaN where a unit is constant. */
  readonly tau: Float64Array;
  readonly tauErrors: Float64Array;
  /** By unit: shares of the pairs that differ before. strict + merged = weak, and 1 - weak is reversed. */
  readonly strict: Float64Array;
  readonly merged: Float64Array;
  readonly weak: Float64Array;
  readonly weakErrors: Float64Array;
  /** Means over the units that are not constant, with standard errors over samples that know that units share them. */
  readonly meanTau: Estimate;
  readonly meanWeak: Estimate;
  readonly meanMerged: number;
  /** Units with the same value on all samples, before or after: they have no tau. */
  readonly constant: number;
}

/**
 * Which units of a layer preserve the order of the samples (OPT) and which change it (NPT).
 *
 * *Definition*: of the pairs of samples that differ before, a unit preserves weakly those that it does not reverse: concordant pairs and pairs
 * that it makes equal. It counts as order-preserving when that share is at least `threshold`. Ties made are counted apart, since a ReLU makes
 * them without reversing anything; tau-b, which they lower, stands beside. A unit that falls with its field reverses order: it is not
 * order-preserving, and its tau-b is negative.
 * *Arguments*: `given`: the two quantities (`orderViews` makes them from a network); see `OrderPreservationOptions`.
 * *Returns*: an OrderPreservation; the value is a share of the units that differ before. Status "diverged" when a number is not finite.
 * *Error*: of the value: half the share of units whose interval at `level` holds the threshold, a bound for each unit at that level. Of the
 * means: one standard error by the jackknife over samples, the network held fixed.
 * *Cost*: two sorts and 3 P log2 P additions a unit for P samples: about a second for 512 units on 10,000 samples.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on order-preserving and non-order-preserving transformations; the two shares, the threshold
 * and the errors are choices made here, since the paper leaves ties open.
 * *Example*: `const relu = { samples: 4, units: 1, before: [-2, -1, 1, 2], after: [0, 0, 1, 2] };
 * const { value, tau, weak, merged } = orderPreservation(relu); [value, tau[0], weak[0], merged[0]] // [1, 0.9128709292, 1, 0.1666666667]`
 */
export function orderPreservation(given: OrderedUnits, options: OrderPreservationOptions = {}): OrderPreservation {
  return orderPreservationOf(given.samples, options)(given);
}

/** `orderPreservation` for whoever asks again and again about as many samples: room is made once, which takes longer than a few units. */
export function orderPreservationOf(
  samples: number,
  options: OrderPreservationOptions = {},
): (given: OrderedUnits) => OrderPreservation {
  const { threshold = 0.95, level = 0.95 } = options;
  if (!Number.isInteger(samples) || samples < 3)
    throw new RangeError(`orderPreservation: ${samples} samples given; allowed: integers from 3`);
  if (!(threshold > 0.5 && threshold <= 1))
    throw new RangeError(`orderPreservation: threshold ${threshold} given; allowed: above 0.5 (order by chance) up to 1`);
  if (!(level > 0 && level < 1)) throw new RangeError(`orderPreservation: level ${level} given; allowed: between 0 and 1`);
  const room: Room = {
    counter: kendallOf(samples, level),
    reach: studentQuantile(level, samples - 1),
    threshold,
    sums: { tau: new Float64Array(samples), weak: new Float64Array(samples) },
    columns: columnPairs(samples),
  };
  return (given) => {
    if (given.samples !== samples)
      throw new RangeError(`orderPreservation: ${given.samples} samples given; room was made for ${samples}`);
    return measured(given, room);
  };
}

interface Room {
  readonly counter: ReturnType<typeof kendallOf>;
  /** The Student quantile of the intervals. */
  readonly reach: number;
  readonly threshold: number;
  readonly sums: { readonly tau: Float64Array; readonly weak: Float64Array };
  readonly columns: ReturnType<typeof columnPairs>;
}

function measured(given: OrderedUnits, { counter, reach, threshold, sums, columns }: Room): OrderPreservation {
  const { samples, units, before, after } = given;
  if (!Number.isInteger(units) || units < 1)
    throw new RangeError(`orderPreservation: ${units} units given; allowed: integers from 1`);
  if (before.length !== samples * units || after.length !== samples * units)
    throw new RangeError(
      `orderPreservation: ${before.length} and ${after.length} numbers given; needed: ${samples} x ${units} of both`,
    );
  const column = (): Float64Array => new Float64Array(units).fill(NaN);
  const [tau, tauErrors, strict, merged, weak, weakErrors] = [column(), column(), column(), column(), column(), column()];
  sums.tau.fill(0);
  sums.weak.fill(0);
  let [preserving, undecided, judged, counted] = [0, 0, 0, 0];
  let broken: string | undefined;
  for (let u = 0; u < units; u++) {
    const [x, y] = columns(given, u);
    const found = counter.between(x, y, sums);
    if (found.status === "diverged") broken ??= `unit ${u}: ${found.explanation}`;
    strict[u] = found.strict;
    weak[u] = found.weak;
    merged[u] = found.weak - found.strict;
    weakErrors[u] = found.errors.weak;
    if (!Number.isFinite(found.weak)) continue;
    judged++;
    if (found.weak >= threshold) preserving++;
    if (Math.abs(found.weak - threshold) <= reach * found.errors.weak) undecided++;
    if (found.status !== "ok") continue;
    counted++;
    tau[u] = found.value;
    tauErrors[u] = found.error;
  }
  const sound = Array.from(tau.keys()).filter((u) => Number.isFinite(tau[u]!));
  const mean = (values: Float64Array): number => sound.reduce((s, u) => s + values[u]!, 0) / sound.length;
  const common = { unit: "1", sources: ["Lin, Feng, Zhang, Zhao 2025", "Kendall 1945", "Christensen 2005"], cost: {} };
  const constant = units - counted;
  const explanation =
    broken ??
    (judged === 0
      ? `all ${units} units have the same value on every sample`
      : constant > 0
        ? `${constant} of ${units} units have the same value on every sample and are left out of the means`
        : undefined);
  const status = broken ? ("diverged" as const) : judged === 0 ? ("not-converged" as const) : ("ok" as const);
  const over = (value: number, leftOut: Float64Array): Estimate => ({
    ...common,
    value: status === "ok" ? value : NaN,
    error: status === "ok" ? jackknife(leftOut, counted) : NaN,
    status: counted === 0 && status === "ok" ? "not-converged" : status,
    method: `mean over ${counted} units; one standard error by the jackknife over ${samples} samples`,
    ...(explanation === undefined ? {} : { explanation }),
  });
  return {
    ...common,
    value: status === "ok" ? preserving / judged : NaN,
    error: status === "ok" ? (0.5 * undecided) / judged : NaN,
    status,
    method: `share of ${judged} units that reverse at most ${(100 * (1 - threshold)).toPrecision(3)} % of the pairs; the error is half the share of units that could be on either side`,
    ...(explanation === undefined ? {} : { explanation }),
    threshold,
    tau,
    tauErrors,
    strict,
    merged,
    weak,
    weakErrors,
    meanTau: over(mean(tau), sums.tau),
    meanWeak: over(mean(weak), sums.weak),
    meanMerged: mean(merged),
    constant,
  };
}

/** The columns before and after of a unit, asked for in turn: neighbours lie in one cache line, so some are fetched together. */
function columnPairs(samples: number): (given: OrderedUnits, unit: number) => readonly [Float64Array, Float64Array] {
  const TOGETHER = 16;
  const pairs: [Float64Array, Float64Array][] = [];
  const fetch = (values: ArrayLike<number>, side: 0 | 1, units: number, first: number, count: number): void => {
    for (let u = 0; u < count; u++) {
      const column = pairs[u]![side];
      for (let i = 0, from = first + u; i < samples; i++, from += units) column[i] = values[from]!;
    }
  };
  return ({ units, before, after }, unit) => {
    const first = unit - (unit % TOGETHER);
    if (unit === first) {
      const count = Math.min(TOGETHER, units - first);
      while (pairs.length < count) pairs.push([new Float64Array(samples), new Float64Array(samples)]);
      fetch(before, 0, units, first, count);
      fetch(after, 1, units, first, count);
    }
    return pairs[unit - first]!;
  };
}

/** From the sums over units of what each unit gives without one sample. */
function jackknife(sums: Float64Array, units: number): number {
  const n = sums.length;
  let center = 0;
  for (const v of sums) center += v;
  center /= n;
  let squares = 0;
  for (const v of sums) squares += (v - center) * (v - center);
  return units === 0 ? NaN : Math.sqrt(((n - 1) / n) * squares) / units;
}
