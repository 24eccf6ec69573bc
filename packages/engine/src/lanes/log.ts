import type { Lanes } from "./lanes.js";
import { LN2_HIGH, LN2_LOW, polynomial } from "./series.js";

// (2 atanh(s) - 2 s) / s^3 in w = s^2 for (1 + s)/(1 - s) between sqrt(1/2) and sqrt(2): error below 2^-60.
const ODD = [
  0.6666666666666666, 0.40000000000000885, 0.28571428570799784, 0.22222222392582045, 0.18181795547521137, 0.15386244737621665,
  0.13268638369266825, 0.13088034850927555,
];

/** x = 2^k m with m between sqrt(1/2) and sqrt(2); subnormal x are scaled first. */
export function split<V, M>(l: Lanes<V, M>, x: V): { k: V; m: V } {
  const tiny = l.lt(x, l.const(2.2250738585072014e-308));
  const y = l.select(tiny, l.mul(x, l.const(18014398509481984)), x);
  const m = l.mantissa(y);
  const big = l.lt(l.const(Math.SQRT2), m);
  const shift = l.add(l.select(tiny, l.const(-54), l.const(0)), l.select(big, l.const(1), l.const(0)));
  return { k: l.add(l.exponent(y), shift), m: l.select(big, l.mul(m, l.const(0.5)), m) };
}

/** log of a positive finite number, plus a correction far below it. */
function core<V, M>(l: Lanes<V, M>, x: V, correction?: V): V {
  const { k, m } = split(l, x);
  const f = l.sub(m, l.const(1));
  const s = l.div(f, l.add(l.const(2), f));
  const half = l.mul(l.const(0.5), l.mul(f, f));
  const w = l.mul(s, s);
  // log(1 + f) = f - (f^2/2 - s (f^2/2 + w R)): f is exact, the rest is small.
  const low = l.mul(k, l.const(LN2_LOW));
  const rest = l.add(
    l.mul(s, l.add(half, l.mul(w, polynomial(l, w, ODD)))),
    correction === undefined ? low : l.add(low, correction),
  );
  return l.add(l.mul(k, l.const(LN2_HIGH)), l.sub(f, l.sub(half, rest)));
}

/** The values at the ends: x = 0, x < 0, infinity, NaN. */
function withEnds<V, M>(l: Lanes<V, M>, x: V, value: V): V {
  const inside = l.select(l.lt(x, l.const(Infinity)), value, l.add(x, x));
  return l.select(l.lt(l.const(0), x), inside, l.select(l.eq(x, l.const(0)), l.const(-Infinity), l.const(NaN)));
}

/** The natural logarithm; -infinity at 0, NaN below. *Error*: below 1 ulp. */
export function log<V, M>(l: Lanes<V, M>, x: V): V {
  return withEnds(l, x, core(l, x));
}

/** log(1 + x), accurate near 0. *Error*: below 1.5 ulp. */
export function log1p<V, M>(l: Lanes<V, M>, x: V): V {
  const one = l.const(1);
  const u = l.add(one, x);
  // What the sum lost, whichever of 1 and x is larger.
  const lost = l.select(l.lt(l.abs(x), one), l.sub(x, l.sub(u, one)), l.sub(one, l.sub(u, x)));
  const correction = l.select(l.le(l.abs(lost), one), l.div(lost, l.select(l.eq(u, l.const(0)), one, u)), l.const(0));
  return l.select(l.eq(x, l.const(0)), x, withEnds(l, u, core(l, u, correction)));
}
