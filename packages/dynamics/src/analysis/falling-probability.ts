import { studentQuantile } from "../core/confidence.js";
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
  /** Degrees of freedom of the errors, where they are estimates: the interval is then Student's. Default Infinity: they are known. */
  readonly freedom?: number;
  /** What the probability tends to at large amplitudes, where it is known: the threshold must lie above it by 6 errors. */
  readonly limit?: number;
}

/** The amplitude at which a probability first falls below a threshold. */
export interface Fall extends Estimate {
  readonly interval: readonly [number, number];
}

/** From one amplitude to the next while the search goes up. */
const GROWTH = Math.SQRT2;
/** A share is below the threshold for certain when it is so by this many standard errors: by chance 3e-5 a look. */
const CERTAIN = 4;
/** So many errors between the threshold and the limit: then nearly all samples of draws find the amplitude, not those alone that fell low by chance. */
const APART = 6;
/** A share that is left nearer to 1 than so, on the way down to the threshold, is that of an outcome which noise has not reached. */
const FAR = 0.9;
/** How far below `smallest` the search goes before it takes the amplitude for 0. */
const LEAST = 1e-9;

/**
 * The amplitude of a disturbance at which the probability of an outcome first falls below a threshold.
 *
 * *Definition*: going up from `smallest` by factors of sqrt 2 until the share lies below the threshold by 4 standard errors, then bisection of
 * the first step at which it lies below. The interval holds the amplitudes at which the share differs from the threshold by less than
 * the quantile of `level` times the error that it has at the amplitude found, where its mean is the threshold: a score test inverted. (The error of a
 * share near 1 is small or 0 by chance, and tests with it hold the truth too seldom.)
 * *Arguments*: `probe(amplitude)`: share and standard error, from the same random numbers at each amplitude, so that it is a fixed
 * function; see `FallingProbabilityOptions`.
 * *Returns*: a Fall. Status "not-converged" with NaN when the share is nowhere below the threshold for certain, up to `largest`: a
 * probability that tends to the threshold from above, as that of two classes to 1/2, has no such amplitude, and a noisy share that
 * happens to dip below it must not make one; and where the limit is known and lies less than 6 errors below the threshold. 0 when the probability is below the threshold at any amplitude.
 * *Error*: one standard error: the interval's half-width over its quantile, and half the final bracket. A fall and rise within a factor sqrt 2
 * of amplitude can be missed.
 * *Cost*: about 2 log2(largest / smallest) probes at most, and 3 log2(1 / tolerance).
 * *Source*: bisection with common random numbers; Lin, Feng, Zhang, Zhao 2025 for the threshold 1/2.
 * *Example*: `fallingProbability((s) => ({ share: 1 / (1 + s * s), error: 0.01 }), { smallest: 0.01, largest: 100 }).value // 1.000`
 */
export function fallingProbability(probe: (amplitude: number) => Probe, options: FallingProbabilityOptions): Fall {
  const { threshold = 0.5, smallest, largest, tolerance = 1e-3, level = 0.95, freedom = Infinity, limit } = options;
  if (!(threshold > 0 && threshold < 1))
    throw new RangeError(`fallingProbability: threshold ${threshold} given; allowed: between 0 and 1`);
  if (!(smallest > 0 && largest > smallest && largest < Infinity))
    throw new RangeError(`fallingProbability: amplitudes from ${smallest} to ${largest} given; allowed: 0 < smallest < largest`);
  if (!(tolerance > 0 && tolerance < 1))
    throw new RangeError(`fallingProbability: tolerance ${tolerance} given; allowed: between 0 and 1`);
  if (!(level > 0 && level < 1)) throw new RangeError(`fallingProbability: level ${level} given; allowed: between 0 and 1`);
  if (!(freedom >= 1)) throw new RangeError(`fallingProbability: ${freedom} degrees of freedom given; allowed: from 1`);
  const reach = freedom === Infinity ? normalQuantile(0.5 + 0.5 * level) : studentQuantile(level, freedom);
  const known = new Map<number, Probe>();
  const at = (amplitude: number): Probe => {
    const found = known.get(amplitude) ?? probe(amplitude);
    known.set(amplitude, found);
    return found;
  };
  /** Whether the share lies below the threshold by so many errors; the final bracket of the interval's ends has the same rule. */
  const below = (amplitude: number, errors: number, { error } = at(amplitude)): boolean =>
    at(amplitude).share + errors * error < threshold;

  let start = smallest;
  while (below(start, -reach) && start > LEAST * smallest) start /= 16;
  const grid = [start];
  while (!below(grid.at(-1)!, CERTAIN) && grid.at(-1)! < largest) grid.push(Math.min(largest, GROWTH * grid.at(-1)!));
  const certain = below(grid.at(-1)!, CERTAIN);
  /** The end of the first bracket in which the share falls below the threshold by so many errors. */
  const crossing = (errors: number, probe?: Probe): number => {
    const first = grid.findIndex((amplitude) => below(amplitude, errors, probe));
    if (first < 0) return Infinity;
    if (first === 0) return 0;
    let [low, high] = [grid[first - 1]!, grid[first]!];
    while (high - low > tolerance * low) {
      const middle = 0.5 * (low + high);
      if (below(middle, errors, probe)) high = middle;
      else low = middle;
    }
    return 0.5 * (low + high);
  };
  const middle = crossing(0);
  const near = Number.isFinite(middle) ? at(middle) : undefined;
  // Errors between the threshold and the limit that there should be, for each there is.
  const short = limit === undefined || !near || middle === 0 ? 0 : (APART * near.error) / Math.max(0, threshold - limit);
  const found = certain && short <= 1;
  const value = found ? middle : NaN;
  const interval: [number, number] = [crossing(-reach, near), found ? crossing(reach, near) : Infinity];
  const last = at(grid.at(-1)!);
  return {
    value,
    error: found ? (interval[1] - interval[0]) / (2 * reach) + 0.5 * tolerance * value : NaN,
    interval,
    unit: "amplitude",
    status: found ? "ok" : "not-converged",
    method: `bisection with common random numbers to ${tolerance} of the amplitude; the error is one standard error`,
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: { steps: known.size },
    ...(found
      ? {}
      : {
          explanation:
            certain && short < Infinity
              ? `too few draws: the probability tends to ${limit!.toPrecision(3)} under pure noise, and ${(threshold - limit!).toPrecision(2)} below the threshold ${threshold} is less than ${APART} errors of ${near!.error.toPrecision(2)}, so that those samples of draws would have a radius alone that fell low by chance; take ${Math.ceil(10 * short * short) / 10} times as many draws, or a higher threshold`
              : `up to the amplitude ${largest.toPrecision(3)} the probability is nowhere below ${threshold} for certain: there it is ` +
                `${last.share.toPrecision(3)} ± ${last.error.toPrecision(2)}. ` +
                (last.share > FAR * (1 - threshold) + threshold
                  ? `The noise has hardly been felt: look at larger amplitudes (largest)`
                  : `Under pure noise it tends to the share that the class has of all directions, 1/2 for two classes of equal rank; take a higher threshold`),
        }),
  };
}
