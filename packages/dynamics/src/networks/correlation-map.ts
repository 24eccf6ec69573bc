import type { Status } from "../core/status.js";
import type { GaussianAverages, Resolution } from "./gaussian-averages.js";
import type { Disorder } from "./length-map.js";

/** Where the correlation of two signals of one length goes. */
export interface CorrelationFixedPoint {
  /** "ok", or "not-converged" when every correlation is kept. */
  readonly status: Status;
  readonly c: number;
  /** Derivative of the map at c. */
  readonly slope: number;
  readonly explanation?: string;
}

/** A slope at c = 1 that is above 1 by less than this is taken for 1. */
const MARGIN = 1e-9;

/** C(c) = (sigma_w^2 E phi(u) phi(v) + sigma_b^2) / (sigma_w^2 E phi(u)^2 + sigma_b^2) for sums of variance q, and its derivative. */
export function correlationMap(
  averages: GaussianAverages,
  { weightVariance, biasVariance }: Disorder,
  q: number,
  resolution: Resolution = "fine",
) {
  const whole = weightVariance * averages.single(q, resolution).product + biasVariance;
  return (c: number): { readonly value: number; readonly slope: number } => {
    const { product, slopes } = averages.pair(q, c, resolution);
    return { value: (weightVariance * product + biasVariance) / whole, slope: (q * weightVariance * slopes) / whole };
  };
}

/**
 * The correlation in [0, 1] that attracts all starts from 0 up to, but not including, 1.
 *
 * *Why one exists*: C is a power series with coefficients that are not negative (Mehler's formula), so on [0, 1] it is increasing and convex,
 * C(0) >= 0 and C(1) = 1. If C'(1) <= 1 the only fixed point is 1. Otherwise there is exactly one below 1, and it is stable; Newton's method
 * from 0 climbs to it without passing it.
 */
export function correlationFixedPoint(
  averages: GaussianAverages,
  disorder: Disorder,
  q: number,
  resolution: Resolution = "fine",
): CorrelationFixedPoint {
  const map = correlationMap(averages, disorder, q, resolution);
  const half = map(0.5);
  if (Math.abs(half.value - 0.5) < 1e-12 && Math.abs(half.slope - 1) < 1e-12)
    return {
      status: "not-converged",
      c: NaN,
      slope: NaN,
      explanation: "every correlation is kept: at this length the layers act like linear maps",
    };
  const { slope: chi } = map(1);
  if (!Number.isFinite(chi))
    return { status: "not-converged", c: NaN, slope: NaN, explanation: "nothing is left of the signal to be correlated" };
  if (!(chi > 1 + (resolution === "draft" ? 1e-6 : MARGIN))) return { status: "ok", c: 1, slope: chi };
  let c = 0;
  for (let round = 0; round < 200; round++) {
    const { value, slope } = map(c);
    const step = (value - c) / (1 - slope);
    // The climb ends where rounding hides what is left of it.
    if (!(value - c > 4e-16) || (resolution === "draft" && step < 1e-7)) break;
    c = Math.min(c + step, 1);
  }
  return { status: "ok", c, slope: map(c).slope };
}
