import { scalarMath } from "#engine";
import { random } from "../core/random.js";
import type { Estimate } from "../core/estimate.js";
import { checkRoom } from "../core/room.js";
import { short } from "../core/short.js";
import type { Attractors } from "./attractors.js";
import { basinsInParts } from "./basins.js";
import type { Box } from "./low-discrepancy.js";
import { startDim } from "./start-states.js";
import { randomStarts } from "./starts.js";

export interface UncertaintyExponentOptions {
  /** Where the starts are drawn from, one side a coordinate; those without length stay fixed. */
  readonly box: Box;
  /** Half the distances of the pairs, as shares of each side: at least 3, all different. Default: 2^-4, 2^-5, ... 2^-11. */
  readonly scales?: readonly number[];
  /** Pairs at each scale. Default 1000. */
  readonly pairs?: number;
  readonly seed?: number;
  /** Most looks at an orbit. Default 5000. */
  readonly looks?: number;
}

/** The uncertainty exponent alpha. */
export interface UncertaintyExponent extends Estimate {
  readonly scales: readonly number[];
  /** Share of uncertain pairs at each scale. */
  readonly uncertain: Float64Array;
  /** Dimension of the basin boundary inside the box, D - alpha, with D the number of sides that have length; the error is that of alpha. */
  readonly dimension: number;
  /** Pearson's sum of squared deviations from the line in standard errors, with two less degrees of freedom than scales. */
  readonly chiSquared: number;
}

/**
 * The uncertainty exponent: how slowly better knowledge of the start makes the outcome certain.
 *
 * *Definition*: f(epsilon) is the probability that two starts x - e and x + e end differently, x uniform in the box and e of size epsilon along a
 * random side of it; f ~ epsilon^alpha. alpha = 1 for a smooth boundary; below, the boundary is fractal with dimension D - alpha.
 * *Arguments*: `found`: from `attractors`; see `UncertaintyExponentOptions`. To infinity counts as an outcome.
 * *Returns*: the slope of log f over log epsilon of greatest likelihood, the numbers of uncertain pairs being binomial: scales without one count as well.
 * Status "not-converged" where fewer than 3 scales have one.
 * *Error*: one standard error from the binomial law of each f. Where the numbers scatter more than that about the line, as they do where the boundary is the same at
 * scales of a fixed ratio, each log f has that scatter besides (and the line is that of least squares with it); where the finer half of 7 scales and more has another slope
 * than the coarser one, half of the difference is in the error. Where pairs differ half as often as any two starts, the law cannot hold: `explanation` says at how many scales, and finer ones tell more.
 * *Cost*: 2 x pairs x scales starts.
 * *Source*: Grebogi, McDonald, Ott, Yorke 1983, Final state sensitivity: an obstruction to predictability; McDonald, Grebogi, Ott, Yorke 1985;
 * Nelder, Wedderburn 1972, Generalized linear models (the iteration).
 * *Example*: `const system = map({ f: (x) => mul(x, sub(1.5, mul(0.5, mul(x, x)))), initial: [0.1] }); // the boundary is the point 0
 * const a = uncertaintyExponent(attractors({ system, box: [[-1.5, 1.5]] }), { box: [[-1, 1]] }); Math.abs(a.value - 1) < 3 * a.error // true`
 */
