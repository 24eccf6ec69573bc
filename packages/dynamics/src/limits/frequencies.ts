import { scalarMath } from "#engine";
import { angle } from "../core/angle.js";
import type { FrequencyDensity } from "./frequency-density.js";
import { normalDensity, normalDistribution, normalQuantile } from "../core/normal-distribution.js";

/** A symmetric unimodal density of natural frequencies: what sets the pace of a population of oscillators. */
export interface Frequencies extends FrequencyDensity {
  /** Distances x > 0 from the center at which the density is not smooth. */
  readonly breaks: readonly number[];
}

export interface FrequenciesOptions {
  readonly density: (x: number) => number;
  /** Default 0. */
  readonly center?: number;
  /** A width of the density: its shape is checked between 1e-3 and 30 times it. */
  readonly scale: number;
  readonly quantile?: (u: number) => number;
  /** The share below the distance x from the center. */
  readonly below?: (x: number) => number;
  /** Default: none. */
  readonly breaks?: readonly number[];
  readonly name?: string;
}

/**
 * A density of frequencies given by its formula.
 *
 * *Definition*: `density(x)` at the distance x from `center`: symmetric, nowhere rising away from the center, with integral 1.
 * *Arguments*: see `FrequenciesOptions`. `quantile` is needed only to draw finite populations.
 * *Returns*: the record; throws where the density is not symmetric, not finite, or rises away from its center, and says where.
 * *Error*: the integral is not checked: a density with the integral c acts as a coupling that is c times as strong.
 * *Example*: `frequencies({ density: (x) => Math.max(0, 1 - Math.abs(x)), scale: 1, breaks: [1] }).center // 0`
 */
export function frequencies(options: FrequenciesOptions): Frequencies {
  const { density, center = 0, scale, quantile, below, breaks = [], name = "custom" } = options;
  if (!(scale > 0)) throw new RangeError(`frequencies: scale ${scale} given; allowed: numbers above 0`);
  if (!Number.isFinite(center)) throw new RangeError(`frequencies: center ${center} given; allowed: finite numbers`);
  if (!breaks.every((b) => b > 0 && Number.isFinite(b)))
    throw new RangeError(`frequencies: breaks ${breaks.join(", ")} given; allowed: distances above 0 from the center`);
  let before = density(0);
  if (!(before > 0) || !Number.isFinite(before))
    throw new RangeError(`frequencies: the density is ${before} at its center; it must be positive and finite`);
  for (let i = 0; i <= 300; i++) {
    const x = scale * 1e-3 * scalarMath.exp((i / 300) * scalarMath.log(3e4));
    const [right, left] = [density(x), density(-x)];
    if (!(right >= 0) || Math.abs(right - left) > 1e-12 * before)
      throw new RangeError(
        `frequencies: the density is ${right} and ${left} at distances ${x} and ${-x}; it must be symmetric and not negative`,
      );
    if (right > before * (1 + 1e-12))
      throw new RangeError(
        `frequencies: the density rises to ${right} at the distance ${x} from its center; it must be unimodal`,
      );
    before = right;
  }
  return {
    name,
    center,
    density,
    breaks: [...breaks].sort((a, b) => a - b),
    places: [...new Set([0, scale, -scale, ...breaks.flatMap((b) => [b, -b])])].sort((a, b) => a - b),
    ...(below ? { below } : {}),
    ...(quantile ? { quantile: (u: number) => center + quantile(u) } : {}),
  };
}

const positive = (what: string, width: number): number => {
  if (!(width > 0) || !Number.isFinite(width)) throw new RangeError(`${what}: width ${width} given; allowed: numbers above 0`);
  return width;
};

/**
 * Frequencies with the density (Delta / pi) / (x^2 + Delta^2).
 *
 * *Arguments*: `width`: Delta, the half-width at half height; `center`: default 0.
 * *Example*: `lorentzianFrequencies(1).quantile(0.75) // 1.00000`
 */
export function lorentzianFrequencies(width: number, center = 0): Frequencies {
  positive("lorentzianFrequencies", width);
  return frequencies({
    name: "lorentzian",
    center,
    scale: width,
    density: (x) => width / Math.PI / (x * x + width * width),
    below: (x) => 0.5 + angle(x / width, 1) / Math.PI,
    quantile: (u) => (width * scalarMath.sin(Math.PI * (u - 0.5))) / scalarMath.cos(Math.PI * (u - 0.5)),
  });
}

/**
 * Frequencies with a normal density.
 *
 * *Arguments*: `width`: the standard deviation; `center`: default 0. *Error*: quantiles to about 1e-15 / density.
 * *Example*: `gaussianFrequencies(2).quantile(0.975) // 3.91993`
 */
export function gaussianFrequencies(width: number, center = 0): Frequencies {
  positive("gaussianFrequencies", width);
  return frequencies({
    name: "gaussian",
    center,
    scale: width,
    density: (x) => normalDensity(x / width) / width,
    below: (x) => normalDistribution(x / width),
    quantile: (u) => width * normalQuantile(u),
  });
}

/**
 * Frequencies spread evenly between center - width and center + width.
 *
 * *Arguments*: `width`: half the length of the interval; `center`: default 0.
 * *Example*: `uniformFrequencies(1).quantile(0.75) // 0.5`
 */
export function uniformFrequencies(width: number, center = 0): Frequencies {
  positive("uniformFrequencies", width);
  return frequencies({
    name: "uniform",
    center,
    scale: width,
    density: (x) => (Math.abs(x) <= width ? 0.5 / width : 0),
    below: (x) => Math.min(1, Math.max(0, 0.5 + (0.5 * x) / width)),
    quantile: (u) => width * (2 * u - 1),
    breaks: [width],
  });
}

/** One line an entry: densities of frequencies that a study can name, by their width and center; `below`: the share below z widths from the center. */
export const frequencyDensities = [
  {
    name: "lorentzian",
    description: "width / pi / (x^2 + width^2), heavy tails",
    make: lorentzianFrequencies,
    below: (z: number) => 0.5 + angle(z, 1) / Math.PI,
  },
  { name: "gaussian", description: "normal, width = standard deviation", make: gaussianFrequencies, below: normalDistribution },
  {
    name: "uniform",
    description: "even between -width and width: a first-order transition",
    make: uniformFrequencies,
    below: (z: number) => Math.min(1, Math.max(0, 0.5 + 0.5 * z)),
  },
] as const;

/**
 * The frequencies of a finite population, without chance: the quantiles at (i + 1/2) / n, in ascending order.
 *
 * *Definition*: of all n points these are the ones whose empirical measure is closest to the density in the Wasserstein-1 distance up to a
 * factor that tends to 1.
 * *Arguments*: `n`: an integer from 1.
 * *Example*: `quantileFrequencies(uniformFrequencies(1), 4) // [-0.75, -0.25, 0.25, 0.75]`
 */
export function quantileFrequencies({ quantile, name }: FrequencyDensity, n: number): Float64Array {
  if (!quantile) throw new TypeError(`quantileFrequencies: the density ${name} has no quantile function; give it one`);
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`quantileFrequencies: n = ${n} given; allowed: integers from 1`);
  return Float64Array.from({ length: n }, (_, i) => quantile((i + 0.5) / n));
}
