import { scalarMath } from "#engine";
import { random } from "../core/random.js";
import type { Estimate } from "../core/estimate.js";
import type { Attractors } from "./attractors.js";
import { basinsInParts } from "./basins.js";
import type { Box } from "./low-discrepancy.js";
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
  /** Sum of squared deviations from the line in standard errors, with two less degrees of freedom than scales. */
  readonly chiSquared: number;
}

/**
 * The uncertainty exponent: how slowly better knowledge of the start makes the outcome certain.
 *
 * *Definition*: f(epsilon) is the probability that two starts x - e and x + e end differently, x uniform in the box and e of size epsilon along a
 * random side of it; f ~ epsilon^alpha. alpha = 1 for a smooth boundary; below, the boundary is fractal with dimension D - alpha.
 * *Arguments*: `found`: from `attractors`; see `UncertaintyExponentOptions`. To infinity counts as an outcome.
 * *Returns*: the slope of log f over log epsilon by weighted least squares; scales without an uncertain pair are left out. Status "not-converged"
 * where fewer than 3 are left.
 * *Error*: one standard error from the binomial law of each f, widened where the points scatter more than that about the line.
 * *Cost*: 2 x pairs x scales starts.
 * *Source*: Grebogi, McDonald, Ott, Yorke 1983, Final state sensitivity: an obstruction to predictability; McDonald, Grebogi, Ott, Yorke 1985.
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
  const sides = box.flatMap(([low, high], c) => (high > low ? [c] : []));
  const dim = box.length;
  if (sides.length === 0 || dim !== found.options.system.dim)
    throw new RangeError(`uncertaintyExponent: the box needs ${found.options.system.dim} sides, one of them with length`);
  if (scales.length < 3 || new Set(scales).size < scales.length || scales.some((s) => !(s > 0 && s < 1)))
    throw new RangeError(
      `uncertaintyExponent: scales ${scales.join(", ")} given; allowed: at least 3 different ones between 0 and 1`,
    );
  if (!Number.isInteger(pairs) || pairs < 10)
    throw new RangeError(`uncertaintyExponent: ${pairs} pairs given; allowed: integers from 10`);
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
  const used = scales.flatMap((scale, s) => {
    const f = counts[s]! / pairs;
    // Var log f = (1 - f) / (n f).
    return f > 0 ? [{ x: scalarMath.log(scale), y: scalarMath.log(f), weight: (pairs * f) / Math.max(1 - f, 1 / pairs) }] : [];
  });
  const line = used.length >= 3 ? fit(used) : undefined;
  return {
    value: line?.slope ?? NaN,
    error: line?.error ?? NaN,
    dimension: line ? sides.length - line.slope : NaN,
    chiSquared: line?.chiSquared ?? NaN,
    scales,
    uncertain: Float64Array.from(counts, (n) => n / pairs),
    unit: "1",
    status: line ? ends.status : "not-converged",
    method: `weighted least squares over ${used.length} scales of ${pairs} pairs each`,
    sources: ["Grebogi, McDonald, Ott, Yorke 1983"],
    cost: ends.cost,
    ...(line
      ? ends.explanation === undefined
        ? {}
        : { explanation: ends.explanation }
      : {
          explanation: `uncertain pairs at ${used.length} of ${scales.length} scales; at least 3 are needed: take more pairs or larger scales`,
        }),
  };
}

interface Weighted {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The straight line of least weighted squares, with the standard error of its slope. */
function fit(points: readonly Weighted[]): { slope: number; error: number; chiSquared: number } {
  const sum = (of: (p: Weighted) => number): number => points.reduce((s, p) => s + p.weight * of(p), 0);
  const total = sum(() => 1);
  const [x, y] = [sum((p) => p.x) / total, sum((p) => p.y) / total];
  const spread = sum((p) => (p.x - x) * (p.x - x));
  const slope = sum((p) => (p.x - x) * (p.y - y)) / spread;
  const chiSquared = sum((p) => (p.y - y - slope * (p.x - x)) * (p.y - y - slope * (p.x - x)));
  return { slope, chiSquared, error: Math.sqrt(Math.max(1, chiSquared / (points.length - 2)) / spread) };
}
