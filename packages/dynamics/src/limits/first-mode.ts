import { complex, modulus, times, type Complex } from "../core/complex.js";
import type { FrequencyDensity } from "./frequency-density.js";
import { incoherenceThreshold, type IncoherenceThreshold } from "./incoherence-threshold.js";
import { resonanceCurve, type CurvePoint } from "./resonance-curve.js";

/** The mode of a graph whose incoherence ends first. */
export interface FirstMode {
  readonly threshold: IncoherenceThreshold;
  readonly eigenvalue: Complex;
}

/**
 * Which of a graph's modes ends incoherence at the weakest coupling above 0.
 *
 * *Definition*: the least `incoherenceThreshold` over the eigenvalues zeta. A real zeta need not come first, however large: of even frequencies a mode with a complex one
 * turns at the edge of the density, where next to nothing damps it, K_c = (4 gamma / pi) cos(arg zeta) / |zeta|.
 * *Returns*: the threshold and its zeta; undefined where no eigenvalue is other than 0.
 * *Error*: thresholds come from one curve I(D + i Omega) by straight pieces, and those within a tenth of the least are then solved each: 8 at most.
 * *Cost*: that of `incoherenceThreshold`, up to 9 times.
 * *Source*: Chiba, Medvedev 2019, The mean field analysis of the Kuramoto model on graphs I.
 */
export function firstMode(density: FrequencyDensity, noise: number, eigenvalues: readonly Complex[]): FirstMode | undefined {
  const curve = resonanceCurve(density, noise, complex(0), 0);
  const size = Math.max(0, ...eigenvalues.map(modulus));
  // Zeros of a matrix come out as rounding.
  const present = eigenvalues.filter((z) => modulus(z) > 1e-9 * size);
  if (present.length === 0) return undefined;
  const rough = present.map((zeta) => ({ zeta, pull: strongest(curve, zeta) })).sort((a, b) => b.pull - a.pull);
  // Where none crosses the axis, one says so for all.
  const near = rough[0]!.pull > 0 ? rough.filter(({ pull }) => pull > 0.9 * rough[0]!.pull) : rough.slice(0, 1);
  const told: Complex[] = [];
  for (const { zeta } of near)
    if (told.length < 8 && !told.some((o) => modulus(complex(o.re - zeta.re, o.im - zeta.im)) < 1e-9 * size)) told.push(zeta);
  const found = told.map((eigenvalue) => ({ eigenvalue, threshold: incoherenceThreshold(density, { noise, eigenvalue }) }));
  return found.reduce((a, b) => (b.threshold.value < a.threshold.value || Number.isNaN(a.threshold.value) ? b : a));
}

/** The largest real part with which zeta I crosses the positive axis, by straight pieces of the curve; 0 where it does not. */
function strongest(curve: readonly CurvePoint[], zeta: Complex): number {
  let most = 0;
  for (let i = 0; i + 1 < curve.length; i++) {
    const [a, b] = [times(zeta, curve[i]!.value), times(zeta, curve[i + 1]!.value)];
    if (a.im !== b.im && a.im <= 0 !== b.im <= 0) most = Math.max(most, a.re + (b.re - a.re) * (a.im / (a.im - b.im)));
    else if (a.im === 0) most = Math.max(most, a.re);
  }
  return most;
}