export function uncertaintyExponent(found: Attractors, options: UncertaintyExponentOptions): UncertaintyExponent {
  const parts = uncertaintyExponentInParts(found, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** `uncertaintyExponent`, giving its host a turn now and then: yields the share that is done. */
export function* uncertaintyExponentInParts(
  found: Attractors,
  options: UncertaintyExponentOptions,
): Generator<number, UncertaintyExponent> {
  const { box, pairs = 1000, seed = 0, looks = 5000, scales = [4, 5, 6, 7, 8, 9, 10, 11].map((k) => 1 / (1 << k)) } = options;
  box.forEach(([low, high], c) => {
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
      throw new RangeError(
        `uncertaintyExponent: side ${c} of the box from ${low} to ${high} given; allowed: finite bounds, the lower first`,
      );
  });
  const sides = box.flatMap(([low, high], c) => (high > low ? [c] : []));
  const dim = box.length;
  if (sides.length === 0 || dim !== startDim(found.options.system))
    throw new RangeError(`uncertaintyExponent: the box needs ${startDim(found.options.system)} sides, one of them with length`);
  if (scales.length < 3 || new Set(scales).size < scales.length || scales.some((s) => !(s > 0 && s < 1)))
    throw new RangeError(
      `uncertaintyExponent: scales ${scales.join(", ")} given; allowed: at least 3 different ones between 0 and 1`,
    );
  if (!Number.isInteger(pairs) || pairs < 10)
    throw new RangeError(`uncertaintyExponent: ${pairs} pairs given; allowed: integers from 10`);
  checkRoom(
    "uncertaintyExponent",
    3 * pairs * scales.length * dim,
    `${pairs} pairs at ${scales.length} scales`,
    "take fewer, or other seeds one after the other",
  );
  // Pairs of different scales are drawn apart, so that their errors are independent.
  const middles = randomStarts(box, pairs * scales.length, seed, 7103);
  const draw = random(seed, 7104);
  const starts = new Float64Array(2 * middles.length);
  for (let p = 0; p < pairs * scales.length; p++) {
    const side = sides[Math.floor(draw.uniform() * sides.length)]!;
    const e = scales[Math.floor(p / pairs)]! * (box[side]![1] - box[side]![0]);
    for (const sign of [0, 1]) {
      const first = (2 * p + sign) * dim;
      starts.set(middles.subarray(p * dim, (p + 1) * dim), first);
      starts[first + side] = starts[first + side]! + (sign === 0 ? -e : e);
    }
  }
  const ends = yield* basinsInParts(found, { starts, looks });
  const counts = scales.map((_, s) => {
    let n = 0;
    for (let p = s * pairs; p < (s + 1) * pairs; p++) if (ends.labels[2 * p] !== ends.labels[2 * p + 1]) n++;
    return n;
  });
  const seen = counts.filter((n) => n > 0).length;
  // Two starts drawn anywhere differ as often.
  const anyTwo = ends.fractions.reduce((rest, { value }) => rest - value * value, 1);
  const coarse = counts.filter((n) => n > 0.5 * anyTwo * pairs).length;
  const told = [
    ...(ends.explanation === undefined ? [] : [ends.explanation]),
    ...(coarse > 0
      ? [
          `at ${coarse} of ${scales.length} scales pairs differ at least half as often as any two starts do (${short(anyTwo)}): the exponent is that of finer ones; give smaller scales`,
        ]
      : []),
  ];
  const line = seen >= 3 ? fit(scales, counts, pairs) : undefined;
  return {
    value: line?.slope ?? NaN,
    error: line?.error ?? NaN,
    dimension: line ? sides.length - line.slope : NaN,
    chiSquared: line?.chiSquared ?? NaN,
    scales,
    uncertain: Float64Array.from(counts, (n) => n / pairs),
    unit: "1",
    status: line ? ends.status : "not-converged",
    method: `line of greatest likelihood over ${scales.length} scales of ${pairs} pairs each`,
    sources: ["Grebogi, McDonald, Ott, Yorke 1983"],
    cost: ends.cost,
    ...(line
      ? told.length === 0
        ? {}
        : { explanation: told.join("; ") }
      : {
          explanation: `uncertain pairs at ${seen} of ${scales.length} scales; at least 3 are needed: take more pairs or larger scales`,
        }),
  };
}

/** Rounds of the iteration; where f is large at all scales it takes some. */
const ROUNDS = 100;
/** Shares are kept below 1 by as much. */
const SURE = 1e-3;
/** Halvings of the scatter about the line. */
const HALVINGS = 60;

interface Line {
  readonly slope: number;
  readonly error: number;
  readonly chiSquared: number;
}

/**
 * The line log f = a + slope log epsilon for binomial counts, with the standard error of its slope.
 *
 * Of greatest likelihood (Fisher's scoring) where the counts lie about a line as the binomial law allows. Where they scatter more, as those of a boundary
 * that is the same at scales of a fixed ratio do, swinging about the line, each log f has the variance tau^2 besides that of its count, with tau such that
 * the sum of squares is what it should be: then the many uncertain pairs at large scales do not count for more than they tell.
 */
function fit(scales: readonly number[], counts: readonly number[], pairs: number): Line {
  const order = Array.from(scales.keys()).sort((a, b) => scales[a]! - scales[b]!);
  const x = order.map((k) => scalarMath.log(scales[k]!));
  const sorted = order.map((k) => counts[k]!);
  const line = scattered(x, sorted, pairs);
  // The law holds in the limit of small scales: where the finer half has another slope than the coarser one, the limit may be as far away again.
  const half = Math.ceil(x.length / 2);
  const seen = (from: readonly number[]): boolean => from.filter((n) => n > 0).length >= 3;
  if (half < 4 || !seen(sorted.slice(0, half)) || !seen(sorted.slice(-half))) return line;
  const [fine, coarse] = [
    scattered(x.slice(0, half), sorted.slice(0, half), pairs),
    scattered(x.slice(-half), sorted.slice(-half), pairs),
  ];
  const bend = fine.slope - coarse.slope;
  const chance = fine.error * fine.error + coarse.error * coarse.error;
  return { ...line, error: Math.sqrt(line.error * line.error + Math.max(0, 0.25 * (bend * bend - chance))) };
}

/** The line through counts that may scatter more than the binomial law has it. */
function scattered(x: readonly number[], counts: readonly number[], pairs: number): Line {
  const binomial = likeliest(x, counts, pairs);
  const freedom = x.length - 2;
  // By chance in a few of a hundred cases.
  if (binomial.chiSquared <= 2 * freedom + 4) return widened(binomial, freedom);
  // Where no pair of a scale is uncertain, half of one is: its logarithm is known to about its own size, and counts for little.
  const share = counts.map((n) => Math.min(1 - SURE, Math.max(n, 0.5) / pairs));
  const y = share.map((f) => scalarMath.log(f));
  const variances = share.map((f) => (1 - f) / (pairs * f));
  const wider = (tau2: number): Line =>
    straight(
      x,
      y,
      variances.map((v) => 1 / (v + tau2)),
    );
  if (wider(0).chiSquared <= freedom) return widened(binomial, freedom);
  let [low, high] = [0, y.reduce((s, v) => s + v * v, 1)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high);
    if (wider(middle).chiSquared > freedom) low = middle;
    else high = middle;
  }
  return { ...wider(high), chiSquared: binomial.chiSquared };
}

const widened = (line: Line, freedom: number): Line => ({
  ...line,
  error: line.error * Math.sqrt(Math.max(1, line.chiSquared / freedom)),
});

/** The weighted line through points, the weights being 1 / variance. */
function straight(x: readonly number[], y: readonly number[], weights: readonly number[]): Line {
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (v: readonly number[]): number => weights.reduce((s, w, k) => s + w * v[k]!, 0) / total;
  const [cx, cy] = [mean(x), mean(y)];
  const spread = weights.reduce((s, w, k) => s + w * (x[k]! - cx) * (x[k]! - cx), 0);
  const slope = weights.reduce((s, w, k) => s + w * (x[k]! - cx) * (y[k]! - cy), 0) / spread;
  const chiSquared = weights.reduce((s, w, k) => {
    const off = y[k]! - cy - slope * (x[k]! - cx);
    return s + w * off * off;
  }, 0);
  return { slope, chiSquared, error: 1 / Math.sqrt(spread) };
}

/** The line of greatest likelihood for binomial counts. */
function likeliest(x: readonly number[], counts: readonly number[], pairs: number): Line {
  let [level, slope] = [scalarMath.log(counts.reduce((a, b) => a + b, 0) / (pairs * counts.length)), 0];
  let [center, spread] = [x.reduce((a, b) => a + b, 0) / x.length, 0];
  const shareAt = (l: number, s: number, k: number): number => Math.min(1 - SURE, scalarMath.exp(l + s * (x[k]! - center)));
  const likelihood = (l: number, s: number): number =>
    counts.reduce((sum, n, k) => {
      const f = shareAt(l, s, k);
      return sum + n * scalarMath.log(f) + (pairs - n) * scalarMath.log1p(-f);
    }, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const share = x.map((_, k) => shareAt(level, slope, k));
    const weight = share.map((f) => (pairs * f) / (1 - f));
    const total = weight.reduce((a, b) => a + b, 0);
    const middle = weight.reduce((sum, w, k) => sum + w * x[k]!, 0) / total;
    // Moving the center to the middle of the weights makes the two unknowns independent.
    level += slope * (middle - center);
    center = middle;
    spread = weight.reduce((sum, w, k) => sum + w * (x[k]! - center) * (x[k]! - center), 0);
    const off = counts.map((n, k) => (n - pairs * share[k]!) / (1 - share[k]!));
    let [up, turn] = [off.reduce((a, b) => a + b, 0) / total, off.reduce((sum, o, k) => sum + o * (x[k]! - center), 0) / spread];
    const before = likelihood(level, slope);
    for (let halves = 0; halves < 30 && !(likelihood(level + up, slope + turn) >= before); halves++)
      [up, turn] = [up / 2, turn / 2];
    level += up;
    slope += turn;
    if (Math.abs(up) + Math.abs(turn) < 1e-12) break;
  }
  const chiSquared = counts.reduce((sum, n, k) => {
    const f = shareAt(level, slope, k);
    return sum + ((n - pairs * f) * (n - pairs * f)) / (pairs * f * (1 - f));
  }, 0);
  return { slope, chiSquared, error: 1 / Math.sqrt(spread) };
}
