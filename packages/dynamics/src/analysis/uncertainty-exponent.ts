import { random } from "../core/random.js";
import type { Estimate } from "../core/estimate.js";
import { checkRoom } from "../core/room.js";
import { short } from "../core/short.js";
import type { Attractors } from "./attractors.js";
import { basinsInParts } from "./basins.js";
import { binomialLine } from "./binomial-line.js";
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
 * than the coarser one, half of the difference is in the error. Where pairs differ half as often as any two starts, the law cannot hold: such scales are left out if 4 others
 * remain, and `explanation` tells of them.
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
  // Two starts drawn anywhere differ as often; where pairs come near to that, no power law can hold.
  const anyTwo = ends.fractions.reduce((rest, { value }) => rest - value * value, 1);
  const small = Array.from(scales.keys()).filter((k) => counts[k]! <= 0.5 * anyTwo * pairs);
  const used = small.length >= ENOUGH ? small : Array.from(scales.keys());
  const told = [
    ...(ends.explanation === undefined ? [] : [ends.explanation]),
    ...(small.length < scales.length
      ? [
          `at ${scales.length - small.length} of ${scales.length} scales pairs differ at least half as often as any two starts do (${short(anyTwo)}): ${used === small ? "they were left out" : "the exponent is that of finer ones; give smaller scales"}`,
        ]
      : []),
  ];
  const seen = used.filter((k) => counts[k]! > 0).length;
  const line =
    seen >= 3
      ? binomialLine(
          used.map((k) => scales[k]!),
          used.map((k) => counts[k]!),
          pairs,
        )
      : undefined;
  return {
    value: line?.slope ?? NaN,
    error: line?.error ?? NaN,
    dimension: line ? sides.length - line.slope : NaN,
    chiSquared: line?.chiSquared ?? NaN,
    scales,
    uncertain: Float64Array.from(counts, (n) => n / pairs),
    unit: "1",
    status: line ? ends.status : "not-converged",
    method: `line of greatest likelihood over ${used.length} of ${scales.length} scales of ${pairs} pairs each, with what they scatter beyond the binomial law`,
    sources: ["Grebogi, McDonald, Ott, Yorke 1983"],
    cost: ends.cost,
    ...(line
      ? told.length === 0
        ? {}
        : { explanation: told.join("; ") }
      : {
          explanation: `uncertain pairs at ${seen} of ${used.length} scales; at least 3 are needed: take more pairs or larger scales`,
        }),
  };
}

/** Scales that must be left when the coarse ones are left out. */
const ENOUGH = 4;
