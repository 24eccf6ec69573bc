import type { Estimate } from "../core/estimate.js";
import { normalDensity, normalDistribution, normalQuantile } from "../core/normal-distribution.js";
import { sorter as makeSorter } from "../core/sorter.js";

export interface RankDistributionInput {
  readonly samples: number;
  readonly units: number;
  /** samples x units, row by row: local fields of a layer. */
  readonly fields: ArrayLike<number>;
  readonly classes: number;
  /** The class of each sample, from 0. */
  readonly labels: ArrayLike<number>;
  /** units x classes, row by row: only the signs count. Those of the linear map from the layer to the outputs, for instance. */
  readonly weights: ArrayLike<number>;
  /** Of the histogram. Default 20. */
  readonly bins?: number;
}

/** Where the samples of a class stand among all samples in its signed projections; `value` is the slope of the distribution. */
export interface RankDistribution extends Estimate {
  /** Density of the relative rank in `bins` equal parts of [0, 1]; 1 everywhere when the class does not matter. A rank fills its P-th part of [0, 1]. */
  readonly density: Float64Array;
  /** Mean relative rank, 1/2 when the class does not matter. */
  readonly meanRank: Estimate;
  /** Slope by class (over all units) and by unit (over all samples). */
  readonly byClass: Float64Array;
  readonly byUnit: Float64Array;
  /** The two parts of the error: over samples, and over units. */
  readonly errors: { readonly samples: number; readonly units: number };
}

/**
 * The rank probability distribution of a layer: how far its units have sorted the samples by class.
 *
 * *Definition*: in the projection h_i(mu) sign(W_ik) of unit i for class k each sample has a relative rank u = (rank - 1/2) / P among all P
 * samples (ties share their mean rank). p(u) is the law of u over the units, the classes and the samples of the class. The slope is that of
 * the straight line nearest to p in mean square on [0, 1], 12 (E u - 1/2): from 0 (no order) to at most 6 for small classes.
 * *Arguments*: see `RankDistributionInput`. Units whose weight for a class is 0 have no sign and are left out for that class.
 * *Returns*: a RankDistribution. Status "not-converged" when fewer than two samples or no unit with a sign is left, "diverged" for numbers
 * that are not finite.
 * *Error*: one standard error: that over samples and that over units (of the mean over samples of each unit) in quadrature. The first treats the
 * network as given and the samples with their labels as drawn at random: each counts by its own ranks and by those it gives to all others. The
 * second treats the units as drawn at random, as random weights are; together they count what both share twice, and are too large rather than too small.
 * *Cost*: a sort of the samples a unit.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, section on rank probability distributions; slope and errors are defined here. Hajek 1968 (projection of rank
 * statistics on the samples).
 * *Example*: `rankDistribution({ samples: 4, units: 1, fields: [1, 2, 3, 4], classes: 2, labels: [0, 0, 1, 1], weights: [-1, 1] }).value // 3`
 */
export function rankDistribution(input: RankDistributionInput): RankDistribution {
  const { samples, units, fields, classes, labels, weights, bins = 20 } = input;
  check(input);
  // How many ranks each P-th part of [0, 1] holds.
  const cells = new Float64Array(samples);
  const label = Int32Array.from(labels);
  // Of the unit in hand: its sign for each class and, from that, for each sample.
  const signOf = new Float64Array(classes);
  const sign = new Int8Array(samples);
  const bySample = new Float64Array(samples);
  const signed = new Float64Array(samples);
  const classSum = new Float64Array(classes);
  const classCount = new Float64Array(classes);
  const byUnit = new Float64Array(units).fill(NaN);
  // What each sample adds to the ranks of all others with a sign.
  const given = new Float64Array(samples);
  const column = new Float64Array(samples);
  const rank = new Float64Array(samples);
  const sorter = makeSorter(samples);
  let broken: string | undefined;
  const faultOf = (i: number): string | undefined => {
    for (let s = 0; s < samples; s++)
      if (!Number.isFinite(column[s]!)) return `unit ${i} has the field ${column[s]} on sample ${s}`;
    for (let k = 0; k < classes; k++)
      if (Number.isNaN(weights[i * classes + k]!)) return `unit ${i} has no number as its weight for class ${k}`;
    return undefined;
  };
  for (let i = 0; i < units; i++) {
    // 0 unless a number is not finite.
    let wrong = 0;
    for (let s = 0; s < samples; s++) {
      const field = fields[s * units + i]!;
      column[s] = field;
      wrong += field - field;
    }
    for (let k = 0; k < classes; k++) signOf[k] = Math.sign(weights[i * classes + k]!);
    if (wrong !== 0 || signOf.some(Number.isNaN)) {
      broken = faultOf(i);
      break;
    }
    sorter.sort(column);
    let signs = 0;
    for (let s = 0; s < samples; s++) {
      const own = signOf[label[s]!]!;
      sign[s] = own;
      signs += own;
    }
    const { order, sorted } = sorter;
    let below = 0;
    for (let from = 0, to = 0; from < samples; from = to) {
      to = from + 1;
      while (to < samples && sorted[to] === sorted[from]) to++;
      const u = (0.5 * (from + to)) / samples;
      if (to === from + 1) {
        // What follows, for a sample without its equal.
        const s = order[from]!;
        const own = sign[s]!;
        rank[s] = u;
        given[s]! += (signs - 2 * below - own) / (2 * samples);
        below += own;
        cells[own > 0 ? from : samples - to]! += Math.abs(own);
        continue;
      }
      let up = 0;
      let down = 0;
      for (let j = from; j < to; j++) {
        const s = order[j]!;
        rank[s] = u;
        if (sign[s]! > 0) up++;
        else if (sign[s]! < 0) down++;
      }
      // Signs above less those below.
      const over = (signs - 2 * below - (up - down)) / (2 * samples);
      below += up - down;
      up /= to - from;
      down /= to - from;
      for (let j = from; j < to; j++) {
        given[order[j]!]! += over;
        cells[j]! += up;
        cells[samples - 1 - j]! += down;
      }
    }
    let sum = 0;
    let count = 0;
    for (let s = 0; s < samples; s++) {
      const own = sign[s]!;
      if (own === 0) continue;
      const k = label[s]!;
      const u = own > 0 ? rank[s]! : 1 - rank[s]!;
      bySample[s]! += u;
      signed[s]!++;
      classSum[k]! += u;
      classCount[k]!++;
      sum += u;
      count++;
    }
    if (count > 0) byUnit[i] = slope(sum / count);
  }
  const total = classCount.reduce((a, b) => a + b, 0);
  const samplesSeen = signed.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  const status = broken ? ("diverged" as const) : samplesSeen < 2 ? ("not-converged" as const) : ("ok" as const);
  const meanRank = status === "ok" ? classSum.reduce((a, b) => a + b, 0) / total : NaN;
  const shares = Array.from(bySample, (sum, s) => ((sum - meanRank * signed[s]! + given[s]!) * samples) / total);
  const unitSlopes = Array.from(byUnit).filter(Number.isFinite);
  const errors = {
    samples: status === "ok" ? 12 * errorOfMean(shares) : NaN,
    // One unit tells nothing about other units.
    units: status !== "ok" ? NaN : unitSlopes.length > 1 ? errorOfMean(unitSlopes) : 0,
  };
  const error = Math.sqrt(errors.samples * errors.samples + errors.units * errors.units);
  const common = {
    status,
    method: `${unitSlopes.length} units, ${samplesSeen} samples; one standard error over samples and one over units in quadrature`,
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: {},
    ...(status === "ok"
      ? {}
      : { explanation: broken ?? `${samplesSeen} samples have a unit with a sign for their class; two are needed` }),
  };
  return {
    ...common,
    value: slope(meanRank),
    error,
    unit: "1",
    density: shared(cells, bins).map((count) => (count * bins) / total),
    meanRank: { ...common, value: meanRank, error: error / 12, unit: "1" },
    byClass: classSum.map((sum, k) => slope(sum / classCount[k]!)),
    byUnit,
    errors,
  };
}

