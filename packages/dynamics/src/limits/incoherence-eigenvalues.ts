import { complex, minus, modulus, over, plus, scaled, times, type Complex } from "../core/complex.js";
import type { Estimate } from "../core/estimate.js";
import type { FrequencyDensity } from "./frequency-density.js";
import { resonance } from "./resonance.js";
import { resonanceCurve, windings } from "./resonance-curve.js";

export interface IncoherenceEigenvaluesOptions {
  readonly coupling: number;
  /** D >= 0, noise of variance 2 D t on each phase. Default 0. */
  readonly noise?: number;
  /** zeta, an eigenvalue of the graph's limit operator, complex ones of directed graphs included. Default 1, all-to-all. */
  readonly eigenvalue?: number | Complex;
}

/** All eigenvalues of incoherence to the right of its continuous spectrum. */
export interface IncoherenceEigenvalues extends Estimate<Float64Array> {
  /** At which each mode turns: the imaginary parts. */
  readonly frequencies: Float64Array;
}

export const asComplex = (z: number | Complex): Complex => (typeof z === "number" ? complex(z) : z);

/** Throws where these are no options. */
export function checkIncoherence(what: string, { coupling, noise = 0, eigenvalue = 1 }: IncoherenceEigenvaluesOptions): void {
  const { re, im } = asComplex(eigenvalue);
  for (const [name, value] of Object.entries({ coupling, eigenvalue: re, "the imaginary part of eigenvalue": im }))
    if (!Number.isFinite(value)) throw new RangeError(`${what}: ${name} ${value} given; allowed: finite numbers`);
  if (!(noise >= 0) || !Number.isFinite(noise)) throw new RangeError(`${what}: noise ${noise} given; allowed: numbers from 0`);
}

/**
 * How fast and how turning order grows out of incoherence, mode by mode: the eigenvalues of the incoherent state of infinitely many oscillators with any density of frequencies.
 *
 * *Definition*: theta_i' = omega_i + (K / n) sum_j A_ij sin(theta_j - theta_i) + sqrt(2 D) white noise. On a mode of the graph with the eigenvalue zeta, lambda
 * solves 1 = (K zeta / 2) int g(omega) / (lambda + D - i omega) d omega with Re lambda > -D. Two Lorentzian peaks at +-w: K/4 - Delta - D +- sqrt(K^2/16 - w^2).
 * *Arguments*: any density, see `frequencyDensity` and `mixedFrequencies`; see `IncoherenceEigenvaluesOptions`. Of a real graph zeta comes with its conjugate, whose
 * eigenvalues are those of the mirrored density.
 * *Returns*: `value`: the real parts, largest first, and `frequencies`: the imaginary parts; empty where the continuous spectrum, the line Re lambda = -D, is all.
 * "not-converged" with nothing where a root lies on that line, or where as many as there are were not found.
 * *Error*: a bound on |lambda - the eigenvalue| from that of the integrals; roots are counted beforehand by the argument principle along the line, so that none is missed
 * as long as the density's places name where it changes.
 * *Cost*: some 500 integrals over the density.
 * *Source*: Strogatz, Mirollo 1991; Martens, Barreto, Strogatz, Ott, So, Antonsen 2009, Exact results for the Kuramoto model with a bimodal frequency distribution; Penrose 1960 (the count); Chiba, Medvedev 2019 (zeta).
 * *Example*: `const two = mixedFrequencies([-2, 2].map((w) => ({ share: 0.5, frequencies: lorentzianFrequencies(0.5, w) })));
 * const { value, frequencies } = incoherenceEigenvalues(two, { coupling: 4 });
 * [value[0], frequencies[0]] // [0.50000, 1.73205]`
 */
export function incoherenceEigenvalues(
  density: FrequencyDensity,
  options: IncoherenceEigenvaluesOptions,
): IncoherenceEigenvalues {
  checkIncoherence("incoherenceEigenvalues", options);
  const { coupling, noise = 0, eigenvalue = 1 } = options;
  const zeta = asComplex(eigenvalue);
  const strength = scaled(zeta, 0.5 * coupling);
  const base = {
    unit: "1/time",
    method: `roots of the dispersion relation, counted by the argument principle, ${density.name} frequencies, zeta = ${show(zeta)}`,
    sources: ["Strogatz, Mirollo 1991", "Martens, Barreto, Strogatz, Ott, So, Antonsen 2009", "Chiba, Medvedev 2019"],
    cost: {},
  };
  const none = new Float64Array();
  const failed = (explanation: string): IncoherenceEigenvalues => ({
    ...base,
    value: none,
    error: none,
    frequencies: none,
    status: "not-converged",
    explanation,
  });
  if (modulus(strength) === 0) return { ...base, value: none, error: none, frequencies: none, status: "ok" };
  const target = over(complex(1), strength);
  const curve = resonanceCurve(density, 0, target, modulus(strength));
  const count = windings(curve, target);
  if (Number.isNaN(count))
    return failed(
      "an eigenvalue lies on the line of the continuous spectrum as nearly as the integrals tell, so that the coupling is a critical one, or the density changes where no place of it is named",
    );
  const starts = curve.filter(({ q }) => Number.isFinite(q)).map(({ q, value }) => ({ q, gap: modulus(minus(value, target)) }));
  const found: Root[] = [];
  let tries = 0;
  for (const s of guesses(starts, density.places, strength)) {
    if (found.length === count) break;
    // Next to a root that is known another is not looked for first.
    if (tries++ < 60 && found.some(({ at }) => modulus(minus(s, at)) < 2 * s.re)) continue;
    const root = newton(density, target, s, found);
    if (root) found.push(root);
  }
  if (found.length < count) return failed(`${count} eigenvalues were counted and ${found.length} found`);
  const errors = found.map((root, i) =>
    errorOf(
      root,
      found.filter((_, j) => j !== i),
    ),
  );
  // Of a pair whose real parts differ by rounding the one above comes first.
  const equal = 1e-12 * (modulus(strength) + noise);
  const rank = found
    .map((_, i) => i)
    .sort((a, b) =>
      Math.abs(found[a]!.at.re - found[b]!.at.re) > equal ? found[b]!.at.re - found[a]!.at.re : found[b]!.at.im - found[a]!.at.im,
    );
  return {
    ...base,
    value: Float64Array.from(rank, (i) => found[i]!.at.re - noise),
    error: Float64Array.from(rank, (i) => errors[i]! + 4e-16 * (modulus(found[i]!.at) + noise + Math.abs(density.center))),
    frequencies: Float64Array.from(rank, (i) => found[i]!.at.im + density.center),
    status: "ok",
  };
}

