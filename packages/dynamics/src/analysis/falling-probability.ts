import { normalQuantile } from "../core/normal-distribution.js";
import type { Estimate } from "../core/estimate.js";

/** An estimated probability with one standard error. */
export interface Probe {
  readonly share: number;
  readonly error: number;
}

export interface FallingProbabilityOptions {
  /** Default 0.5. */
  readonly threshold?: number;
  /** The amplitude that the search starts from, and the one at which it gives up. */
  readonly smallest: number;
  readonly largest: number;
  /** Width of the final bracket, relative to the amplitude. Default 1e-3. */
  readonly tolerance?: number;
  /** Of the interval. Default 0.95. */
  readonly level?: number;
}

/** The amplitude at which a probability first falls below a threshold. */
export interface Fall extends Estimate {
  readonly interval: readonly [number, number];
}

/** From one amplitude to the next while the search goes up. */
const GROWTH = Math.SQRT2;
/** A share is below the threshold for certain when it is so by this many standard errors: by chance 3e-5 a look. */
const CERTAIN = 4;
/** How far below `smallest` the search goes before it takes the amplitude for 0. */
const LEAST = 1e-9;

/**
 * The amplitude of a disturbance at which the probability of an outcome first falls below a threshold.
 *
 * *Definition*: going up from `smallest` by factors of sqrt 2 until the share lies below the threshold by 4 standard errors, then bisection of
 * the first step at which it lies below. The interval holds the amplitudes at which the share differs from the threshold by less than
 * the normal quantile of `level` times its error: a test inverted.
 * *Arguments*: `probe(amplitude)`: share and standard error, from the same random numbers at each amplitude, so that it is a fixed
 * function; see `FallingProbabilityOptions`.
 * *Returns*: a Fall. Status "not-converged" with NaN when the share is nowhere below the threshold for certain, up to `largest`: a
 * probability that tends to the threshold from above, as that of two classes to 1/2, has no such amplitude, and a noisy share that
 * happens to dip below it must not make one. 0 when the probability is below the threshold at any amplitude.
 * *Error*: one standard error: the interval's half-width over its quantile, and half the final bracket. A fall and rise within a factor sqrt 2
 * of amplitude can be missed.
 * *Cost*: about 2 log2(largest / smallest) probes at most, and 3 log2(1 / tolerance).
 * *Source*: bisection with common random numbers; Lin, Feng, Zhang, Zhao 2025 for the threshold 1/2.
 * *Example*: `fallingProbability((s) => ({ share: 1 / (1 + s * s), error: 0.01 }), { smallest: 0.01, largest: 100 }).value // 1.000`
 */
export function fallingProbability(probe: (amplitude: number) => Probe, options: FallingProbabilityOptions): Fall {
  const { threshold = 0.5, smallest, largest, tolerance = 1e-3, level = 0.95 } = options;
  if (!(threshold > 0 && threshold < 1))
    throw new RangeError(`fallingProbability: threshold ${threshold} given; allowed: between 0 and 1`);
  if (!(smallest > 0 && largest > smallest && largest < Infinity))
    throw new RangeError(`fallingProbability: amplitudes from ${smallest} to ${largest} given; allowed: 0 < smallest < largest`);
  if (!(tolerance > 0 && tolerance < 1))
    throw new RangeError(`fallingProbability: tolerance ${tolerance} given; allowed: between 0 and 1`);
  if (!(level > 0 && level < 1)) throw new RangeError(`fallingProbability: level ${level} given; allowed: between 0 and 1`);
  const reach = normalQuantile(0.5 + 0.5 * level);
  const known = new Map<number, Probe>();
  const at = (amplitude: number): Probe => {
    const found = known.get(amplitude) ?? probe(amplitude);
    known.set(amplitude, found);
    return found;
  };
  /** Whether the share lies below the threshold by so many errors; the final bracket of the interval's ends has the same rule. */
  const below = (amplitude: number, errors: number): boolean => {
    const { share, error } = at(amplitude);
    return share + errors * error < threshold;
  };

  let start = smallest;
  while (below(start, -reach) && start > LEAST * smallest) start /= 16;
  const grid = [start];
  while (!below(grid.at(-1)!, CERTAIN) && grid.at(-1)! < largest) grid.push(Math.min(largest, GROWTH * grid.at(-1)!));
  const certain = below(grid.at(-1)!, CERTAIN);
  /** The end of the first bracket in which the share falls below the threshold by so many errors. */
  const crossing = (errors: number): number => {
    const first = grid.findIndex((amplitude) => below(amplitude, errors));
    if (first < 0) return Infinity;
    if (first === 0) return 0;
    let [low, high] = [grid[first - 1]!, grid[first]!];
    while (high - low > tolerance * low) {
      const middle = 0.5 * (low + high);
      if (below(middle, errors)) high = middle;
      else low = middle;
    }
    return 0.5 * (low + high);
  };
  const value = certain ? crossing(0) : NaN;
  const interval: [number, number] = [crossing(-reach), certain ? crossing(reach) : Infinity];
  const last = at(grid.at(-1)!);
  return {
    value,
    error: certain ? (interval[1] - interval[0]) / (2 * reach) + 0.5 * tolerance * value : NaN,
    interval,
    unit: "amplitude",
    status: certain ? "ok" : "not-converged",
    method: `bisection with common random numbers to ${tolerance} of the amplitude; the error is one standard error`,
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: { steps: known.size },
    ...(certain
      ? {}
      : {
          explanation:
            `up to the amplitude ${largest.toPrecision(3)} the probability is nowhere below ${threshold} for certain: there it is ` +
            `${last.share.toPrecision(3)} ± ${last.error.toPrecision(2)}. Under pure noise it tends to the share that the class has of all ` +
            `directions, 1/2 for two classes of equal rank; take a higher threshold`,
        }),
  };
}