/**
 * The rank distribution of a class whose projections are those of all others, normal, moved by `shift` standard deviations.
 *
 * *Definition*: for a class that is a small share of the samples p(u) = phi(q - shift) / phi(q) = exp(shift q - shift^2 / 2) with
 * q = Phi^-1(u); the mean rank is Phi(shift / sqrt 2).
 * *Returns*: `density(u)` for u in (0, 1), the mean rank and the slope 12 (mean rank - 1/2).
 * *Error*: rounding.
 * *Source*: P(X > Y) of two normal variables; Bamber 1975, The area above the ordinal dominance graph, for the law of such ranks.
 * *Example*: `const { meanRank, slope, density } = shiftedRanks(0.8); [meanRank, slope, density(0.5)] // [0.714196, 2.570354, 0.726149]`
 */
export function shiftedRanks(shift: number): { density(u: number): number; readonly meanRank: number; readonly slope: number } {
  const meanRank = normalDistribution(shift * Math.SQRT1_2);
  return {
    density(u) {
      const q = normalQuantile(u);
      return normalDensity(q - shift) / normalDensity(q);
    },
    meanRank,
    slope: slope(meanRank),
  };
}

const slope = (meanRank: number): number => 12 * (meanRank - 0.5);

function errorOfMean(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((s, v) => s + v, 0) / n;
  return Math.sqrt(values.reduce((s, v) => s + (v - mean) * (v - mean), 0) / (n * (n - 1)));
}

/** What is spread evenly over each of n equal parts of [0, 1], by other equal parts. */
function shared(cells: Float64Array, parts: number): Float64Array {
  const n = cells.length;
  const out = new Float64Array(parts);
  // In units of 1 / (n parts), so that all ends are whole numbers.
  cells.forEach((mass, j) => {
    for (let b = Math.floor((j * parts) / n); b < parts && b * n < (j + 1) * parts; b++)
      out[b]! += (mass * Math.max(0, Math.min((b + 1) * n, (j + 1) * parts) - Math.max(b * n, j * parts))) / parts;
  });
  return out;
}

function check({ samples, units, fields, classes, labels, weights, bins = 20 }: RankDistributionInput): void {
  const whole = (what: string, value: number, least: number): void => {
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(`rankDistribution: ${value} ${what} given; allowed: integers from ${least}`);
  };
  whole("samples", samples, 2);
  whole("units", units, 1);
  whole("classes", classes, 1);
  whole("bins", bins, 1);
  if (fields.length !== samples * units || weights.length !== units * classes || labels.length !== samples)
    throw new RangeError(
      `rankDistribution: ${fields.length} fields, ${weights.length} weights and ${labels.length} labels given; needed: ${samples} x ${units}, ${units} x ${classes} and ${samples}`,
    );
  const wrong = Array.from(labels).findIndex((k) => !Number.isInteger(k) || k < 0 || k >= classes);
  if (wrong >= 0)
    throw new RangeError(
      `rankDistribution: sample ${wrong} has the label ${labels[wrong]}; allowed: integers from 0 to ${classes - 1}`,
    );
}
