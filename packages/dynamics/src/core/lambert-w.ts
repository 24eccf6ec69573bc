import { scalarMath } from "#engine";
import { complex, expOf, logOf, minus, modulus, over, plus, rootOf, scaled, times, type Complex } from "./complex.js";

/**
 * The Lambert W function: the branch k of the inverse of w exp(w).
 *
 * *Definition*: w exp(w) = z, with the branches of Corless et al.: W_0 is real and at least -1 for z >= -1/e, W_{-1} is real and at most -1 for
 * -1/e <= z < 0; all others are complex, and W_{-k}(conj z) = conj W_k(z) off the negative axis.
 * *Arguments*: `k` an integer; `z` a number or a complex one.
 * *Returns*: the value; -Infinity at 0 for every branch but W_0(0) = 0.
 * *Error*: a few ulp, but near the branch point -1/e about sqrt(2e-16 |z + 1/e|), as the function itself magnifies the rounding of z.
 * *Cost*: at most 8 iterations.
 * *Source*: Corless, Gonnet, Hare, Jeffrey, Knuth 1996, On the Lambert W function, sections 2 and 4.
 * *Example*: `[lambertW(0, 1).re, lambertW(-1, -0.1).re, lambertW(0, -Math.PI / 2).im] // [0.5671432904, -3.5771520640, 1.5707963268]`
 */
export function lambertW(k: number, z: number | Complex): Complex {
  if (!Number.isInteger(k)) throw new RangeError(`lambertW: branch ${k} given; allowed: integers`);
  const at = typeof z === "number" ? complex(z) : z;
  if (modulus(at) === 0) return complex(k === 0 ? 0 : -Infinity);
  return lambertWOfLog(k, logOf(at));
}

/** W_k(exp(l)) for l with the imaginary part in (-pi, pi]: also where exp(l) is too large or too small for a number. */
export function lambertWOfLog(k: number, l: Complex): Complex {
  // Real values by real iterations: exactly real results.
  const negative = Math.abs(l.im - Math.PI) < 1e-15;
  if (negative && l.re <= -1 && (k === -1 || k === 0)) return complex(-onNegative(k, -l.re));
  const z = expOf(l);
  // p is small near the branch point, which three branches share: W_0 from both sides, W_{-1} from above and W_1 from below.
  const p = rootOf(scaled(plus(scaled(z, Math.E), complex(1)), 2));
  const sign = k === 0 ? 1 : (k === -1 && l.im > 0) || (k === 1 && l.im < 0) ? -1 : 0;
  if (sign !== 0 && modulus(p) < (k === 0 ? 1.2 : 0.8)) return byHalley(z, branchSeries(scaled(p, sign)));
  if (k === 0 && modulus(z) < 2 && z.re > -0.4) return byHalley(z, smallStart(z));
  // Beside the real values of W_{-1} and W_1 the logarithm of -w is the one without a jump.
  if (sign === -1 && l.re < 0) return byLogarithm(complex(l.re, l.im + k * Math.PI), -1);
  return byLogarithm(complex(l.re, l.im + 2 * Math.PI * k), 1);
}

const branchSeries = (p: Complex): Complex => {
  const [p2, p3] = [times(p, p), times(p, times(p, p))];
  return plus(plus(complex(-1), p), plus(scaled(p2, -1 / 3), scaled(p3, 11 / 72)));
};

/** w = z (1 + 4/3 z) / (1 + 7/3 z + 5/6 z^2), from the series of W_0 at 0. */
const smallStart = (z: Complex): Complex =>
  over(times(z, plus(complex(1), scaled(z, 4 / 3))), plus(plus(complex(1), scaled(z, 7 / 3)), scaled(times(z, z), 5 / 6)));

/** Halley's iteration for w exp(w) = z. */
function byHalley(z: Complex, start: Complex): Complex {
  let w = start;
  for (let i = 0; i < 12; i++) {
    const e = expOf(w);
    const f = minus(times(w, e), z);
    const one = plus(w, complex(1));
    if (modulus(f) === 0 || modulus(one) === 0) return w;
    const bend = over(times(plus(w, complex(2)), f), scaled(one, 2));
    const step = over(f, minus(times(e, one), bend));
    w = minus(w, step);
    if (modulus(step) <= 1e-16 * modulus(w)) break;
  }
  return w;
}

/** Newton's iteration for w + log(side w) = l, from w = l - log(side l). */
function byLogarithm(l: Complex, side: 1 | -1): Complex {
  let w = minus(l, logOf(scaled(l, side)));
  for (let i = 0; i < 12; i++) {
    const f = minus(plus(w, logOf(scaled(w, side))), l);
    const step = over(times(f, w), plus(w, complex(1)));
    w = minus(w, step);
    if (modulus(step) <= 1e-16 * modulus(w)) break;
  }
  return w;
}

/** v > 0 with v - log v = m, m >= 1: the one above 1 for k = -1, the one below for k = 0. */
function onNegative(k: number, m: number): number {
  const far = Math.sqrt(2 * (m - 1));
  if (far === 0) return 1;
  let v =
    k === -1 ? 1 + far + (m - 1) / 1.5 : m < 1.5 ? Math.max(1 - far + (m - 1) / 1.5, scalarMath.exp(-m)) : scalarMath.exp(-m);
  for (let i = 0; i < 60; i++) {
    // For small v by v = exp(v - m), whose Newton step is exact to rounding there.
    const f = k === -1 ? v - scalarMath.log(v) - m : v - scalarMath.exp(v - m);
    const slope = k === -1 ? 1 - 1 / v : 1 - scalarMath.exp(v - m);
    const step = f / slope;
    if (!(Math.abs(step) > 1e-16 * v)) break;
    v -= step;
  }
  return v;
}
