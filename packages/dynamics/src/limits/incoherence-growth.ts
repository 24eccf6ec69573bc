import type { Estimate } from "../core/estimate.js";
import { integral } from "../core/integral.js";
import { isUnimodal, type FrequencyDensity } from "./frequency-density.js";
import type { Frequencies } from "./frequencies.js";
import {
  asComplex,
  checkIncoherence,
  incoherenceEigenvalues,
  type IncoherenceEigenvaluesOptions,
} from "./incoherence-eigenvalues.js";

/**
 * F(w) = int g(omega) w / (w^2 + omega^2) d omega, which falls from pi g(0) at w = 0 to 0; with `slope`, w F'(w).
 *
 * Frequencies up to S are S t and those beyond S / t, both with t in [0, 1]; S is w or the width of the density, whichever is less: what is narrow then lies in the
 * tail of an interval and not in its last nodes.
 */
export function resonantShare({ density, breaks }: Frequencies, w: number, slope = false) {
  const scale = Math.min(w, 1 / (Math.PI * density(0)));
  const a = w > 0 ? scale / w : 1;
  const sum = (f: (t: number) => number, places: readonly number[]): { value: number; error: number } => {
    const ends = [0, ...places.filter((b) => b > 0 && b < 1).sort((x, y) => x - y), 1];
    let [value, error] = [0, 0];
    for (let i = 0; i + 1 < ends.length; i++) {
      const part = integral((t) => 2 * a * f(t), ends[i]!, ends[i + 1]!, 1e-12);
      value += part.value;
      error += part.error;
    }
    return { value, error };
  };
  // The kernel at omega / w = a t, and at a / t with d omega = S dt / t^2.
  const near = sum(
    (t) => {
      const q = 1 + a * a * t * t;
      return (density(scale * t) / q) * (slope ? (q - 2) / q : 1);
    },
    breaks.map((b) => b / scale),
  );
  const far = sum(
    (t) => {
      const q = a * a + t * t;
      return (density(scale / t) / q) * (slope ? (a * a - t * t) / q : 1);
    },
    breaks.map((b) => scale / b),
  );
  return { value: near.value + far.value, error: near.error + far.error };
}

/** The fastest mode of growing order. */
export interface IncoherenceGrowth extends Estimate {
  /** At which it turns: Im lambda. The center of the density where that is symmetric and unimodal and zeta real. */
  readonly frequency: number;
}

/**
 * How fast order grows out of incoherence: the rightmost eigenvalue of the incoherent state of infinitely many oscillators.
 *
 * *Definition*: theta_i' = omega_i + (K / n) sum_j A_ij sin(theta_j - theta_i) + sqrt(2 D) white noise. About the uniform density the first moments at each frequency
 * obey z' = (i omega - D) z + (K zeta / 2) int z g on a mode of the graph with the eigenvalue zeta, so that an eigenvalue lambda solves
 * 1 = (K zeta / 2) int g(omega) / (lambda + D - i omega) d omega. For symmetric unimodal g one with lambda > -D exists iff K zeta > 2 / (pi g(0)), whatever D is;
 * it is real, unique, and 0 at K zeta = `noisyCriticalCoupling`. Lorentzian: K zeta / 2 - Delta - D.
 * Of other densities, and for complex zeta, there may be several, complex ones: `incoherenceEigenvalues` has them all.
 * *Arguments*: any density of frequencies; see `IncoherenceEigenvaluesOptions`. Identical oscillators have K zeta / 2 - D, always.
 * *Returns*: the real part of lambda, and the imaginary one as `frequency`. For symmetric unimodal densities NaN with "not-converged" and the reason for K zeta <= 2 / (pi g(0)): there the spectrum is the
 * line Re lambda = -D alone, or an eigenvalue to its left; without noise incoherence is neutral, and r fades by the drifting apart of phases (Landau damping), not by an eigenvalue. The same for others where no eigenvalue is.
 * *Error*: that of the integral, divided by the slope of the relation.
 * *Cost*: some 10 integrals over the density, for others that of `incoherenceEigenvalues`.
 * *Source*: Strogatz, Mirollo 1991, sections 4 and 5; Martens, Barreto, Strogatz, Ott, So, Antonsen 2009; Chiba, Medvedev 2019 (zeta).
 * *Example*: `incoherenceGrowthRate(lorentzianFrequencies(1), { coupling: 5, noise: 0.5 }).value // 1.00000000`
 */
