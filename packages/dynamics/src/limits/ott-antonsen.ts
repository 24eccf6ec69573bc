import { scalarMath } from "#engine";

export interface OttAntonsenOptions {
  /** Delta: half-width of the Lorentzian density of frequencies, >= 0. */
  readonly width: number;
  /** K, any finite number. */
  readonly coupling: number;
  /** r(0) in [0, 1]. */
  readonly initial: number;
}

/** The order parameter of a population with Lorentzian frequencies, in closed form. */
export interface OttAntonsen {
  /** r(t). */
  at(time: number): number;
  /** Its limit for t -> infinity: sqrt(1 - 2 Delta / K) above the critical coupling, 0 below; r(0) where nothing moves. */
  readonly limit: number;
  /** Growth rate K / 2 - Delta of a small r. */
  readonly growthRate: number;
}

/**
 * The order parameter of infinitely many Kuramoto oscillators with Lorentzian frequencies.
 *
 * *Definition*: r' = (K / 2 - Delta) r - (K / 2) r^3. With s = r^2 and c = K - 2 Delta this is s' = c s - K s^2, so
 * s(t) = s_0 e^(ct) / (1 + K s_0 (e^(ct) - 1) / c), and s_0 / (1 + K s_0 t) at c = 0.
 * *Arguments*: see `OttAntonsenOptions`.
 * *Returns*: r as a function of time.
 * *Error*: a few rounding errors; exact for starts on the invariant manifold of Poisson kernels, which attracts all smooth starts.
 * *Source*: Ott, Antonsen 2008, Low dimensional behavior of large systems of globally coupled oscillators, equation (10).
 * *Example*: `ottAntonsen({ width: 1, coupling: 4, initial: 0.1 }).limit // 0.70710678`
 */
export function ottAntonsen({ width, coupling, initial }: OttAntonsenOptions): OttAntonsen {
  if (!(width >= 0) || !Number.isFinite(width)) throw new RangeError(`ottAntonsen: width ${width} given; allowed: from 0`);
  if (!Number.isFinite(coupling)) throw new RangeError(`ottAntonsen: coupling ${coupling} given; allowed: finite numbers`);
  if (!(initial >= 0 && initial <= 1)) throw new RangeError(`ottAntonsen: initial ${initial} given; allowed: r from 0 to 1`);
  const rate = coupling - 2 * width;
  const start = initial * initial;
  const at = (time: number): number => {
    // The exponential of a negative number, whichever way time runs: nothing overflows.
    const x = rate * time;
    const grown = x === 0 ? time : scalarMath.expm1(-Math.abs(x)) / (x > 0 ? -rate : rate);
    const decay = scalarMath.exp(-Math.abs(x));
    const square = x > 0 ? start / (decay + coupling * start * grown) : (start * decay) / (1 + coupling * start * grown);
    return Math.sqrt(square);
  };
  const attracting = initial > 0 && rate > 0 ? Math.sqrt(1 - (2 * width) / coupling) : 0;
  // Delta = 0 and K < 0: r = 1 is a repelling fixed point, at which a start of 1 stays.
  const still = (rate === 0 && coupling === 0) || (width === 0 && initial === 1);
  return { at, limit: still ? initial : attracting, growthRate: 0.5 * rate };
}
