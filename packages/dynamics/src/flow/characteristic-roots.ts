import { scalarMath } from "#engine";
import { argument, complex, expOf, minus, modulus, over, plus, scaled, type Complex } from "../core/complex.js";
import { lambertWOfLog } from "../core/lambert-w.js";

export interface CharacteristicRootsOptions {
  /** The coefficient of x(t). Default 0. */
  readonly a?: number;
  /** That of x(t - tau). */
  readonly b: number;
  /** The delay, above 0. */
  readonly tau: number;
  /** How many roots, rightmost first. Default 1. */
  readonly count?: number;
}

/**
 * The rightmost characteristic roots of x'(t) = a x(t) + b x(t - tau).
 *
 * *Definition*: the solutions of lambda = a + b exp(-lambda tau), by lambda_k = a + W_k(b tau exp(-a tau)) / tau, polished by Newton's iteration on this equation.
 * *Arguments*: see `CharacteristicRootsOptions`; b other than 0.
 * *Returns*: `count` roots in descending order of real parts, each of a conjugate pair counted, the one above the axis first. x = 0 is stable if the first has a negative real part.
 * *Error*: a few ulp of |lambda|, more where two roots meet (b tau exp(1 - a tau) = -1).
 * *Source*: Corless et al. 1996, On the Lambert W function, section 2; Shinozaki, Mori 2006 (the branch 0 is the rightmost).
 * *Example*: `characteristicRoots({ b: -Math.PI / 2, tau: 1 })[0].im // 1.57079632679`
 */
export function characteristicRoots(options: CharacteristicRootsOptions): Complex[] {
  const { a = 0, b, tau, count = 1 } = options;
  checkLinear("characteristicRoots", a, b, tau);
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`characteristicRoots: count ${count} given; allowed: integers from 1`);
  const log = complex(scalarMath.log(Math.abs(b) * tau) - a * tau, b < 0 ? Math.PI : 0);
  const most = Math.ceil(count / 2) + 1;
  const found = Array.from({ length: 2 * most + 1 }, (_, i) => {
    const w = lambertWOfLog(i - most, log);
    return polished(plus(complex(a), scaled(w, 1 / tau)), a, b, tau);
  });
  return found.sort((p, q) => (Math.abs(p.re - q.re) > 1e-13 * (1 + modulus(p)) ? q.re - p.re : q.im - p.im)).slice(0, count);
}

/** Newton's iteration for lambda - a - b exp(-lambda tau) = 0. */
function polished(root: Complex, a: number, b: number, tau: number): Complex {
  let best = root;
  for (let i = 0; i < 3; i++) {
    const behind = scaled(expOf(scaled(best, -tau)), b);
    const slope = plus(complex(1), scaled(behind, tau));
    if (modulus(slope) < 1e-6) return best;
    best = minus(best, over(minus(minus(best, complex(a)), behind), slope));
  }
  return root.im === 0 ? complex(best.re) : best;
}

/** Where x = 0 loses its stability as the delay grows. */
export interface HopfDelay {
  /** Stable below it: Infinity if for every delay, 0 if for none. */
  readonly delay: number;
  /** Of the oscillation that sets in there; NaN if none does. */
  readonly frequency: number;
  readonly period: number;
}

/**
 * The delay at which x'(t) = a x(t) + b x(t - tau) begins to oscillate.
 *
 * *Definition*: a root i omega needs omega^2 = b^2 - a^2 and cos(omega tau) = -a/b, sin(omega tau) = -omega/b; for b < -|a| the least tau > 0 with it is
 * arccos(-a/b) / omega. For a + b < 0 and |b| <= |a| no delay destabilises; for a + b >= 0 the equation is unstable, or neutral, without one.
 * *Returns*: see `HopfDelay`.
 * *Error*: a few ulp.
 * *Source*: Hayes 1950, Roots of the transcendental equation associated with a certain difference-differential equation; Hale, Verduyn Lunel 1993, section 5.2.
 * *Example*: `hopfDelay(-0.1, -0.4).delay // 4.7081962894`
 */
export function hopfDelay(a: number, b: number): HopfDelay {
  checkLinear("hopfDelay", a, b, 1);
  if (a + b >= 0) return { delay: 0, frequency: NaN, period: NaN };
  if (Math.abs(b) <= Math.abs(a)) return { delay: Infinity, frequency: NaN, period: NaN };
  const frequency = Math.sqrt((b - a) * (b + a));
  const delay = argument(complex(-a / b, -frequency / b)) / frequency;
  return { delay, frequency, period: (2 * Math.PI) / frequency };
}

function checkLinear(where: string, a: number, b: number, tau: number): void {
  if (!(Number.isFinite(a) && Number.isFinite(b) && b !== 0 && tau > 0 && tau < Infinity))
    throw new RangeError(`${where}: a = ${a}, b = ${b}, tau = ${tau} given; allowed: finite numbers, b not 0, tau above 0`);
}
