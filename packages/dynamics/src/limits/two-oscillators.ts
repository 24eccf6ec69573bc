import { angle } from "../core/angle.js";

/** What two coupled oscillators do in the long run. */
export interface TwoOscillators {
  readonly locked: boolean;
  /** The stable phase difference in [-pi/2, pi/2] when locked, NaN otherwise. */
  readonly phase: number;
  /** Time in which the phase difference goes round once when drifting, Infinity when locked. */
  readonly period: number;
  /** Mean speed of the phase difference, with its sign; 0 when locked. */
  readonly beat: number;
}

/**
 * Two oscillators that pull each other: locked or drifting.
 *
 * *Definition*: phi' = delta - K sin phi for the phase difference phi. Locked iff |delta| <= |K|, at sin phi = delta / K with K cos phi > 0
 * stable; otherwise phi goes round with period 2 pi / sqrt(delta^2 - K^2). The two meet in a saddle-node on a circle: the period diverges
 * like (delta - K)^(-1/2).
 * *Arguments*: `detuning` delta: difference of the natural frequencies; `coupling` K, of either sign: for K < 0 the stable difference lies
 * near pi, and `phase` is then in [pi/2, 3 pi/2].
 * *Error*: a few rounding errors. At detuning = coupling = 0 every difference rests; `phase` is then NaN and `locked` true.
 * *Source*: Adler 1946, A study of locking phenomena in oscillators.
 * *Example*: `twoOscillators({ detuning: 5, coupling: 3 }).period // 1.5707963268`
 */
export function twoOscillators({ detuning, coupling }: { detuning: number; coupling: number }): TwoOscillators {
  if (!Number.isFinite(detuning) || !Number.isFinite(coupling))
    throw new RangeError(`twoOscillators: detuning ${detuning}, coupling ${coupling} given; allowed: finite numbers`);
  const gap = (Math.abs(detuning) - Math.abs(coupling)) * (Math.abs(detuning) + Math.abs(coupling));
  if (gap > 0) {
    const beat = Math.sign(detuning) * Math.sqrt(gap);
    return { locked: false, phase: NaN, period: (2 * Math.PI) / Math.sqrt(gap), beat };
  }
  if (coupling === 0) return { locked: true, phase: NaN, period: Infinity, beat: 0 };
  const cosine = (Math.sign(coupling) * Math.sqrt(-gap)) / Math.abs(coupling);
  const phase = angle(detuning / coupling, cosine);
  return { locked: true, phase: phase < -0.5 * Math.PI ? phase + 2 * Math.PI : phase, period: Infinity, beat: 0 };
}
