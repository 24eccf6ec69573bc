import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";
import { integral } from "../core/integral.js";
import type { Complex } from "../core/complex.js";
import { isUnimodal, needUnimodal, type FrequencyDensity } from "./frequency-density.js";
import type { Frequencies } from "./frequencies.js";
import { incoherenceThreshold, type IncoherenceThreshold } from "./incoherence-threshold.js";

const SOURCES = ["Kuramoto 1984, section 5.4", "Strogatz 2000"];

/**
 * The coupling at which a population of oscillators begins to lock.
 *
 * *Definition*: K_c = 2 / (pi g(0)) for theta_i' = omega_i + (K / n) sum_j sin(theta_j - theta_i), g the density of omega at its center:
 * the incoherent state loses stability there. Of densities that are not symmetric and unimodal, and for complex zeta, `incoherenceThreshold` is the answer: two Lorentzian
 * peaks at +-w have 4 Delta for w > Delta, where a pair of waves sets in, and 2 (Delta^2 + w^2) / Delta below. `eigenvalue` zeta of the graph's limit operator makes it 2 / (pi g(0) zeta): the all-to-all
 * graph has zeta = 1, and a negative zeta gives a negative coupling.
 * *Returns*: an exact value, and `frequency`, at which the mode turns that sets in; NaN with "not-converged" and the reason where zeta is 0: no coupling does.
 * *Source*: Kuramoto 1975; Chiba, Medvedev 2019, The mean field analysis of the Kuramoto model on graphs I.
 * *Example*: `kuramotoCriticalCoupling(gaussianFrequencies(1)).value // 1.5957691216`
 */
export function kuramotoCriticalCoupling(frequencies: FrequencyDensity, eigenvalue: number | Complex = 1): IncoherenceThreshold {
  const { density, name, center } = frequencies;
  if (typeof eigenvalue !== "number" || (!isUnimodal(frequencies) && eigenvalue !== 0)) return signed(frequencies, eigenvalue);
  if (!Number.isFinite(eigenvalue))
    throw new RangeError(`kuramotoCriticalCoupling: eigenvalue ${eigenvalue} given; allowed: finite numbers`);
  const value = 2 / (Math.PI * density(0) * eigenvalue);
  const none = eigenvalue === 0;
  return {
    value: none ? NaN : value,
    error: none ? NaN : 4e-16 * Math.abs(value),
    frequency: none ? NaN : center,
    unit: "coupling",
    status: none ? "not-converged" : "ok",
    method: `2 / (pi g(0) zeta), ${name} frequencies, zeta = ${eigenvalue}`,
    sources: [...SOURCES, "Chiba, Medvedev 2019"],
    cost: {},
    ...(none ? { explanation: "the eigenvalue is 0: this mode is not coupled, so no coupling destabilises it" } : {}),
  };
}

/** The threshold of any density, on the side of couplings that a real eigenvalue has. */
function signed(frequencies: FrequencyDensity, eigenvalue: number | Complex): IncoherenceThreshold {
  if (typeof eigenvalue !== "number" || eigenvalue >= 0 || Number.isNaN(eigenvalue))
    return incoherenceThreshold(frequencies, { eigenvalue });
  const { value, ...found } = incoherenceThreshold(frequencies, { eigenvalue: -eigenvalue });
  return { ...found, value: -value };
}

/** From here on, in widths, a density is so narrow beside the field that one rule over all locked frequencies would miss some of it. */
const NARROW = 1e4;

