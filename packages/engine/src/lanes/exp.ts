import type { Lanes } from "./lanes.js";
import { LN2_HIGH, LN2_LOW, LOG2_E, polynomial } from "./series.js";

// (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2: 1/2 and (e^r - 1 - r - r^2/2) / r^3 by interpolation in Chebyshev nodes with 200 bits; the error of r^3 times that is below 2^-58 of e^r - 1.
const TAIL = [
  0.5, 0.16666666666666669, 0.041666666666666664, 0.008333333333330062, 0.0013888888888886552, 0.00019841269863053618,
  2.4801587317144498e-5, 2.7557268459997064e-6, 2.755728296954995e-7, 2.510038549551032e-8, 2.0911236630261545e-9,
];

/** Parts of e^x = 2^k (1 + p): the integer k and p = expm1 of the reduced argument, for x (with a small correction) within the exponent range. */
export function reduced<V, M>(l: Lanes<V, M>, x: V, correction?: V): { k: V; p: V } {
  const k = l.nearest(l.mul(x, l.const(LOG2_E)));
  const high = l.sub(x, l.mul(k, l.const(LN2_HIGH)));
  const part = l.mul(k, l.const(-LN2_LOW));
  const low = correction === undefined ? part : l.add(correction, part);
  const r = l.add(high, low);
  const rest = l.add(l.sub(high, r), low);
  const p = l.add(r, l.add(l.mul(l.mul(r, r), polynomial(l, r, TAIL)), rest));
  return { k, p };
}

/** (1 + p) 2^k with one rounding of the scaling, also where the result is subnormal or overflows. */
export function scaledUp<V, M>(l: Lanes<V, M>, { k, p }: { k: V; p: V }): V {
  const half = l.floor(l.mul(k, l.const(0.5)));
  return l.mul(l.mul(l.add(l.const(1), p), l.pow2(half)), l.pow2(l.sub(k, half)));
}

/** e^x. *Error*: below 1 ulp. *Source*: argument reduction by ln 2 in two parts (Cody and Waite, Software Manual for the Elementary Functions, 1980). */
export function exp<V, M>(l: Lanes<V, M>, x: V): V {
  return scaledUp(l, reduced(l, l.pmax(l.pmin(x, l.const(710)), l.const(-746))));
}

/** e^x - 1, accurate near 0. *Error*: below 1.5 ulp. */
export function expm1<V, M>(l: Lanes<V, M>, x: V): V {
  const { k, p } = reduced(l, l.pmax(l.pmin(x, l.const(710)), l.const(-50)));
  // Half of the power, so that k = 1024 stays in range.
  const h = l.pow2(l.sub(k, l.const(1)));
  const half = l.add(l.mul(p, h), l.sub(h, l.const(0.5)));
  return l.select(l.lt(l.abs(x), l.const(2 ** -54)), x, l.add(half, half));
}
