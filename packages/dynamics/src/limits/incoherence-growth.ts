import type { Estimate } from "../core/estimate.js";
import { integral } from "../core/integral.js";
import type { Frequencies } from "./frequencies.js";

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

export interface IncoherenceGrowthOptions {
  readonly coupling: number;
  /** D >= 0, noise of variance 2 D t on each phase. Default 0. */
  readonly noise?: number;
  /** zeta, an eigenvalue of the graph's limit operator: how strongly its mode is coupled. Default 1, all-to-all. */
  readonly eigenvalue?: number;
}

/**
 * How fast order grows out of incoherence: the eigenvalue of the incoherent state of infinitely many oscillators.
 *
 * *Definition*: theta_i' = omega_i + (K / n) sum_j A_ij sin(theta_j - theta_i) + sqrt(2 D) white noise. About the uniform density the first moments at each frequency
 * obey z' = (i omega - D) z + (K zeta / 2) int z g on a mode of the graph with the eigenvalue zeta, so that an eigenvalue lambda solves
 * 1 = (K zeta / 2) int g(omega) / (lambda + D - i omega) d omega. For symmetric unimodal g one with lambda > -D exists iff K zeta > 2 / (pi g(0)), whatever D is;
 * it is real, unique, and 0 at K zeta = `noisyCriticalCoupling`. Lorentzian: K zeta / 2 - Delta - D.
 * *Arguments*: `frequencies`: symmetric and unimodal, as `frequencies` checks; see `IncoherenceGrowthOptions`. Identical oscillators have K zeta / 2 - D, always.
 * *Returns*: lambda, in a frame that turns with the center of the density. NaN with "not-converged" and the reason for K zeta <= 2 / (pi g(0)): there the spectrum is the
 * line Re lambda = -D alone, or an eigenvalue to its left; without noise incoherence is neutral, and r fades by the drifting apart of phases (Landau damping), not by an eigenvalue.
 * *Error*: that of the integral, divided by the slope of the relation.
 * *Cost*: some 10 integrals over the density.
 * *Source*: Strogatz, Mirollo 1991, sections 4 and 5; Chiba, Medvedev 2019 (zeta).
 * *Example*: `incoherenceGrowthRate(lorentzianFrequencies(1), { coupling: 5, noise: 0.5 }).value // 1.00000000`
 */
export function incoherenceGrowthRate(
  frequencies: Frequencies,
  { coupling, noise = 0, eigenvalue = 1 }: IncoherenceGrowthOptions,
): Estimate {
  for (const [name, value] of Object.entries({ coupling, eigenvalue }))
    if (!Number.isFinite(value)) throw new RangeError(`incoherenceGrowthRate: ${name} ${value} given; allowed: finite numbers`);
  if (!(noise >= 0) || !Number.isFinite(noise))
    throw new RangeError(`incoherenceGrowthRate: noise ${noise} given; allowed: numbers from 0`);
  const base = {
    unit: "1/time",
    method: `eigenvalue of incoherence, ${frequencies.name} frequencies, zeta = ${eigenvalue}`,
    sources: ["Strogatz, Mirollo 1991", "Chiba, Medvedev 2019"],
    cost: {},
  };
  const missing = (explanation: string): Estimate => ({
    ...base,
    value: NaN,
    error: NaN,
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
    if (Math.abs(step) <= error) return { ...base, value: width - noise, error: error + 4e-16 * (width + noise), status: "ok" };
    if (step > 0) low = width;
    else high = width;
    width = width + step > low && width + step < high ? width + step : high < Infinity ? 0.5 * (low + high) : 2 * width;
  }
  return missing("the integral over the density does not settle; name its kinks and jumps in `breaks`");
}