/** Integral over the locked: F(a) = 2 int_0^1 sqrt(1 - s^2) g(a s) ds; r = a F(a) and K = 1 / F(a) at a = K r. */
export function lockedShare({ density, breaks }: Frequencies, a: number, tolerance = 1e-13) {
  let [value, error] = [0, 0];
  const enter = (f: (s: number) => number, from: number, places: readonly number[]): void => {
    const ends = [from, ...places.filter((s) => s > from && s < 1).sort((x, y) => x - y), 1];
    for (let i = 0; i + 1 < ends.length; i++) {
      const part = integral(f, ends[i]!, ends[i + 1]!, tolerance);
      value += part.value;
      error += part.error;
    }
  };
  const width = 1 / (Math.PI * density(0));
  if (a < NARROW * width)
    enter(
      (s) => 2 * Math.sqrt((1 - s) * (1 + s)) * density(a * s),
      0,
      breaks.map((b) => b / a),
    );
  else {
    // Within the width at s = c t, beyond it at s = c / t.
    const c = width / a;
    enter(
      (t) => 2 * c * Math.sqrt((1 - c * t) * (1 + c * t)) * density(width * t),
      0,
      breaks.map((b) => b / width),
    );
    enter(
      (t) => (2 * c * Math.sqrt((t - c) * (t + c)) * density(width / t)) / (t * t * t),
      c,
      breaks.map((b) => width / b),
    );
  }
  // Judged as a whole: a piece on which the density vanishes has nothing but rounding.
  return { value, error: error + 4e-16 * value, converged: error <= 1e-10 * value };
}

/**
 * How coherent a large population of oscillators is at a coupling: the order parameter r of the partially locked state.
 *
 * *Definition*: the largest r with 1 = K int_{-pi/2}^{pi/2} cos^2(x) g(K r sin x) dx, 0 where there is none: the limit n -> infinity of
 * |(1/n) sum exp(i theta_j)| for theta_i' = omega_i + (K / n) sum_j sin(theta_j - theta_i) with omega drawn from g.
 * *Arguments*: `frequencies`: symmetric and unimodal, for which K(r) rises, so that the locked state is unique; `coupling` K.
 * *Returns*: r in [0, 1]. Below the critical coupling, and for K <= 0, it is 0. Densities that are flat at their center jump: at K_c the
 * value is that of the upper end of the jump.
 * *Error*: a bound from the quadrature's own, carried through the inverse; it grows near a jump. "not-converged" where the integrals do not
 * settle (a density with a kink that `breaks` does not name).
 * *Cost*: some 60 integrals.
 * *Source*: Kuramoto 1984, section 5.4; Strogatz 2000, From Kuramoto to Crawford, section 4; Pazo 2005 for the jump.
 * *Example*: `kuramotoOrder(lorentzianFrequencies(1), 4).value // 0.70710678`
 */
export function kuramotoOrder(population: Frequencies, coupling: number): Estimate {
  needUnimodal("kuramotoOrder", population);
  if (!Number.isFinite(coupling)) throw new RangeError(`kuramotoOrder: coupling ${coupling} given; allowed: finite numbers`);
  const base = {
    unit: "1",
    method: `self-consistency of the locked oscillators, ${population.name} frequencies`,
    sources: SOURCES,
    cost: {},
  };
  const critical = kuramotoCriticalCoupling(population).value;
  // One rounding below the critical coupling a jump would be missed.
  if (!(coupling >= critical * (1 - 1e-15))) return { ...base, value: 0, error: 0, status: "ok" };
  let [slack, converged] = [0, true];
  const reach = (level: number): number =>
    boundary(
      (a) => {
        if (a === 0) return true;
        const f = lockedShare(population, a);
        slack = Math.max(slack, f.error);
        converged &&= f.converged;
        return f.value >= level;
      },
      0,
      // r <= 1 means a <= K.
      coupling,
    );
  const least = reach((1 / coupling) * (1 - 2e-15));
  const width = 0.5 * Math.abs(reach(1 / coupling - slack) - reach(1 / coupling + slack));
  return {
    ...base,
    value: converged ? least / coupling : NaN,
    error: converged ? (width + 4e-15 * coupling) / coupling : NaN,
    status: converged ? "ok" : "not-converged",
    ...(converged
      ? {}
      : { explanation: "an integral over the density does not settle; name the places where it is not smooth in `breaks`" }),
  };
}
