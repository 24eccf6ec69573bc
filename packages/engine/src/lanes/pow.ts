import { reduced, scaledUp } from "./exp.js";
import type { Lanes } from "./lanes.js";
import { split } from "./log.js";
import { fastTwoSum, LN2_HIGH, polynomial, twoProduct, twoSum } from "./series.js";

// (atanh(s)/s - 1 - w/3)/w^2 in w = s^2: error below 2^-66 of atanh(s)/s.
const TAIL = [
  0.2, 0.14285714285714282, 0.11111111111114234, 0.09090909089822495, 0.07692307881454075, 0.06666648198981917,
  0.05883409510814777, 0.05228097555200746, 0.0538181075750563,
];
const THIRD_LOW = 1.850371707708594e-17;
// ln 2 minus its 32-bit part, in two parts.
const LN2_MIDDLE = 1.9082149292705877e-10;
const LN2_END = 1.1612227229362532e-26;

/** log x for x > 0 as an unevaluated sum of two numbers, good to about 2^-66. */
function logPair<V, M>(l: Lanes<V, M>, x: V): [V, V] {
  const { k, m } = split(l, x);
  // s = f / d with its remainder; f is exact, d = 2 + f is not.
  const f = l.sub(m, l.const(1));
  const [d, dLow] = fastTwoSum(l, l.const(2), f);
  const s = l.div(f, d);
  const [back, backLow] = twoProduct(l, s, d);
  const sLow = l.div(l.sub(l.sub(l.sub(f, back), backLow), l.mul(s, dLow)), d);
  const [w, wLow0] = twoProduct(l, s, s);
  const wLow = l.add(wLow0, l.mul(l.add(s, s), sLow));
  // P = w/3 + w^2 T(w): atanh(s) = s (1 + P).
  const [third, thirdLow0] = twoProduct(l, w, l.const(1 / 3));
  const thirdLow = l.add(thirdLow0, l.add(l.mul(w, l.const(THIRD_LOW)), l.mul(wLow, l.const(1 / 3))));
  const [p, pLow0] = fastTwoSum(l, third, l.mul(l.mul(w, w), polynomial(l, w, TAIL)));
  const pLow = l.add(pLow0, thirdLow);
  // 2 s (1 + P) = 2 s + 2 s P.
  const two = l.add(s, s);
  const [sp, spLow0] = twoProduct(l, two, p);
  const spLow = l.add(spLow0, l.add(l.mul(two, pLow), l.mul(l.add(sLow, sLow), p)));
  const [h, hLow] = fastTwoSum(l, two, sp);
  const low = l.add(hLow, l.add(spLow, l.add(sLow, sLow)));
  // k ln 2: the first product is exact, the second nearly.
  const [km, kmLow] = twoProduct(l, k, l.const(LN2_MIDDLE));
  const [a, aLow] = twoSum(l, l.mul(k, l.const(LN2_HIGH)), h);
  const [b, bLow] = twoSum(l, a, km);
  return fastTwoSum(l, b, l.add(l.add(aLow, bLow), l.add(low, l.add(kmLow, l.mul(k, l.const(LN2_END))))));
}

/**
 * a^b with IEEE 754's special values: pow(x, 0) = pow(1, y) = 1 for any x and y, NaN for a negative base and a fractional exponent.
 *
 * *Error*: below 1 ulp. *Source*: exp(b log a) with the logarithm in double length (Dekker, 1971).
 */
export function pow<V, M>(l: Lanes<V, M>, a: V, b: V): V {
  const zero = l.const(0);
  const one = l.const(1);
  const infinity = l.const(Infinity);
  const x = l.abs(a);
  // Any larger exponent over- or underflows just the same.
  const y = l.pmax(l.pmin(b, l.const(2 ** 65)), l.const(-(2 ** 65)));
  const [h, low] = logPair(l, x);
  const [p, pLow] = twoProduct(l, y, h);
  const exponent = l.pmax(l.pmin(p, l.const(710)), l.const(-746));
  const correction = l.select(l.eq(exponent, p), l.add(pLow, l.mul(y, low)), zero);
  const plain = scaledUp(l, reduced(l, exponent, correction));

  const halfB = l.mul(b, l.const(0.5));
  const integer = l.and(l.eq(l.floor(b), b), l.lt(l.abs(b), infinity));
  const odd = l.and(integer, l.ne(l.floor(halfB), halfB));
  const positive = l.lt(zero, b);
  // Magnitudes at the ends of the base's range; 1^(+-infinity) and (-1)^(+-infinity) are 1.
  const atZero = l.select(positive, zero, infinity);
  const atInfinity = l.select(positive, infinity, zero);
  let magnitude = l.select(l.eq(x, zero), atZero, l.select(l.eq(x, infinity), atInfinity, plain));
  magnitude = l.select(l.eq(x, one), one, magnitude);
  const negative = l.lt(l.copysign(one, a), zero);
  const signed = l.select(l.and(negative, odd), l.neg(magnitude), magnitude);
  const undefinedRoot = l.and(l.and(l.lt(a, zero), l.lt(x, infinity)), l.and(l.not(integer), l.lt(l.abs(b), infinity)));
  const value = l.select(undefinedRoot, l.const(NaN), signed);
  const nan = l.or(l.ne(a, a), l.ne(b, b));
  return l.select(l.or(l.eq(b, zero), l.eq(a, one)), one, l.select(nan, l.const(NaN), value));
}
