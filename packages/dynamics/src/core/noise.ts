import { constant, floor, mul, normal, randomBits, reshape, uniform, type Tensor } from "#engine";
import { threefry } from "./random.js";

/**
 * The randomness of one step of a random system, inside a program.
 *
 * *Definition*: number i of draw c (the c-th call inside the step function) in step t is a function of (seed, copy, c, t, i) alone, by the
 * counter-based generator `threefry`: any step can be had at once and in any order, and the bits are the same on every machine.
 * *Returns*: `uniform`: in [0, 1), multiples of 2^-53; `normal`: standard; `integers(below, shape)`: whole numbers from 0 to below - 1, as f64.
 * `at(counter)`: the same source with another number in the place of t: what depends on the epoch is drawn at the number of the epoch.
 * *Error*: draws with different c have different 64-bit keys up to a chance of 2^-64 a pair. An integer is floor(below u): its chance is off
 * by at most 2^-53. t is an integer from 0 to 2^32 - 1; beyond, the generator repeats its last step.
 */
export interface Noise {
  /** t: the number of steps done, a scalar. */
  readonly step: Tensor;
  uniform(shape: readonly number[]): Tensor;
  normal(shape: readonly number[]): Tensor;
  integers(below: number | Tensor, shape: readonly number[]): Tensor;
  at(counter: Tensor): Noise;
}

/** Where the noise of a system comes from: two words, known when the program is made or (one for each copy of a batch) only inside it. */
export type NoiseKey = readonly [number, number] | Tensor;

/** The key of a copy: threefry of the seed, at the number of the copy. Throws on a seed that is not an integer from 0 to 2^53 - 1. */
export function noiseKey(seed: number, copy = 0): [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`noise: seed ${seed} given; allowed: integers from 0 to 2^53 - 1`);
  return threefry(seed >>> 0, Math.floor(seed / 0x100000000), copy, 0);
}

/** The noise with a key in a step; made anew for each trace, since it counts the draws. */
export function noiseOf(key: NoiseKey, step: Tensor): Noise {
  let draws = 0;
  /** The key of the next draw: threefry at the number of the draw. */
  const next = (): Tensor => {
    const draw = draws++;
    if ("op" in key) return reshape(randomBits(key, constant(draw), 1), [2]);
    return constant(threefry(key[0], key[1], 0, draw));
  };
  const at = (counter: Tensor): Noise => ({
    step,
    uniform: (shape) => uniform(next(), counter, shape),
    normal: (shape) => normal(next(), counter, shape),
    integers: (below, shape) => floor(mul(below, uniform(next(), counter, shape))),
    at,
  });
  return at(step);
}
