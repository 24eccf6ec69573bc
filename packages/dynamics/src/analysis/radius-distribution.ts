import { incompleteBeta } from "../core/confidence.js";

/** The radii of the samples of one class. */
export interface ClassRadii {
  readonly label: number;
  readonly samples: number;
  /** Samples whose radius is larger than was looked for: they count as infinite. */
  readonly endless: number;
  /** Quartiles; Infinity where they fall among the endless. */
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  /** An interval that holds the median of the class's law with at least the stated level. */
  readonly interval: readonly [number, number];
}

/**
 * The distribution of basin radii by class.
 *
 * *Definition*: quantiles are order statistics of the samples at hand; NaN radii (no radius up to the largest amplitude) count as infinite, so
 * that quantiles keep their meaning where means would not.
 * *Arguments*: `radii`; `labels`: the class of each; `level` of the interval of the median, default 0.95.
 * *Returns*: one entry a class that occurs, by ascending label.
 * *Error*: the interval runs between two order statistics whose ranks leave out at most (1 - level) / 2 on either side, for independent
 * samples; it is (0, Infinity) where the samples are too few for that.
 * *Cost*: sorting.
 * *Source*: David, Nagaraja 2003, Order statistics, section 7.1.
 * *Example*: `radiusDistribution([3, 1, 2, NaN], [0, 0, 0, 1]).map((c) => [c.label, c.median, c.endless]) // [[0, 2, 0], [1, Infinity, 1]]`
 */
export function radiusDistribution(radii: ArrayLike<number>, labels: ArrayLike<number>, level = 0.95): ClassRadii[] {
  if (radii.length !== labels.length)
    throw new RangeError(`radiusDistribution: ${radii.length} radii and ${labels.length} labels given; allowed: as many`);
  const classes = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  return classes.map((label) => {
    const sorted = Float64Array.from(
      Array.from(radii)
        .filter((_, i) => labels[i] === label)
        .map((r) => (Number.isNaN(r) ? Infinity : r)),
    ).sort();
    const n = sorted.length;
    const at = (p: number): number => sorted[Math.min(n - 1, Math.floor(p * n))]!;
    const median = n % 2 === 1 ? sorted[(n - 1) / 2]! : 0.5 * (sorted[n / 2 - 1]! + sorted[n / 2]!);
    const rank = lowestRank(n, level);
    return {
      label,
      samples: n,
      endless: sorted.filter((r) => r === Infinity).length,
      lower: at(0.25),
      median,
      upper: at(0.75),
      interval: rank < 1 ? [0, Infinity] : [sorted[rank - 1]!, sorted[n - rank]!],
    };
  });
}

/** The largest r for which fewer than r of n fair coins fall heads with a probability of (1 - level) / 2 at most; 0 if there is none. */
function lowestRank(n: number, level: number): number {
  // P(X < r) = I_{1/2}(n - r + 1, r).
  const rare = (r: number): boolean => incompleteBeta(0.5, n - r + 1, r) <= 0.5 * (1 - level);
  let [low, high] = [0, Math.floor(n / 2) + 1];
  while (high - low > 1) {
    const middle = Math.floor(0.5 * (low + high));
    if (rare(middle)) low = middle;
    else high = middle;
  }
  return low;
}