export function incoherenceGrowthRate(frequencies: FrequencyDensity, options: IncoherenceEigenvaluesOptions): IncoherenceGrowth {
  checkIncoherence("incoherenceGrowthRate", options);
  const { coupling, noise = 0 } = options;
  const { re: eigenvalue, im } = asComplex(options.eigenvalue ?? 1);
  if (!isUnimodal(frequencies) || im !== 0) return fastest(frequencies, options);
  const base = {
    unit: "1/time",
    method: `eigenvalue of incoherence, ${frequencies.name} frequencies, zeta = ${eigenvalue}`,
    sources: ["Strogatz, Mirollo 1991", "Chiba, Medvedev 2019"],
    cost: {},
  };
  const missing = (explanation: string): IncoherenceGrowth => ({
    ...base,
    value: NaN,
    error: NaN,
    frequency: NaN,
    status: "not-converged",
    explanation,
  });
  const strength = coupling * eigenvalue;
  const least = 2 / (Math.PI * frequencies.density(0));
  if (!(strength > least))
    return missing(
      `K zeta = ${strength} is not above 2 / (pi g(0)) = ${least}: the spectrum of incoherence has no eigenvalue to the right of its continuous part, the line Re lambda = ${noise === 0 ? "0: incoherence is neutral" : `${-noise}: incoherence is stable`}, and no single rate tells how r fades; take a stronger coupling`,
    );
  // Newton's method on 2 / F, which is 2 (w + Delta) for Lorentzian frequencies and nearly straight for others, kept between bounds.
  let [low, high, width] = [0, Infinity, 0.5 * (strength - least)];
  for (let i = 0; i < 100; i++) {
    const [share, slope] = [resonantShare(frequencies, width), resonantShare(frequencies, width, true)];
    if (!(share.error <= 1e-9 * share.value && slope.value < 0)) break;
    // F' d lambda = d F.
    const error = (width * (share.error + 4e-16 * share.value)) / -slope.value;
    const step = (width * share.value * (1 - 0.5 * strength * share.value)) / slope.value;
    if (Math.abs(step) <= error) {
      const value = width - noise;
      return { ...base, value, error: error + 4e-16 * (width + noise), frequency: frequencies.center, status: "ok" };
    }
    if (step > 0) low = width;
    else high = width;
    width = width + step > low && width + step < high ? width + step : high < Infinity ? 0.5 * (low + high) : 2 * width;
  }
  return missing("the integral over the density does not settle; name its kinks and jumps in `breaks`");
}

/** That of any density, among all eigenvalues. */
function fastest(frequencies: FrequencyDensity, options: IncoherenceEigenvaluesOptions): IncoherenceGrowth {
  const all = incoherenceEigenvalues(frequencies, options);
  const { noise = 0 } = options;
  if (all.value.length > 0) return { ...all, value: all.value[0]!, error: all.error[0]!, frequency: all.frequencies[0]! };
  return {
    ...all,
    value: NaN,
    error: NaN,
    frequency: NaN,
    status: "not-converged",
    explanation:
      all.explanation ??
      `the spectrum of incoherence has no eigenvalue to the right of its continuous part, the line Re lambda = ${noise === 0 ? "0: incoherence is neutral" : `${-noise}: incoherence is stable`}, and no single rate tells how r fades; take a stronger coupling`,
  };
}
