import { random } from "../core/random.js";

/** Lower and upper bound of each coordinate. */
export type Box = readonly (readonly [number, number])[];

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

/** Throws unless the box has at least one coordinate and every side has a length. */
export function checkBox(who: string, box: Box): void {
  if (box.length === 0) throw new RangeError(`${who}: the box is empty; give [lower, upper] for each coordinate`);
  box.forEach(([low, high], i) => {
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
      throw new RangeError(`${who}: coordinate ${i} from ${low} to ${high} given; allowed: finite bounds, the lower first`);
  });
}

/**
 * Points that fill a box evenly: its middle, then a shifted Halton sequence.
 *
 * *Definition*: coordinate j of point i >= 1 is the digits of i in the base of the j-th prime, mirrored at the point, plus a shift modulo 1.
 * Beyond 10 coordinates, where the sequence is no better than chance, the points are uniformly random.
 * *Arguments*: `box`; `count` >= 1; `seed` of the shift, which is the same for all points.
 * *Returns*: count x box.length, row by row. The first m points do not depend on count.
 * *Error*: throws for an empty box or a side without length.
 * *Cost*: about 100 operations a number.
 * *Source*: Halton 1960; shifts: Cranley, Patterson 1976, Randomization of number theoretic methods for multiple integration.
 * *Example*: `spread([[0, 1], [2, 4]], 1) // [0.5, 3]`
 */
export function spread(box: Box, count: number, seed = 0): Float64Array {
  checkBox("spread", box);
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`spread: ${count} points asked for; allowed: integers from 1`);
  const dim = box.length;
  const stream = random(seed, 7001);
  const shift = box.map(() => stream.uniform());
  const out = new Float64Array(count * dim);
  for (let i = 0; i < count; i++) {
    box.forEach(([low, high], j) => {
      const prime = PRIMES[j];
      const u = i === 0 ? 0.5 : dim > PRIMES.length ? stream.uniform() : (mirrored(i, prime!) + shift[j]!) % 1;
      out[i * dim + j] = low + (high - low) * u;
    });
  }
  return out;
}

function mirrored(i: number, base: number): number {
  let [value, place] = [0, 1 / base];
  for (let rest = i; rest > 0; rest = Math.floor(rest / base), place /= base) value += (rest % base) * place;
  return value;
}
