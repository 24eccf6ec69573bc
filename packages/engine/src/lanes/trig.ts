import type { Lanes } from "./lanes.js";
import { polynomial, twoSum } from "./series.js";

// pi/2 in parts of 33 bits, so that a product with an integer below 2^20 is exact; the last has 53.
const PI_2 = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32] as const;
/** Beyond this the reduction is not proven, and the result is NaN. */
const LARGEST = 1647099;

// (sin(r)/r - 1)/r^2 and (cos(r) - 1 + r^2/2)/r^4 in r^2 for |r| <= pi/4: errors below 2^-57 and 2^-60.
const SINE = [
  -0.16666666666666666, 0.008333333333333331, -0.00019841269841265017, 2.755731921930192e-6, -2.5052106219521895e-8,
  1.6058529572267877e-10, -7.586576588171073e-13,
];
const COSINE = [
  0.041666666666666664, -0.0013888888888888887, 2.4801587301584618e-5, -2.7557319221382114e-7, 2.087675578389404e-9,
  -1.1470459749675607e-11, 4.745804889760674e-14,
];

/** x = n pi/2 + r + tail with |r| <= pi/4, good to 2^-100; n modulo 4. */
function reduce<V, M>(l: Lanes<V, M>, x: V): { quadrant: V; r: V; tail: V } {
  const n = l.nearest(l.mul(x, l.const(0.6366197723675814)));
  const first = l.sub(x, l.mul(n, l.const(PI_2[0])));
  const [second, e2] = twoSum(l, first, l.neg(l.mul(n, l.const(PI_2[1]))));
  const [third, e3] = twoSum(l, second, l.neg(l.mul(n, l.const(PI_2[2]))));
  const rest = l.sub(l.add(e2, e3), l.mul(n, l.const(PI_2[3])));
  const r = l.add(third, rest);
  const tail = l.add(l.sub(third, r), rest);
  return { quadrant: l.sub(n, l.mul(l.const(4), l.floor(l.mul(n, l.const(0.25))))), r, tail };
}

/** Sine and cosine of r + tail. */
function both<V, M>(l: Lanes<V, M>, r: V, tail: V): { s: V; c: V } {
  const z = l.mul(r, r);
  const half = l.mul(z, l.const(0.5));
  const one = l.const(1);
  const s = l.add(r, l.add(l.mul(l.mul(z, r), polynomial(l, z, SINE)), l.mul(tail, l.sub(one, half))));
  const w = l.sub(one, half);
  const c = l.add(w, l.add(l.sub(l.sub(one, w), half), l.sub(l.mul(l.mul(z, z), polynomial(l, z, COSINE)), l.mul(r, tail))));
  return { s, c };
}

function pick<V, M>(l: Lanes<V, M>, x: V, shift: number): V {
  const { quadrant, r, tail } = reduce(l, x);
  const { s, c } = both(l, r, tail);
  const q = shift === 0 ? quadrant : l.select(l.eq(quadrant, l.const(3)), l.const(0), l.add(quadrant, l.const(shift)));
  const odd = l.or(l.eq(q, l.const(1)), l.eq(q, l.const(3)));
  const value = l.select(odd, c, s);
  const signed = l.select(l.le(l.const(2), q), l.neg(value), value);
  return l.select(l.le(l.abs(x), l.const(LARGEST)), signed, l.const(NaN));
}

/** The sine. *Error*: below 1 ulp for |x| <= 1,647,099; NaN beyond. *Source*: reduction by pi/2 in parts (Cody and Waite, 1980). */
export function sin<V, M>(l: Lanes<V, M>, x: V): V {
  return l.select(l.eq(x, l.const(0)), x, pick(l, x, 0));
}

/** The cosine. *Error*: below 1 ulp for |x| <= 1,647,099; NaN beyond. */
export const cos = <V, M>(l: Lanes<V, M>, x: V): V => pick(l, x, 1);
