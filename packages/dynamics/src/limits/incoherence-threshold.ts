import { complex, minus, modulus, over, scaled, times, type Complex } from "../core/complex.js";
import type { Estimate } from "../core/estimate.js";
import type { FrequencyDensity } from "./frequency-density.js";
import { resonance } from "./resonance.js";
import { resonanceCurve, windings, type CurvePoint } from "./resonance-curve.js";

/** Where incoherence ends, and how the mode turns that ends it. */
export interface IncoherenceThreshold extends Estimate {
  /** Im lambda there; away from the center of the density (a Hopf bifurcation) order sets in as a wave, or as two waves against each other. */
  readonly frequency: number;
}

/**
 * The smallest coupling above 0 at which incoherence ends, for any density of frequencies and any eigenvalue of a graph.
 *
 * *Definition*: K_c = 2 / max zeta I(D + i Omega) over all Omega at which zeta I is real and positive, I(s) = int g / (s - i omega) d omega: there an eigenvalue reaches
 * Re lambda = 0, and for weaker couplings, from 0 on, none has.
 * *Arguments*: `noise` D from 0 (0: the limit D -> 0, where eigenvalues come out of the continuous spectrum); `eigenvalue` zeta, also negative or complex.
 * *Returns*: K_c and Omega; of mirrored modes the one with the larger frequency. NaN with "not-converged" and the reason where no coupling above 0 ends incoherence.
 * *Error*: the integral's, and its change over the bracket of Omega. That no eigenvalue is there a thousandth before K_c, and one a thousandth beyond, is checked by the
 * argument principle.
 * *Cost*: some 500 integrals over the density.
 * *Source*: Martens, Barreto, Strogatz, Ott, So, Antonsen 2009; Penrose 1960, Electrostatic instabilities of a uniform non-Maxwellian plasma (the curve); Chiba, Medvedev 2019.
 * *Example*: `const two = mixedFrequencies([-2, 2].map((w) => ({ share: 0.5, frequencies: lorentzianFrequencies(0.5, w) })));
 * incoherenceThreshold(two).value // 2.00000000`
 */
export function incoherenceThreshold(
  density: FrequencyDensity,
  { noise = 0, eigenvalue = 1 }: { readonly noise?: number; readonly eigenvalue?: number | Complex } = {},
): IncoherenceThreshold {
  const zeta = typeof eigenvalue === "number" ? complex(eigenvalue) : eigenvalue;
  if (!Number.isFinite(zeta.re) || !Number.isFinite(zeta.im))
    throw new RangeError(`incoherenceThreshold: eigenvalue ${zeta.re} + ${zeta.im} i given; allowed: finite numbers`);
  if (!(noise >= 0) || !Number.isFinite(noise))
    throw new RangeError(`incoherenceThreshold: noise ${noise} given; allowed: numbers from 0`);
  const base = {
    unit: "coupling",
    method: `2 / (zeta int g / (D + i Omega - i omega)) where that is largest, ${density.name} frequencies`,
    sources: ["Martens, Barreto, Strogatz, Ott, So, Antonsen 2009", "Chiba, Medvedev 2019"],
    cost: {},
  };
  const missing = (explanation: string): IncoherenceThreshold => ({
    ...base,
    value: NaN,
    error: NaN,
    frequency: NaN,
    status: "not-converged",
    explanation,
  });
  if (modulus(zeta) === 0) return missing("the eigenvalue is 0: this mode is not coupled, so no coupling destabilises it");
  const known = new Map<number, CurvePoint>();
  const curve = resonanceCurve(density, noise, complex(0), 0, known);
  const turned = ({ q, value }: CurvePoint): CurvePoint => ({ q, value: times(zeta, value) });
  const at = (q: number): CurvePoint => ({
    q,
    value: times(zeta, resonance(density, complex(noise, q), { slopes: false }).value),
  });
  let best: Crossing | undefined;
  const real = (x: Crossing): number => 0.5 * (x.low.value.re + x.high.value.re);
  const points = curve.filter(({ q }) => Number.isFinite(q)).map(turned);
  for (let i = 0; i + 1 < points.length; i++) {
    const [low, high] = [points[i]!, points[i + 1]!];
    if (Math.sign(low.value.im) === Math.sign(high.value.im) && low.value.im !== 0) continue;
    if (!(Math.max(low.value.re, high.value.re) > 0)) continue;
    const crossing = crossed(low, high, at);
    // Mirrored modes differ by rounding.
    if (real(crossing) > 0 && (!best || real(crossing) > real(best) * (1 - 1e-12))) best = crossing;
  }
  if (!best)
    return missing("no coupling above 0 makes an eigenvalue of this mode reach the axis: incoherence does not end by it");
  const [least, most] = [best.low.value.re, best.high.value.re].sort((a, b) => a - b) as [number, number];
  const share = real(best);
  const value = 2 / share;
  // What an error of the imaginary part, and rounding of the places, move along the curve.
  const { places } = density;
  const step = 1e-6 * Math.min(...places.slice(1).map((b, i) => b - places[i]!));
  const [before, after] = [at(best.low.q - step).value, at(best.low.q + step).value];
  const rounding = 4e-16 * Math.max(Math.abs(best.low.q), ...places.map(Math.abs));
  const slack =
    modulus(zeta) * resonance(density, complex(noise, best.low.q), { slopes: false }).error +
    (rounding * modulus(minus(after, before))) / (2 * step);
  const lean = Math.abs((after.re - before.re) / (after.im - before.im));
  const error = ((most - least + slack * (1 + (Number.isFinite(lean) ? lean : 0))) / share + 4e-16) * value;
  for (const [k, there] of [
    [0.999, false],
    [1.001, true],
  ] as const) {
    const target = over(complex(1), scaled(zeta, 0.5 * k * value));
    const count = windings(resonanceCurve(density, noise, target, modulus(zeta) * value, known), target);
    if (there ? !(count > 0) : count !== 0)
      return missing(
        `${Number.isNaN(count) ? "an unknown number of" : count} eigenvalues were counted ${there ? "beyond" : "before"} K = ${value}; name the places where the density changes`,
      );
  }
  return { ...base, value, error, frequency: best.low.q + density.center, status: "ok" };
}

interface Crossing {
  readonly low: CurvePoint;
  readonly high: CurvePoint;
}

/** Where the curve crosses the real axis between two points, to the last bits: secants that halve the weight of an end that stays, and a halving whenever they are slow. */
function crossed(low: CurvePoint, high: CurvePoint, at: (q: number) => CurvePoint): Crossing {
  let [a, b, fa, fb] = [low, high, low.value.im, high.value.im];
  for (let i = 0; fa !== 0; i++) {
    const secant = a.q + (b.q - a.q) * (fa / (fa - fb));
    const middle = a.q + 0.5 * (b.q - a.q);
    const q = i % 4 !== 3 && secant > a.q && secant < b.q ? secant : middle;
    if (!(q > a.q && q < b.q)) break;
    const m = at(q);
    const f = m.value.im;
    if (f === 0) return { low: m, high: m };
    if (Math.sign(f) === Math.sign(fa)) [a, fa, fb] = [m, f, 0.5 * fb];
    else [b, fb, fa] = [m, f, 0.5 * fa];
  }
  return fa === 0 ? { low: a, high: a } : { low: a, high: b };
}
