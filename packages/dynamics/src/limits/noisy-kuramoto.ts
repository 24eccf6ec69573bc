import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";
import { isUnimodal, type FrequencyDensity } from "./frequency-density.js";
import { resonantShare } from "./incoherence-growth.js";
import { incoherenceThreshold, type IncoherenceThreshold } from "./incoherence-threshold.js";

/**
 * The ratio of modified Bessel functions I_1(x) / I_0(x): the mean of cos under the von Mises density exp(x cos) / (2 pi I_0).
 *
 * *Definition*: the continued fraction 1 / (2/x + 1 / (4/x + 1 / (6/x + ...))), summed from its far end.
 * *Error*: a few rounding errors for every x; odd in x. *Cost*: about 20 + 2 |x| divisions, at most 4,000.
 * *Source*: Abramowitz, Stegun 1964, 9.6.26 and 9.1.73; for large x the expansion 1 - 1/(2x) - 1/(8x^2) - 1/(8x^3) - ... of 9.7.1.
 * *Example*: `[besselRatio(1), besselRatio(1e6)] // [0.4463899659, 0.9999995]`
 */
export function besselRatio(x: number): number {
  if (x === 0) return x;
  const size = Math.abs(x);
  if (size !== size) return NaN;
  let ratio = 0;
  if (size > 1000) {
    const y = 1 / size;
    ratio = 1 - y * (1 / 2 + y * (1 / 8 + y * (1 / 8 + y * (25 / 128 + (y * 13) / 32))));
  } else {
    for (let k = 20 + Math.ceil(2 * size); k >= 1; k--) ratio = 1 / ((2 * k) / size + ratio);
  }
  return x < 0 ? -ratio : ratio;
}

export interface NoisyKuramoto {
  readonly coupling: number;
  /** D > 0: theta' = K r sin(psi - theta) + sqrt(2 D) white noise. */
  readonly noise: number;
}

const sources = ["Sakaguchi 1988", "Strogatz, Mirollo 1991"];

/**
 * How coherent identical oscillators with noise are: the order parameter of the stationary state.
 *
 * *Definition*: d theta_i = (K / n) sum_j sin(theta_j - theta_i) dt + sqrt(2 D) dW_i. For n -> infinity the stationary density is
 * proportional to exp((K r / D) cos(theta - psi)), so r = I_1(K r / D) / I_0(K r / D): 0 for K <= 2 D, one positive root above.
 * *Returns*: r, with the growth rate K/2 - D of a small r as `growthRate`.
 * *Error*: a few rounding errors divided by the slope of the equation, which vanishes at K = 2 D.
 * *Source*: Sakaguchi 1988, Cooperative phenomena in coupled oscillator systems under external fields.
 * *Example*: `noisyKuramotoOrder({ coupling: 4, noise: 1 }).value // 0.83146202`
 */
export function noisyKuramotoOrder({ coupling, noise }: NoisyKuramoto): Estimate & { readonly growthRate: number } {
  if (!Number.isFinite(coupling)) throw new RangeError(`noisyKuramotoOrder: coupling ${coupling} given; allowed: finite numbers`);
  if (!(noise > 0) || !Number.isFinite(noise))
    throw new RangeError(`noisyKuramotoOrder: noise ${noise} given; allowed: numbers above 0`);
  const base = {
    unit: "1",
    status: "ok" as const,
    method: "fixed point of the von Mises mean",
    sources,
    cost: {},
    growthRate: 0.5 * coupling - noise,
  };
  const strength = coupling / noise;
  if (!(strength > 2)) return { ...base, value: 0, error: 0 };
  // With x = K r / D: I_1(x) / (x I_0(x)) falls from 1/2 to 0, and equals D / K at the root; r <= 1 means x <= K / D.
  const x = boundary((y) => y === 0 || besselRatio(y) * strength >= y, 0, strength);
  const r = besselRatio(x);
  // Derivative of the ratio: 1 - A / x - A^2.
  const slope = 1 - strength * (1 - r / x - r * r);
  return { ...base, value: r, error: 4e-16 * (1 + 1 / Math.max(slope, 1e-8)) };
}

/**
 * The coupling at which oscillators with both noise and different frequencies begin to lock.
 *
 * *Definition*: K_c = 2 / int g(omega) D / (D^2 + omega^2) d omega; 2 D for identical ones, 2 (D + Delta) for Lorentzian ones, and
 * 2 / (pi g(0)) for D -> 0. Densities that are not symmetric and unimodal: `incoherenceThreshold`.
 * *Returns*: K_c, and `frequency`, at which the mode turns that sets in.
 * *Error*: from the quadrature; "not-converged" where the density has a kink that its `breaks` do not name.
 * *Source*: Strogatz, Mirollo 1991, Stability of incoherence in a population of coupled oscillators, section 5.
 * *Example*: `noisyCriticalCoupling(lorentzianFrequencies(1), 0.5).value // 3.00000000`
 */
export function noisyCriticalCoupling(frequencies: FrequencyDensity, noise: number): IncoherenceThreshold {
  if (!(noise > 0) || !Number.isFinite(noise))
    throw new RangeError(`noisyCriticalCoupling: noise ${noise} given; allowed: numbers above 0`);
  if (!isUnimodal(frequencies)) return incoherenceThreshold(frequencies, { noise });
  const { value, error } = resonantShare(frequencies, noise);
  const converged = error <= 1e-9 * value;
  return {
    value: converged ? 2 / value : NaN,
    error: converged ? (2 * (error + 1e-15 * value)) / (value * value) : NaN,
    frequency: converged ? frequencies.center : NaN,
    unit: "coupling",
    status: converged ? "ok" : "not-converged",
    method: `2 / int g D / (D^2 + omega^2), ${frequencies.name} frequencies`,
    sources,
    cost: {},
    ...(converged ? {} : { explanation: "the integral over the density does not settle; name its kinks and jumps in `breaks`" }),
  };
}