const show = ({ re, im }: Complex): string => (im === 0 ? `${re}` : `${re} ${im < 0 ? "-" : "+"} ${Math.abs(im)} i`);

interface Root {
  readonly at: Complex;
  /** I'(s) there, and how far I may be off. */
  readonly slope: Complex;
  readonly error: number;
}

/** Where searches start: before the places where the curve is nearest and where the density changes, where all peaks together would have their root, and all over the half-plane of possible ones. */
function* guesses(
  curve: readonly { q: number; gap: number }[],
  places: readonly number[],
  strength: Complex,
): Generator<Complex> {
  const width = places.at(-1)! - places[0]!;
  const size = modulus(strength);
  const nearest = curve.filter(
    ({ gap }, i) => i > 0 && i + 1 < curve.length && gap <= curve[i - 1]!.gap && gap < curve[i + 1]!.gap,
  );
  nearest.sort((a, b) => a.gap - b.gap);
  const likely = [...nearest.map(({ q }) => q), ...places];
  for (const share of [0.3, 0.03, 1e-3]) for (const q of likely) yield complex(share * Math.min(size, width), q);
  yield complex(Math.max(strength.re, 0.1 * size), strength.im);
  // A root has Re s < |K zeta| / 2.
  for (let round = 4; round <= 16; round *= 2)
    for (let i = 0; i < round; i++)
      for (const { q } of curve.filter((_, j) => j % Math.ceil(curve.length / (2 * round)) === 0))
        yield complex(size * ((i + 0.5) / round) * ((i + 0.5) / round), q);
}

/** Newton's iteration on 1 / I(s) - 1 / c, straight for a Lorentzian peak, with the roots found so far divided out; undefined where it leads nowhere. */
function newton(density: FrequencyDensity, target: Complex, start: Complex, found: readonly Root[]): Root | undefined {
  let s = start;
  for (let i = 0; i < 40; i++) {
    const { value, slope, error } = resonance(density, s);
    const gap = minus(value, target);
    // Rounding of s itself moves I by this much.
    const known = error + 4e-16 * modulus(slope) * modulus(s);
    // Where integrals do not settle nothing is a root.
    if (!(known < 1e-6 * modulus(target))) return undefined;
    if (modulus(gap) <= known) return again(s, slope, known, found) ? undefined : { at: s, slope, error: known };
    // With G = 1/I - 1/c: G / G' = (c - I) I / (-I' c), and the roots found take 1 / (s - root) off G' / G.
    let inverse = over(times(slope, target), times(gap, value));
    for (const { at } of found) {
      const apart = minus(s, at);
      if (modulus(apart) === 0) return undefined;
      inverse = minus(inverse, over(complex(1), apart));
    }
    let step = over(complex(-1), inverse);
    if (!Number.isFinite(step.re + step.im)) return undefined;
    // Kept within the half-plane.
    while (s.re + step.re <= 0) step = scaled(step, 0.5 * Math.min(1, s.re / Math.abs(step.re)));
    const next = plus(s, step);
    if (modulus(step) <= 2e-16 * modulus(s)) {
      const off = known + modulus(gap);
      return off > 1e3 * known || again(s, slope, off, found) ? undefined : { at: s, slope, error: off };
    }
    s = next;
  }
  return undefined;
}

/** Whether a root is one of those found, and a simple one: two that meet are as near each other as they are known. */
function again(s: Complex, slope: Complex, error: number, found: readonly Root[]): boolean {
  const off = error / modulus(slope);
  return off < 1e-10 * modulus(s) && found.some(({ at }) => modulus(minus(s, at)) < 1e3 * off);
}

/** How far a root may be off: towards the next root, d away, |I - c| is |I'| r |1 - r / d| at the distance r; where it does not tell the two apart, their distance and as much again. */
function errorOf({ at, slope, error }: Root, others: readonly Root[]): number {
  const d = Math.min(Infinity, ...others.map((o) => modulus(minus(o.at, at))));
  const plain = error / modulus(slope);
  if (d === Infinity) return plain;
  return 4 * plain < d ? (2 * plain) / (1 + Math.sqrt(1 - (4 * plain) / d)) : d + Math.sqrt(d * d + 4 * plain * d);
}
