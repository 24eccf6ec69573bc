import type { Status } from "../core/status.js";
import type { GaussianAverages, Resolution } from "./gaussian-averages.js";

/** The law of the weights and biases of a wide random layer. */
export interface Disorder {
  /** sigma_w^2: inputs times the variance of a weight. */
  readonly weightVariance: number;
  /** sigma_b^2: the variance of a bias. */
  readonly biasVariance: number;
}

/** Where the mean square of the sums goes. */
export interface LengthFixedPoint {
  /** "ok": q is a fixed point (0 when the signal dies out); "diverged": it grows without bound, and q is the length at which that was seen; "not-converged": it goes round without coming to rest. */
  readonly status: Status;
  readonly q: number;
  /** Derivative of the map at q. */
  readonly slope: number;
  readonly explanation?: string;
}

/** Lengths from which on a map that still grows is taken to grow for ever, and down to which one that only shrinks is followed. */
const ENDLESS = 1e12;
const NOTHING = 1e-12;
/** In place of 0: small enough that every activation is its own tangent there, or homogeneous. */
export const TINY = 1e-60;

/** V(q) = sigma_w^2 E phi(sqrt(q) z)^2 + sigma_b^2 and its derivative. */
export function lengthMap(
  averages: GaussianAverages,
  { weightVariance, biasVariance }: Disorder,
  resolution: Resolution = "fine",
) {
  return (q: number): { readonly value: number; readonly slope: number; readonly chi: number } => {
    const { product, growth, slopes } = averages.single(Math.max(q, TINY), resolution);
    return { value: weightVariance * product + biasVariance, slope: weightVariance * growth, chi: weightVariance * slopes };
  };
}

/**
 * The length that the map q -> V(q) leads to from q0: the next fixed point in the direction in which q0 moves.
 *
 * *Method*: lengths are tried by factors of 2 until V(q) - q changes sign, and the root is found by Newton's method kept between two signs.
 */
export function lengthFixedPoint(
  averages: GaussianAverages,
  disorder: Disorder,
  start: number,
  resolution: Resolution = "fine",
): LengthFixedPoint {
  const map = lengthMap(averages, disorder, resolution);
  const excess = (q: number): number => map(q).value - q;
  const begun = map(start);
  const first = begun.value - start;
  if (Math.abs(first) <= 1e-13 * start && Math.abs(begun.slope - 1) < 1e-10)
    return { status: "ok", q: start, slope: begun.slope, explanation: "every length near the start is a fixed point" };
  const up = first > 0;
  const rests = disorder.biasVariance > 0 || map(0).value > 1e-18;
  const most = ENDLESS * Math.max(1, start, disorder.biasVariance);
  let [near, far] = [start, start];
  for (;;) {
    near = far;
    far = up ? 2 * far : 0.5 * far;
    if (up && far > most)
      return {
        status: "diverged",
        q: near,
        slope: map(near).slope,
        explanation: `the mean square of the sums grows without bound (there is no fixed point up to ${most.toExponential(0)}); take a smaller weight variance`,
      };
    if (!up && far < (rests ? 1e-300 : NOTHING))
      return { status: "ok", q: 0, slope: map(0).slope, explanation: "the signal dies out: its length goes to 0" };
    if (excess(far) > 0 !== up) break;
  }
  const q = root(map, Math.min(near, far), Math.max(near, far), resolution === "draft" ? 1e-7 : 4e-16);
  const { slope } = map(q);
  return slope > -1
    ? { status: "ok", q, slope }
    : {
        status: "not-converged",
        q,
        slope,
        explanation: `the length goes round its fixed point ${q.toPrecision(6)}, which is unstable (slope ${slope.toPrecision(4)})`,
      };
}

/** The root of V(q) - q between two lengths of different signs. */
function root(
  map: (q: number) => { readonly value: number; readonly slope: number },
  low: number,
  high: number,
  tolerance: number,
): number {
  const below = map(low).value - low > 0;
  let q = 0.5 * (low + high);
  for (let round = 0; round < 200; round++) {
    const { value, slope } = map(q);
    if (value - q > 0 === below) low = q;
    else high = q;
    const step = (value - q) / (1 - slope);
    const next = q + step;
    const inside = next > low && next < high;
    const last = q;
    q = inside ? next : 0.5 * (low + high);
    if (Math.abs(q - last) <= tolerance * q || high - low <= tolerance * high) break;
  }
  return q;
}
