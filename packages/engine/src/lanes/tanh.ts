import { reduced, exp } from "./exp.js";
import type { Lanes } from "./lanes.js";

/** With e = e^(-2|x|): T = 1 - e accurate near 0 and what it lost in rounding, S = 1 + e = 2 - T, and q = T / S; shared by tanh and sech2. */
function decay<V, M>(l: Lanes<V, M>, x: V): { e: V; T: V; lost: V; S: V; q: V } {
  const { k, p } = reduced(l, l.pmax(l.mul(l.abs(x), l.const(-2)), l.const(-700)));
  const h = l.pow2(k);
  const scaled = l.mul(p, h);
  const rest = l.sub(l.const(1), h);
  const T = l.sub(rest, scaled);
  const S = l.sub(l.const(2), T);
  return { e: l.add(scaled, h), T, lost: l.sub(l.sub(rest, T), scaled), S, q: l.div(T, S) };
}

/**
 * The hyperbolic tangent.
 *
 * *Definition*: (1 - e) / (1 + e) with e = e^(-2|x|), and the sign of x. The quotient q of the rounded terms is corrected by what both
 * lost: dq = (lost T - q lost S) / S, where 1 / S = (1 + q) / 2.
 * *Error*: below 2 ulp.
 */
export function tanh<V, M>(l: Lanes<V, M>, x: V): V {
  const { T, lost, S, q } = decay(l, x);
  const lostS = l.sub(l.sub(l.sub(l.const(2), S), T), lost);
  const correction = l.mul(l.mul(l.sub(lost, l.mul(q, lostS)), l.const(0.5)), l.add(l.const(1), q));
  return l.copysign(l.add(q, correction), x);
}

/** 1 / cosh(x)^2 = 4 e / (1 + e)^2 = e (1 + q)^2. *Error*: below 5 ulp for |x| <= 350; 0 beyond, where it is below 4e-304. */
export function sech2<V, M>(l: Lanes<V, M>, x: V): V {
  const { e, q } = decay(l, x);
  const s = l.add(l.const(1), q);
  return l.select(l.lt(l.const(350), l.abs(x)), l.const(0), l.mul(l.mul(s, s), e));
}

/** 1 / (1 + e^-x). *Error*: below 2.5 ulp on both sides, tiny values included. */
export function sigmoid<V, M>(l: Lanes<V, M>, x: V): V {
  const e = exp(l, l.neg(l.abs(x)));
  const one = l.const(1);
  return l.div(l.select(l.lt(x, l.const(0)), e, one), l.add(one, e));
}
