import { frequencyDensities, type Frequencies } from "./frequencies.js";

export interface NearestFrequencies {
  readonly frequencies: Frequencies;
  readonly center: number;
  readonly width: number;
  /** Kolmogorov's distance: the largest gap between the share of values below a frequency and the density's. */
  readonly distance: number;
  /** What 95 of 100 samples that the density itself draws stay below, were it not fitted. */
  readonly usual: number;
}

/**
 * The density of the catalogue that given frequencies look like.
 *
 * *Definition*: center and width are those with the median of the values and half the distance of their quartiles, which few outliers do not move; of
 * several densities the one with the smallest Kolmogorov distance is taken.
 * *Arguments*: `values`: at least 4 finite numbers; `given`: name, center or width where they are known.
 * *Returns*: the density and how far the values are from it. Throws a RangeError where half of the values are equal and no width is given.
 * *Error*: quartiles scatter by about 1.4 width / sqrt(n). *Cost*: a sort.
 * *Source*: Kolmogorov 1933; Smirnov 1948 (1.358 / sqrt(n)).
 * *Example*: `nearestFrequencies(quantileFrequencies(uniformFrequencies(2, 1), 40)).frequencies.name // "uniform"`
 */
export function nearestFrequencies(
  values: ArrayLike<number>,
  given: {
    readonly density?: string | undefined;
    readonly center?: number | undefined;
    readonly width?: number | undefined;
  } = {},
): NearestFrequencies {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  if (n < 4) throw new RangeError(`nearestFrequencies: ${n} values given; allowed: at least 4`);
  const bad = sorted.find((v) => !Number.isFinite(v));
  if (bad !== undefined) throw new RangeError(`nearestFrequencies: the value ${bad} given; allowed: finite numbers`);
  const among = frequencyDensities.filter((d) => given.density === undefined || d.name === given.density);
  if (among.length === 0)
    throw new RangeError(
      `nearestFrequencies: density ${JSON.stringify(given.density)} given; allowed: ${frequencyDensities.map((d) => d.name).join(", ")}`,
    );
  const at = (u: number): number => {
    const place = Math.min(n - 1, Math.max(0, u * n - 0.5));
    const i = Math.min(n - 2, Math.floor(place));
    return sorted[i]! + (place - i) * (sorted[i + 1]! - sorted[i]!);
  };
  const center = given.center ?? at(0.5);
  const half = 0.5 * (at(0.75) - at(0.25));
  if (given.width === undefined && !(half > 0))
    throw new RangeError(
      `nearestFrequencies: half of the ${n} values are ${sorted[n >> 1]}, so that their width cannot be told; give the width`,
    );
  const found = among.map(({ make, below }): NearestFrequencies => {
    const width = given.width ?? half / make(1).quantile!(0.75);
    let distance = 0;
    sorted.forEach((v, i) => {
      const share = below((v - center) / width);
      distance = Math.max(distance, share - i / n, (i + 1) / n - share);
    });
    return { frequencies: make(width, center), center, width, distance, usual: 1.358 / Math.sqrt(n) };
  });
  return found.reduce((a, b) => (b.distance < a.distance ? b : a));
}
