import type { Estimate } from "../core/estimate.js";
import { normalDensity, normalDistribution, normalQuantile } from "../core/normal-distribution.js";
import { sorter as makeSorter } from "../core/sorter.js";

export interface RankedSamples {
  readonly samples: number;
  readonly classes: number;
  /** The class of each sample, from 0. */
  readonly labels: ArrayLike<number>;
  /** Of the histogram. Default 20. */
  readonly bins?: number;
}

export interface RankedUnits {
  readonly units: number;
  /** samples x units, row by row: local fields of a layer. */
  readonly fields: ArrayLike<number>;
  /** units x classes, row by row: only the signs count. Those of the linear map from the layer to the outputs, for instance. */
  readonly weights: ArrayLike<number>;
}

export interface RankDistributionInput extends RankedSamples, RankedUnits {}

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
  return rankDistributionOf(input)(input);
}

/** `rankDistribution` for whoever asks again and again about the same samples: room is made once. */
export function rankDistributionOf({
  samples,
  classes,
  labels,
  bins = 20,
}: RankedSamples): (given: RankedUnits) => RankDistribution {
  checkSamples({ samples, classes, labels, bins });
  const label = Int32Array.from(labels);
  const size = new Float64Array(classes);
  for (const k of label) size[k]!++;
  // How many ranks each P-th part of [0, 1] holds.
  const cells = new Float64Array(samples);
  // Of the unit in hand: its sign for each class.
  const signOf = new Int32Array(classes);
  // Ranks less 1/2 and what a sample adds to the ranks of all others with a sign: both in 2 P-th parts, which are whole numbers.
  const ranks = new Float64Array(samples);
  const given = new Float64Array(samples);
  const column = new Float64Array(samples);
  const sorter = makeSorter(samples);
  const part = 0.5 / samples;

  /** Ranks the samples in `column`; returns the sum of their ranks. */
  function rank(): number {
    sorter.sort(column);
    const { order, sorted } = sorter;
    const [kind, sign, all, toOthers, parts] = [label, signOf, ranks, given, cells];
    let signs = 0;
    for (let k = 0; k < classes; k++) signs += signOf[k]! * size[k]!;
    let below = 0;
    let sum = 0;
    for (let from = 0, to = 0; from < samples; from = to) {
      to = from + 1;
      while (to < samples && sorted[to] === sorted[from]) to++;
      const twice = from + to - samples;
      if (to === from + 1) {
        // What follows, for a sample without its equal.
        const s = order[from]!;
        const own = sign[kind[s]!]!;
        all[s]! += own * twice;
        sum += own * twice;
        toOthers[s]! += signs - 2 * below - own;
        below += own;
        // From below or from above.
        parts[(samples - 1 + own * twice) >> 1]! += own * own;
        continue;
      }
      let up = 0;
      let down = 0;
      for (let j = from; j < to; j++) {
        const own = sign[kind[order[j]!]!]!;
        if (own > 0) up++;
        else if (own < 0) down++;
      }
      // Signs above less those below.
      const over = signs - 2 * below - (up - down);
      below += up - down;
      sum += (up - down) * twice;
      up /= to - from;
      down /= to - from;
      for (let j = from; j < to; j++) {
        const s = order[j]!;
        all[s]! += sign[kind[s]!]! * twice;
        toOthers[s]! += over;
        parts[j]! += up;
        parts[samples - 1 - j]! += down;
      }
    }
    return sum;
  }

  return ({ units, fields, weights }) => {
    checkUnits({ units, fields, weights }, samples, classes);
    cells.fill(0);
    ranks.fill(0);
    given.fill(0);
    const byUnit = new Float64Array(units).fill(NaN);
    // How many units have a sign for each class.
    const signed = new Float64Array(classes);
    let broken: string | undefined;
    for (let i = 0; i < units; i++) {
      // 0 unless a number is not finite.
      let wrong = 0;
      const to = column;
      for (let s = 0, from = i; s < to.length; s++, from += units) {
        const field = fields[from]!;
        to[s] = field;
        wrong += field - field;
      }
      let count = 0;
      for (let k = 0; k < classes; k++) {
        const own = Math.sign(weights[i * classes + k]!);
        wrong += own - own;
        signOf[k] = own;
        signed[k]! += Math.abs(own);
        count += Math.abs(own) * size[k]!;
      }
      if (wrong !== 0) {
        broken = fault(column, weights, classes, i);
        break;
      }
      const sum = rank();
      if (count > 0) byUnit[i] = (12 * part * sum) / count;
    }
    const sums = new Float64Array(classes);
    let [total, all, samplesSeen] = [0, 0, 0];
    for (let s = 0; s < samples; s++) sums[label[s]!]! += ranks[s]!;
    for (let k = 0; k < classes; k++) {
      all += sums[k]!;
      total += signed[k]! * size[k]!;
      if (signed[k]! > 0) samplesSeen += size[k]!;
    }
    const status = broken ? ("diverged" as const) : samplesSeen < 2 ? ("not-converged" as const) : ("ok" as const);
    // The mean rank less 1/2.
    const mean = status === "ok" ? (part * all) / total : NaN;
    for (let s = 0; s < samples; s++) given[s] = ((part * (ranks[s]! + given[s]!) - mean * signed[label[s]!]!) * samples) / total;
    const unitSlopes = byUnit.filter(Number.isFinite);
    const errors = {
      samples: status === "ok" ? 12 * errorOfMean(given) : NaN,
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
      value: 12 * mean,
      error,
      unit: "1",
      density: shared(cells, bins).map((count) => (count * bins) / total),
      meanRank: { ...common, value: 0.5 + mean, error: error / 12, unit: "1" },
      byClass: sums.map((sum, k) => (12 * part * sum) / (signed[k]! * size[k]!)),
      byUnit,
      errors,
    };
  };
}

function fault(column: Float64Array, weights: ArrayLike<number>, classes: number, unit: number): string {
  const s = column.findIndex((field) => !Number.isFinite(field));
  if (s >= 0) return `unit ${unit} has the field ${column[s]} on sample ${s}`;
  const k = Array.from({ length: classes }, (_, c) => weights[unit * classes + c]!).findIndex(Number.isNaN);
  return `unit ${unit} has no number as its weight for class ${k}`;
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

function errorOfMean(values: Float64Array): number {
  const n = values.length;
  let mean = 0;
  for (const v of values) mean += v;
  mean /= n;
  let squares = 0;
  for (const v of values) squares += (v - mean) * (v - mean);
  return Math.sqrt(squares / (n * (n - 1)));
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

function whole(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`rankDistribution: ${value} ${what} given; allowed: integers from ${least}`);
}

function checkSamples({ samples, classes, labels, bins }: Required<RankedSamples>): void {
  whole("samples", samples, 2);
  whole("classes", classes, 1);
  whole("bins", bins, 1);
  if (labels.length !== samples)
    throw new RangeError(`rankDistribution: ${labels.length} labels given; needed: ${samples}, one a sample`);
  const wrong = Array.from(labels).findIndex((k) => !Number.isInteger(k) || k < 0 || k >= classes);
  if (wrong >= 0)
    throw new RangeError(
      `rankDistribution: sample ${wrong} has the label ${labels[wrong]}; allowed: integers from 0 to ${classes - 1}`,
    );
}

function checkUnits({ units, fields, weights }: RankedUnits, samples: number, classes: number): void {
  whole("units", units, 1);
  if (fields.length !== samples * units || weights.length !== units * classes)
    throw new RangeError(
      `rankDistribution: ${fields.length} fields and ${weights.length} weights given; needed: ${samples} x ${units} and ${units} x ${classes}`,
    );
}
