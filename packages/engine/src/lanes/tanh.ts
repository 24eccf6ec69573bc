import { reduced, exp } from "./exp.js";
import type { Lanes } from "./lanes.js";

/** e = e^(-2|x|), t = e - 1 accurate near 0, and what t lost in rounding; shared by tanh and sech2. */
function decay<V, M>(l: Lanes<V, M>, x: V): { e: V; t: V; lost: V } {
  const { k, p } = reduced(l, l.pmax(l.mul(l.abs(x), l.const(-2)), l.const(-700)));
  const h = l.pow2(k);
  const scaled = l.mul(p, h);
  const rest = l.sub(h, l.const(1));
  const t = l.add(scaled, rest);
  return { e: l.add(scaled, h), t, lost: l.sub(scaled, l.sub(t, rest)) };
}

/**
 * The hyperbolic tangent.
 *
 * *Definition*: with t = e^(-2|x|) - 1 and u = -t/2: u / (1 - u) = u + u^2 / (1 - u) where that is below 1/2, 1 - 2 e / (2 + t) for
 * larger |x|; one division, of a small term.
 * *Error*: below 2 ulp.
 */
export function tanh<V, M>(l: Lanes<V, M>, x: V): V {
  const { e, t, lost } = decay(l, x);
  const small = l.lt(l.abs(x), l.const(0.5493061443340549));
  const u = l.mul(t, l.const(-0.5));
  const q = l.div(l.select(small, l.sub(l.const(0), l.mul(u, t)), l.add(e, e)), l.add(l.const(2), t));
  // d/du u/(1 - u) is between 1.4 and 2.2 wherever t was rounded.
  const below = l.add(u, l.sub(q, l.mul(lost, l.const(0.875))));
  return l.copysign(l.select(small, below, l.sub(l.const(1), q)), x);
}

/** 1 / cosh(x)^2 = 4 e / (1 + e)^2. *Error*: below 5 ulp for |x| <= 350; 0 beyond, where it is below 4e-304. */
export function sech2<V, M>(l: Lanes<V, M>, x: V): V {
  const { e, t } = decay(l, x);
  const s = l.add(l.const(2), t);
  const value = l.div(l.mul(l.const(4), e), l.mul(s, s));
  return l.select(l.lt(l.const(350), l.abs(x)), l.const(0), value);
}

/** 1 / (1 + e^-x). *Error*: below 2.5 ulp on both sides, tiny values included. */
export function sigmoid<V, M>(l: Lanes<V, M>, x: V): V {
  const e = exp(l, l.neg(l.abs(x)));
  const one = l.const(1);
  return l.div(l.select(l.lt(x, l.const(0)), e, one), l.add(one, e));
}
