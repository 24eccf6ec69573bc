import { studentQuantile } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";
import { placesMet } from "../core/places-met.js";
import { sorter } from "../core/sorter.js";

/** How all pairs of samples stand to each other in two quantities x and y: the five counts add up to `pairs`. */
export interface PairCounts {
  readonly pairs: number;
  readonly concordant: number;
  readonly discordant: number;
  /** x equal, y not: order that appeared. */
  readonly split: number;
  /** y equal, x not: order that was lost, as ReLU makes it. */
  readonly merged: number;
  /** Both equal. */
  readonly tied: number;
}

/** Kendall's tau-b with the shares of pairs behind it. */
export interface Kendall extends Estimate {
  readonly interval: readonly [number, number];
  readonly counts: PairCounts;
  /** Concordant pairs among those with x different. */
  readonly strict: number;
  /** Pairs that y does not reverse among those with x different: concordant + merged. 1 exactly if y is a weakly increasing function of x. */
  readonly weak: number;
  /** Standard errors by the jackknife. */
  readonly errors: { readonly strict: number; readonly weak: number };
}

/**
 * Kendall's rank correlation tau-b of two quantities on the same samples, with the order preserved in the strict and in the weak sense.
 *
 * *Definition*: tau_b = (C - D) / sqrt((n0 - n1)(n0 - n2)) with C concordant, D discordant of n0 pairs, n1 pairs equal in x and n2 in y.
 * Of the pairs with x different, C + D + merged, the strict share is C and the weak share C + merged: a tie made by a ReLU preserves the
 * weak order and not the strict one, and lowers tau-b although nothing is reversed.
 * *Arguments*: `x`, `y`: as many numbers each, two at least; `level` of the interval, default 0.95.
 * *Returns*: a Kendall. Status "diverged" when a number is not finite; "not-converged" when x or y is constant: tau-b is then 0 / 0. The
 * shares are still given where x is not constant.
 * *Error*: one standard error by the jackknife over samples (each left out once, exactly, in O(n) altogether), which holds for independent
 * samples; it is 0 when every pair is concordant. A statistic that is 0 / 0 without one of the samples, which alone differs, counts as 0 there, so
 * that its error is about as large as itself; two samples tell nothing of their scatter, and the error is infinite. The interval is tau +- the
 * Student quantile times the error, cut to [-1, 1].
 * *Cost*: two sorts and at most 3 n log2 (n / 32) additions.
 * *Source*: Kendall 1945, The treatment of ties in ranking problems; Christensen 2005, Fast algorithms for the calculation of Kendall's
 * tau (a tree of counts); Efron, Stein 1981, The jackknife estimate of variance.
 * *Example*: `const { value, weak, strict } = kendall([1, 2, 3, 4], [0, 0, 2, 1]); [value, weak, strict] // [0.5477225575, 0.8333333, 0.6666667]`
 */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>, { level = 0.95 }: { level?: number } = {}): Kendall {
  const n = x.length;
  if (y.length !== n || n < 2)
    throw new RangeError(`kendall: ${n} and ${y.length} numbers given; allowed: as many of both, two at least`);
  return kendallOf(n, level).between(x, y);
}

