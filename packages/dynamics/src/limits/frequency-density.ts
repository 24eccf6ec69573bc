import { boundary } from "../core/bisection.js";
import { integral } from "../core/integral.js";
import type { Frequencies } from "./frequencies.js";

/** Any density of natural frequencies: with several peaks, or lopsided. */
export interface FrequencyDensity {
  readonly name: string;
  readonly center: number;
  /** The density at `center + x`. */
  density(x: number): number;
  /** The frequency below which the share u of the population lies, 0 < u < 1. */
  quantile?(u: number): number;
  /** The share of the population below `center + x`. */
  below?(x: number): number;
  /** Distances from the center, of either sign, that the density changes its shape at: kinks, jumps, tops of peaks, and how far these reach. */
  readonly places: readonly number[];
}

export interface FrequencyDensityOptions {
  readonly density: (x: number) => number;
  /** Default 0. */
  readonly center?: number;
  readonly places: readonly number[];
  readonly quantile?: (u: number) => number;
  readonly name?: string;
}

/** An integral over the line beside its error, from pieces between places and two tails; `f` takes distances from the center. */
export function overLine(
  f: (x: number) => number,
  places: readonly number[],
  tolerance = 1e-12,
): { value: number; error: number } {
  const ends = [...new Set(places)].sort((a, b) => a - b);
  const reach = Math.max(ends.at(-1)! - ends[0]!, Math.abs(ends[0]!) * 1e-6, 1e-300);
  let [value, error] = [0, 0];
  const enter = (part: { value: number; error: number }): void => {
    value += part.value;
    error += part.error;
  };
  for (let i = 0; i + 1 < ends.length; i++) enter(integral(f, ends[i]!, ends[i + 1]!, tolerance));
  for (const [end, side] of [
    [ends[0]!, -1],
    [ends.at(-1)!, 1],
  ] as const) {
    enter(integral((t) => reach * f(end + side * reach * t), 0, 1, tolerance));
    enter(integral((t) => (reach * f(end + (side * reach) / t)) / (t * t), 0, 1, tolerance));
  }
  return { value, error };
}

/**
 * Any density of frequencies, given by its formula.
 *
 * *Definition*: `density(x)` at the distance x from `center`, nowhere negative, with integral 1.
 * *Arguments*: `places`: distances from the center, at least two, where it has kinks, jumps and tops, and how far about them it reaches: integrals are
 * taken from one to the next, and a narrow peak between two of them would be missed. `quantile` is needed only to draw finite populations.
 * *Returns*: the record; throws where the density is negative or not finite, and where its integral is not 1, which tells a peak that no place names.
 * *Error*: the integral is asked to be 1 to a millionth. *Cost*: some 1,000 evaluations for each place.
 * *Example*: `frequencyDensity({ density: (x) => (x > 0 ? Math.exp(-x) : 0), places: [0, 1] }).name // "custom"`
 */
export function frequencyDensity(options: FrequencyDensityOptions): FrequencyDensity {
  const { density, center = 0, places, quantile, name = "custom" } = options;
  if (!Number.isFinite(center)) throw new RangeError(`frequencyDensity: center ${center} given; allowed: finite numbers`);
  if (new Set(places).size < 2 || !places.every(Number.isFinite))
    throw new RangeError(
      `frequencyDensity: places ${places.join(", ") || "none"} given; allowed: at least two finite distances from the center, which tell where the density changes and how far it reaches`,
    );
  let [least, at] = [0, NaN];
  const { value } = overLine(
    (x) => {
      const y = density(x);
      if (!(y >= least)) [least, at] = [y, x];
      return y;
    },
    places,
    1e-9,
  );
  if (!(least >= 0))
    throw new RangeError(`frequencyDensity: the density is ${least} at the distance ${at} from its center; allowed: from 0`);
  if (!(Math.abs(value - 1) < 1e-6))
    throw new RangeError(
      `frequencyDensity: the density has the integral ${value} between and beyond its places; allowed: 1. Name every peak, kink and jump in places, or divide by the integral`,
    );
  return {
    name,
    center,
    density,
    places: [...new Set(places)].sort((a, b) => a - b),
    ...(quantile ? { quantile: (u: number) => center + quantile(u) } : {}),
  };
}

/** One of several groups of oscillators. */
export interface FrequencyGroup {
  /** Of the population; the shares add up to 1. */
  readonly share: number;
  readonly frequencies: FrequencyDensity;
}

/**
 * Frequencies of several groups together: with two peaks, or more, or lopsided.
 *
 * *Definition*: g = sum of the shares times the groups' densities; the center is the mean of their centers.
 * *Arguments*: groups, at least one, shares above 0 that add up to 1.
 * *Returns*: the density; with quantiles where all groups have `below`, as those of this package do.
 * *Cost*: of a quantile, some 60 evaluations.
 * *Example*: `mixedFrequencies([{ share: 0.5, frequencies: lorentzianFrequencies(1, -3) }, { share: 0.5, frequencies: lorentzianFrequencies(1, 3) }]).quantile(0.5) // 0.00000`
 */
export function mixedFrequencies(groups: readonly FrequencyGroup[]): FrequencyDensity {
  const total = groups.reduce((s, g) => s + g.share, 0);
  if (!groups.every((g) => g.share > 0) || !(Math.abs(total - 1) < 1e-9))
    throw new RangeError(
      `mixedFrequencies: shares ${groups.map((g) => g.share).join(", ") || "none"} given; allowed: numbers above 0 that add up to 1`,
    );
  const center = groups.reduce((s, g) => s + g.share * g.frequencies.center, 0);
  const off = groups.map(({ frequencies }) => frequencies.center - center);
  const sum = (of: (group: FrequencyDensity, i: number) => number): number =>
    groups.reduce((s, g, i) => s + g.share * of(g.frequencies, i), 0);
  const below = (x: number): number => sum((f, i) => f.below!(x - off[i]!));
  const drawn = groups.every(({ frequencies }) => frequencies.below && frequencies.quantile);
  return {
    name: groups.length === 1 ? groups[0]!.frequencies.name : groups.map((g) => g.frequencies.name).join(" + "),
    center,
    density: (x) => sum((f, i) => f.density(x - off[i]!)),
    places: [...new Set(groups.flatMap((g, i) => g.frequencies.places.map((p) => p + off[i]!)))].sort((a, b) => a - b),
    ...(drawn
      ? {
          below,
          quantile(u: number): number {
            // It lies between the quantiles of the groups.
            const each = groups.map((g) => g.frequencies.quantile!(u) - center);
            return center + boundary((x) => below(x) < u, Math.min(...each), Math.max(...each));
          },
        }
      : {}),
  };
}

/** Whether a density is symmetric and has one peak, for which alone much of the theory holds. */
export const isUnimodal = (f: FrequencyDensity): f is Frequencies => "breaks" in f;

/** Refuses densities for which a question has no theory. */
export function needUnimodal(what: string, f: FrequencyDensity): void {
  if (!isUnimodal(f))
    throw new TypeError(
      `${what}: the density ${f.name} given, which may have several peaks or be lopsided; allowed: symmetric unimodal ones, as frequencies() makes them. For others see incoherenceEigenvalues and kuramotoCriticalCoupling`,
    );
}
