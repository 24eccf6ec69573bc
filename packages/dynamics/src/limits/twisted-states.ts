import { boundary } from "../core/bisection.js";
import type { Estimate } from "../core/estimate.js";
import { ringGraphon, type Graphon } from "./graphon.js";

/** A twisted state on a rotation-symmetric graph limit, and how its perturbations grow. */
export interface TwistedState {
  readonly winding: number;
  /** Largest growth rate over all wave numbers m >= 1, at coupling 1; the state is stable where it is negative. */
  readonly growthRate: number;
  /** Wave number of that perturbation; Infinity where the rate is that of ever shorter waves. */
  readonly mode: number;
  readonly stable: boolean;
  /** Whether a bound on the wave numbers not looked at makes the answer certain. */
  readonly certain: boolean;
}

const SOURCES = ["Wiley, Strogatz, Girvan 2006", "Medvedev, Tang 2015"];

/**
 * Whether identical oscillators on a ring can rest in a twisted state, its phases winding q times round the ring.
 *
 * *Definition*: u_q(x) = 2 pi q x under u_t(x) = int w(x - y) sin(u(y) - u(x)) dy. A perturbation of wave number m grows at the rate
 * (w^(q + m) + w^(q - m)) / 2 - w^(q), with w^ the Fourier coefficients of w. Stable iff all are negative.
 * *Arguments*: `kernel`: a graphon with a `symbol`; `winding` q, an integer; `modes`: wave numbers looked at, default 4 |q| + 4000.
 * *Returns*: see `TwistedState`. For m beyond those looked at the rate differs from -w^(q) by at most the bound on the coefficients.
 * *Error*: a few rounding errors. *Cost*: one coefficient a wave number.
 * *Source*: Wiley, Strogatz, Girvan 2006, The size of the sync basin; Medvedev, Tang 2015, Stability of twisted states in the Kuramoto model on Cayley and random graphs.
 * *Example*: `[twistedState(ringGraphon(0.33), 1).stable, twistedState(ringGraphon(0.35), 1).stable] // [true, false]`
 */
export function twistedState(kernel: Graphon, winding: number, modes = 4 * Math.abs(winding) + 4000): TwistedState {
  const { symbol, symbolBound, name } = kernel;
  if (!symbol || symbolBound === undefined)
    throw new TypeError(
      `twistedState: the graphon ${name} has no symbol; give one that is rotation symmetric, with symbol and symbolBound`,
    );
  if (!Number.isInteger(winding)) throw new RangeError(`twistedState: winding ${winding} given; allowed: integers`);
  if (!Number.isInteger(modes) || modes <= Math.abs(winding))
    throw new RangeError(`twistedState: modes ${modes} given; allowed: integers above |winding| = ${Math.abs(winding)}`);
  const q = Math.abs(winding);
  const coefficients = Float64Array.from({ length: modes + q + 1 }, (_, k) => symbol(k));
  const own = coefficients[q]!;
  let [growthRate, mode] = [-Infinity, 0];
  for (let m = 1; m <= modes; m++) {
    const rate = 0.5 * (coefficients[q + m]! + coefficients[Math.abs(q - m)]!) - own;
    if (rate > growthRate) [growthRate, mode] = [rate, m];
  }
  // The rates of short waves come arbitrarily close to -w^(q).
  if (-own > growthRate) [growthRate, mode] = [-own, Infinity];
  const rest = symbolBound / (modes + 1 - q) - own;
  return { winding, growthRate, mode, stable: growthRate < 0, certain: growthRate >= 0 || rest < 0 };
}

/**
 * The half-width of the coupling up to which a twisted state on a ring is stable.
 *
 * *Definition*: the first h at which `twistedState(ringGraphon(h), q)` stops being stable as h grows from 0.
 * *Arguments*: `winding` q from 1; `scan`: half-widths tried on (0, 1/(2 q)], evenly, default 512: two changes closer than that would be missed.
 * *Returns*: h_c, in units of the ring's length. The full width 2 h_c is what some authors give.
 * *Error*: a rounding of h times the slope of the growth rate.
 * *Cost*: about 600 growth rates over some 4,000 wave numbers.
 * *Source*: Wiley, Strogatz, Girvan 2006, The size of the sync basin, section IV.
 * *Example*: `twistedCriticalWidth(1).value // 0.34046142`
 */
export function twistedCriticalWidth(winding: number, scan = 512): Estimate {
  if (!Number.isInteger(winding) || winding < 1)
    throw new RangeError(
      `twistedCriticalWidth: winding ${winding} given; allowed: integers from 1 (0 is synchrony, always stable)`,
    );
  if (!Number.isInteger(scan) || scan < 16)
    throw new RangeError(`twistedCriticalWidth: scan ${scan} given; allowed: integers from 16`);
  // Stability ends before 2 h q = 1, where w^(q) itself becomes 0; the first waves decide, so few need be looked at.
  const stable = (h: number): boolean => twistedState(ringGraphon(h), winding, 40 * winding + 400).stable;
  const most = 0.5 / winding;
  let below = 0;
  for (let i = 1; i <= scan; i++) {
    const h = (most * i) / scan;
    if (stable(h)) {
      below = h;
      continue;
    }
    if (below === 0)
      return {
        value: NaN,
        error: NaN,
        ...meta,
        status: "not-converged",
        explanation: `the state is unstable at h = ${h} already; raise scan`,
      };
    const value = boundary(stable, below, h);
    return { value, error: 1e-14, ...meta, status: "ok" };
  }
  return {
    value: NaN,
    error: NaN,
    ...meta,
    status: "not-converged",
    explanation: "no change of stability was found; raise scan",
  };
}

const meta = { unit: "length of the ring", method: "bisection of the largest growth rate", sources: SOURCES, cost: {} } as const;