/** A Kendall that also adds each sample's leave-one-out values of tau and of the weak share to given sums, where tau is a number; room is made once. */
export function kendallOf(
  n: number,
  level: number,
): {
  between(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    sums?: { readonly tau: Float64Array; readonly weak: Float64Array },
  ): Kendall;
} {
  if (!(level > 0 && level < 1)) throw new RangeError(`kendall: level ${level} given; allowed: between 0 and 1`);
  const reach = studentQuantile(level, n - 1);
  const method = `pairs counted exactly; one standard error by the jackknife over ${n} samples`;
  const [byX, byY] = [sorter(n), sorter(n)];
  const met = placesMet(n);
  // Of each sample: its place in the order of y, the places at which its value of y begins and ends; discordant partners.
  const [place, first, end] = [new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  const reversals = new Float64Array(n);
  const [tiesX, tiesY, tiesBoth] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  return {
    between(x, y, sums) {
      const fault = notFinite(x, y);
      if (fault) return failed(n, "diverged", fault);
      byY.sort(y);
      byX.sort(x);
      // Samples with the same x are to stand in the order of y.
      if (anyTies(byX.sorted)) byX.sort(x, byY.order);
      findPlaces();
      met.clear();
      countReversals();
      return summary(sums);
    },
  };

  function findPlaces(): void {
    const { order, sorted } = byY;
    const [at, begins, ends, ties] = [place, first, end, tiesY];
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      to = endOfTies(sorted, from);
      for (let i = from; i < to; i++) {
        const sample = order[i]!;
        at[sample] = i;
        begins[sample] = from;
        ends[sample] = to;
        ties[sample] = to - from - 1;
      }
    }
  }

  /** Goes through the samples by x, those with the same x together, and keeps which places of y were met. */
  function countReversals(): void {
    const { order, sorted } = byX;
    const [at, begins, ends, alikeX, alikeBoth, reversed] = [place, first, end, tiesX, tiesBoth, reversals];
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      to = endOfTies(sorted, from);
      if (to === from + 1) {
        const sample = order[from]!;
        const least = begins[sample]!;
        const smaller = met.below(least);
        const upTo = ends[sample]! === least + 1 ? smaller : met.below(ends[sample]!);
        alikeX[from] = alikeBoth[from] = 0;
        // Before it with a greater y; after it with a smaller one, which are all smaller ones but those before.
        reversed[sample] = least + from - upTo - smaller;
        met.add(at[sample]!);
        continue;
      }
      for (let start = from, next = from; start < to; start = next) {
        // Those with this x and this y.
        const least = begins[order[start]!]!;
        next = start + 1;
        while (next < to && begins[order[next]!]! === least) next++;
        const smaller = met.below(least);
        const upTo = met.below(ends[order[start]!]!);
        for (let i = start; i < next; i++) {
          alikeX[i] = to - from - 1;
          alikeBoth[i] = next - start - 1;
          // As above, less those with the same x.
          reversed[order[i]!] = least + from - upTo - smaller - (start - from);
        }
      }
      for (let i = from; i < to; i++) met.add(at[order[i]!]!);
    }
  }

  function summary(sums?: { readonly tau: Float64Array; readonly weak: Float64Array }): Kendall {
    const pairs = 0.5 * n * (n - 1);
    // Each pair stands at both of its members.
    let n1 = 0;
    let n2 = 0;
    let tied = 0;
    let discordant = 0;
    const [alikeX, alikeY, alikeBoth, reversed] = [tiesX, tiesY, tiesBoth, reversals];
    for (let i = 0; i < reversed.length; i++) {
      n1 += 0.5 * alikeX[i]!;
      n2 += 0.5 * alikeY[i]!;
      tied += 0.5 * alikeBoth[i]!;
      discordant += 0.5 * reversed[i]!;
    }
    const concordant = pairs - discordant - n1 - n2 + tied;
    const counts = { pairs, concordant, discordant, split: n1 - tied, merged: n2 - tied, tied };
    const different = pairs - n1;
    const tau = (concordant - discordant) / Math.sqrt(different * (pairs - n2));
    const [strict, weak] = [concordant / different, 1 - discordant / different];
    // The three statistics with each sample left out in turn.
    // tiesX and tiesBoth stand in the order of x.
    const { order } = byX;
    const others = n - 1;
    const balance = concordant - discordant;
    const adding = Number.isNaN(tau) ? undefined : sums;
    // Without ties all samples have the same root.
    let square = NaN;
    let root = NaN;
    let tauSum = 0;
    let tauSquares = 0;
    let strictSum = 0;
    let strictSquares = 0;
    let weakSum = 0;
    let weakSquares = 0;
    for (let i = 0; i < order.length; i++) {
      const sample = order[i]!;
      const disagreeing = reversed[sample]!;
      const agreeing = others - disagreeing - alikeX[i]! - alikeY[sample]! + alikeBoth[i]!;
      const left = different - others + alikeX[i]!;
      const squared = left * (pairs - n2 - others + alikeY[sample]!);
      if (squared !== square) {
        square = squared;
        root = Math.sqrt(squared);
      }
      const tauWithout = squared > 0 ? (balance - agreeing + disagreeing) / root : 0;
      const weakWithout = left > 0 ? 1 - (discordant - disagreeing) / left : 0;
      const a = tauWithout - tau;
      const b = (left > 0 ? (concordant - agreeing) / left : 0) - strict;
      const c = weakWithout - weak;
      tauSum += a;
      tauSquares += a * a;
      strictSum += b;
      strictSquares += b * b;
      weakSum += c;
      weakSquares += c * c;
      if (adding) {
        adding.tau[sample]! += tauWithout;
        adding.weak[sample]! += weakWithout;
      }
    }
    const spread = (sum: number, squares: number): number =>
      n === 2 ? Infinity : Math.sqrt(Math.max(0, (others / n) * (squares - (sum * sum) / n)));
    const error = spread(tauSum, tauSquares);
    const shares = {
      counts,
      strict,
      weak,
      errors: { strict: spread(strictSum, strictSquares), weak: spread(weakSum, weakSquares) },
    };
    if (Number.isNaN(tau)) {
      const which = different === 0 ? "x" : "y";
      return { ...failed(n, "not-converged", `${which} has the same value on all ${n} samples, so tau-b is 0 / 0`), ...shares };
    }
    const apart = reach * error;
    return {
      value: tau,
      error,
      interval: [Math.max(-1, tau - apart), Math.min(1, tau + apart)],
      unit: "1",
      status: "ok",
      method,
      sources: SOURCES,
      cost: {},
      ...shares,
    };
  }
}

const SOURCES = ["Kendall 1945", "Christensen 2005"];

function notFinite(x: ArrayLike<number>, y: ArrayLike<number>): string | undefined {
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]!) || !Number.isFinite(y[i]!))
      return `sample ${i} has x = ${x[i]} and y = ${y[i]}; ranks need finite numbers`;
  return undefined;
}

function failed(n: number, status: "diverged" | "not-converged", explanation: string): Kendall {
  const none = { concordant: NaN, discordant: NaN, split: NaN, merged: NaN, tied: NaN };
  return {
    value: NaN,
    error: NaN,
    interval: [NaN, NaN],
    unit: "1",
    status,
    method: "pairs counted exactly",
    sources: SOURCES,
    cost: {},
    explanation,
    counts: { pairs: 0.5 * n * (n - 1), ...none },
    strict: NaN,
    weak: NaN,
    errors: { strict: NaN, weak: NaN },
  };
}

function anyTies(sorted: Float64Array): boolean {
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return true;
  return false;
}

/** Where the stretch of equal values ends that begins here. */
function endOfTies(sorted: Float64Array, from: number): number {
  let to = from + 1;
  while (to < sorted.length && sorted[to] === sorted[from]) to++;
  return to;
}
