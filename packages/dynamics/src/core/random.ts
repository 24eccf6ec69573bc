import { scalarMath } from "#engine";
import { manyNormals } from "./many-normals.js";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const PARITY = 0x1bd11bda;

/**
 * Two random 32-bit words from a 64-bit key and a 64-bit counter.
 *
 * *Definition*: Threefry-2x32 with 20 rounds: only 32-bit additions, rotations and exclusive or.
 * *Returns*: two unsigned 32-bit integers.
 * *Source*: Salmon, Moraes, Dror, Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, section 3.3.
 * *Example*: `threefry(0, 0, 0, 0) // [1797259609, 2579123966]`
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, key0 ^ key1 ^ PARITY];
  let x = (counter0 + keys[0]!) | 0;
  let y = (counter1 + keys[1]!) | 0;
  for (let round = 0; round < 20; round++) {
    const r = ROTATIONS[round % 8]!;
    x = (x + y) | 0;
    y = ((y << r) | (y >>> (32 - r))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + keys[injection % 3]!) | 0;
      y = (y + keys[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/** A reproducible stream of random numbers. */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Fills an array with the numbers that as many calls of `normal` would give, and returns it; fast for long arrays. */
  normals(out: Float64Array): Float64Array;
}

/**
 * The random stream with a given seed and name.
 *
 * *Definition*: number i is a function of (seed, stream, i) alone (`threefry`); normals by the Box-Muller transform.
 * *Arguments*: `seed`: an integer in [0, 2^53); `stream`: an integer in [0, 2^21), default 0. Different streams of one seed are independent.
 * *Error*: the same bits on every machine; normals are cut off at |z| < 8.6, where the tail has mass 1e-17.
 * *Source*: Box, Muller 1958, A note on the generation of random normal deviates.
 * *Example*: `const r = random(42); [r.uniform(), r.normal()] // [0.8690483966, -0.5667736177]`
 */
export function random(seed: number, stream = 0): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`random: seed ${seed} given; allowed: integers from 0 to 2^53 - 1`);
  if (!Number.isInteger(stream) || stream < 0 || stream >= 0x200000)
    throw new RangeError(`random: stream ${stream} given; allowed: integers from 0 to 2^21 - 1`);
  // The key holds the seed (53 bits); the stream is the high word of the counter, shifted so that 2^43 numbers fit in each.
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 0x100000000);
  let count = 0;
  let spare = NaN;
  const uniform = (): number => {
    const high = stream * 0x800 + Math.floor(count / 0x100000000);
    const [a, b] = threefry(key0, key1, count >>> 0, high);
    count++;
    return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 0x20000000000000;
  };
  const normal = (): number => {
    if (spare === spare) {
      const z = spare;
      spare = NaN;
      return z;
    }
    const radius = Math.sqrt(-2 * scalarMath.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * scalarMath.sin(angle);
    return radius * scalarMath.cos(angle);
  };
  return {
    uniform,
    normal,
    normals(out) {
      // From the start of a stream the compiled generator gives the same bits.
      const done = count === 0 ? manyNormals(key0, key1, stream * 0x800, out) : 0;
      count += done;
      for (let i = done; i < out.length; i++) out[i] = normal();
      return out;
    },
  };
}

/**
 * Fills an array with standard normals from a stream and returns it.
 * *Example*: `fillNormal(new Float64Array(2), random(0)) // [-0.4116069057, 0.9564104038]`
 */
export function fillNormal(out: Float64Array, stream: RandomStream): Float64Array {
  return stream.normals(out);
}
