import type { Lanes } from "./lanes.js";

/**
 * c[0] + c[1] x + c[2] x^2 + ... by Estrin's scheme: neighbours are joined pair by pair, so that the operations do not wait for each other.
 * *Source*: Estrin, Organization of computer systems: the fixed plus variable structure computer (1960).
 */
export function polynomial<V, M>(l: Lanes<V, M>, x: V, c: readonly number[]): V {
  let terms = c.map((v) => l.const(v));
  let power = x;
  while (terms.length > 1) {
    const joined: V[] = [];
    for (let i = 0; i < terms.length; i += 2) {
      joined.push(i + 1 < terms.length ? l.add(terms[i]!, l.mul(power, terms[i + 1]!)) : terms[i]!);
    }
    terms = joined;
    if (terms.length > 1) power = l.mul(power, power);
  }
  return terms[0]!;
}

/** ln 2 in two parts: the first has 32 bits, so that its product with an exponent is exact. */
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
export const LOG2_E = 1.4426950408889634;

/** a + b and its rounding error, for |a| >= |b|. *Source*: Dekker, A floating-point technique for extending the available precision (1971). */
export function fastTwoSum<V, M>(l: Lanes<V, M>, a: V, b: V): [V, V] {
  const s = l.add(a, b);
  return [s, l.sub(b, l.sub(s, a))];
}

/** a + b and its rounding error. *Source*: Knuth, The Art of Computer Programming 2, section 4.2.2. */
export function twoSum<V, M>(l: Lanes<V, M>, a: V, b: V): [V, V] {
  const s = l.add(a, b);
  const part = l.sub(s, a);
  return [s, l.add(l.sub(a, l.sub(s, part)), l.sub(b, part))];
}

/** a * b and its rounding error, up to 2^-95 of the product: the factors are cut at 21 bits. *Source*: Dekker (1971). */
export function twoProduct<V, M>(l: Lanes<V, M>, a: V, b: V): [V, V] {
  const p = l.mul(a, b);
  const ah = l.truncateLow(a);
  const al = l.sub(a, ah);
  const bh = l.truncateLow(b);
  const bl = l.sub(b, bh);
  return [p, l.add(l.add(l.add(l.sub(l.mul(ah, bh), p), l.mul(ah, bl)), l.mul(al, bh)), l.mul(al, bl))];
}
