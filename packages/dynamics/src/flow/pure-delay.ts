import { scalarMath } from "#engine";
import { complex, expOf, over, plus, scaled } from "../core/complex.js";
import { lambertW } from "../core/lambert-w.js";
import { characteristicRoots } from "./characteristic-roots.js";

const positive = (where: string, values: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(values))
    if (!(value > 0 && value < Infinity))
      throw new RangeError(`${where}: ${name} ${value} given; allowed: finite numbers above 0`);
};

/**
 * The exact solution of x'(t) = a x(t - tau) with x = 1 up to 0.
 *
 * *Definition*: sum over k <= t/tau + 1 of a^k (t - (k - 1) tau)^k / k!, a polynomial on each interval of length tau; for large times, where
 * this sum cancels, the expansion in characteristic roots, sum of exp(lambda (t + tau)) / (1 + lambda tau).
 * *Returns*: x(t); 1 for t <= 0.
 * *Error*: below 1e-10 of the largest value before t for |a| tau <= 5; the roots' expansion leaves out terms of the size 1e-14.
 * *Source*: Bellman, Cooke 1963, Differential-difference equations, chapters 3 and 4.
 * *Example*: `pureDelay(-1, 1, 3) // -0.16666666667`
 */
export function pureDelay(a: number, tau: number, t: number): number {
  positive("pureDelay", { tau });
  const [strength, s] = [a * tau, t / tau];
  if (s <= 0 || a === 0) return 1;
  if (s <= 5 || Math.abs(strength) * s <= 8) return pieces(strength, s);
  const lead = characteristicRoots({ b: strength, tau: 1 })[0]!.re;
  return scalarMath.exp(lead * s) * expansion(strength, s)(s);
}

function pieces(strength: number, s: number): number {
  let sum = 0;
  for (let k = Math.floor(s) + 1; k >= 0; k--) {
    let term = 1;
    for (let i = 1; i <= k; i++) term *= (strength * (s - k + 1)) / i;
    sum += term;
  }
  return sum;
}

/** s -> exp(-lead s) x(s tau) from some s on, by characteristic roots, the rightmost with the real part lead; it neither overflows nor vanishes. */
function expansion(strength: number, from: number): (s: number) => number {
  // Pair n goes like (strength / (2 pi n))^(s + 1).
  const pairs = 6 + Math.ceil((Math.abs(strength) / 6) * scalarMath.pow(10, 14 / (from + 1)));
  const roots = characteristicRoots({ b: strength, tau: 1, count: 2 * Math.min(pairs, 100) });
  const lead = roots[0]!.re;
  const smallestFirst = roots.reverse();
  return (s) =>
    smallestFirst.reduce((sum, root) => {
      const growth = expOf(plus(scaled(root, s), plus(root, complex(-lead * s))));
      return sum + over(growth, plus(complex(1), root)).re;
    }, 0);
}

/**
 * When the solution of x'(t) = -strength / tau x(t - tau) with x = 1 up to 0 first changes its sign, in units of tau.
 *
 * *Definition*: the least s > 0 with x(s tau) = 0. It is 1 / strength from strength 1 on, and Infinity up to 1/e, where the real root of the characteristic equation
 * ends: below, the solution decreases towards 0 for ever.
 * *Returns*: s. A scalar delay equation can turn its input round, as no scalar differential equation can, in the time s tau and not before.
 * *Error*: about 1e-12 relative, but for a strength within 1e-10 of 1/e, where s depends on the rounding of it.
 * *Source*: Györi, Ladas 1991, Oscillation theory of delay differential equations, theorem 2.2.3 (the condition 1/e).
 * *Example*: `[firstSignChange(2), firstSignChange(1.5), firstSignChange(0.8), firstSignChange(0.36)] // [0.5, 0.66666667, 1.2817541634, Infinity]`
 */
export function firstSignChange(strength: number): number {
  positive("firstSignChange", { strength });
  if (strength >= 1) return 1 / strength;
  if (strength <= 1 / Math.E) return Infinity;
  const { im } = lambertW(0, -strength);
  if (im === 0) return Infinity;
  const late = expansion(-strength, 8);
  const value = (s: number): number => (s <= 8 ? pieces(-strength, s) : late(s));
  let high = 1;
  for (let at = value(high); !(at <= 0); at = value(high)) {
    if (Number.isNaN(at)) return NaN;
    high += Math.max(0.25, 0.01 * high);
  }
  let low = Math.max(1, high / 1.3 - 0.3);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (value(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What the solution of x'(t) = a x(t - tau) with x = 1 up to 0 tends to while a tau > -1/e. */
export interface SpecialSolution {
  /** The special solution is amplitude exp(rate t): it obeys the differential equation y' = rate y. */
  readonly rate: number;
  readonly amplitude: number;
  /** The deviation from it goes like exp(deviation t). */
  readonly deviation: number;
}

/**
 * The special solution that attracts the solution of x'(t) = a x(t - tau) with x = 1 up to 0.
 *
 * *Definition*: rate = W_0(a tau) / tau, real for a tau >= -1/e; amplitude = exp(rate tau) / (1 + rate tau), the residue of the solution's
 * Laplace transform; deviation = Re W_{-1}(a tau) / tau, for negative a below -1 / tau.
 * *Returns*: see `SpecialSolution`; NaN throughout where a tau <= -1/e: there is no such solution, and all others oscillate.
 * *Error*: a few ulp; near a tau = -1/e the amplitude grows without bound, and its error with it.
 * *Source*: Driver 1968, On Ryabov's asymptotic characterization of the solutions of quasi-linear differential equations with small delays.
 * *Example*: `specialSolution(-0.3, 1).amplitude // 1.20053934369`
 */
export function specialSolution(a: number, tau: number): SpecialSolution {
  positive("specialSolution", { tau });
  const w = lambertW(0, a * tau);
  if (!(w.im === 0 && w.re > -1)) return { rate: NaN, amplitude: NaN, deviation: NaN };
  const rate = w.re / tau;
  return { rate, amplitude: scalarMath.exp(w.re) / (1 + w.re), deviation: lambertW(-1, a * tau).re / tau };
}
