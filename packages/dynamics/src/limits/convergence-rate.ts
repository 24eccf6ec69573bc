import { scalarMath } from "#engine";
import { studentQuantile } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";

/** A power law through measured distances: distance = factor * n^rate. */
export interface ConvergenceRate extends Estimate {
  readonly factor: number;
  /** Holds the rate with 95 % if deviations from the power law are independent and normal. */
  readonly interval: readonly [number, number];
}

/**
 * How fast finite populations approach their limit: the exponent of a power law through measured distances.
 *
 * *Definition*: least squares of log distance over log n.
 * *Arguments*: `sizes` n, `distances` > 0, at least three of each; `errors`: the standard errors of the distances, where they are known.
 * *Returns*: the exponent, -1/2 where chance rules, -1 or lower for deterministic samples.
 * *Error*: one standard error from the scatter about the line, and no less than what `errors` make of it. "not-converged" with NaN where a distance is 0 or not finite.
 * *Example*: `convergenceRate([10, 100, 1000], [0.1, 0.01, 0.001]).value // -1.0000`
 */
export function convergenceRate(
  sizes: ArrayLike<number>,
  distances: ArrayLike<number>,
  errors?: ArrayLike<number>,
): ConvergenceRate {
  const n = sizes.length;
  if (n < 3 || distances.length !== n)
    throw new RangeError(`convergenceRate: ${n} sizes and ${distances.length} distances given; give at least three of each`);
  const wrong = Array.from(sizes).find((s) => !(s > 0) || !Number.isFinite(s));
  if (wrong !== undefined) throw new RangeError(`convergenceRate: the size ${wrong} given; allowed: numbers above 0`);
  const bad = Array.from(distances).findIndex((d) => !(d > 0) || !Number.isFinite(d));
  const base = { unit: "1", method: "least squares in logarithms", sources: [], cost: {} };
  if (bad >= 0)
    return {
      ...base,
      value: NaN,
      error: NaN,
      factor: NaN,
      interval: [NaN, NaN],
      status: "not-converged",
      explanation: `the distance at n = ${sizes[bad]} is ${distances[bad]}: a power law needs positive ones`,
    };
  const x = Float64Array.from(sizes, scalarMath.log);
  const y = Float64Array.from(distances, scalarMath.log);
  const average = (v: Float64Array): number => v.reduce((s, u) => s + u, 0) / n;
  const [mx, my] = [average(x), average(y)];
  const sxx = x.reduce((s, v) => s + (v - mx) * (v - mx), 0);
  if (!(sxx > 0)) throw new RangeError("convergenceRate: all sizes are equal; give different ones");
  const value = x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) / sxx;
  const left = x.reduce((s, v, i) => s + (y[i]! - my - value * (v - mx)) * (y[i]! - my - value * (v - mx)), 0);
  const carried = errors ? x.reduce((s, v, i) => s + (((v - mx) / sxx) * (errors[i]! / distances[i]!)) ** 2, 0) : 0;
  const error = Math.sqrt(Math.max(left / (n - 2) / sxx, carried));
  const half = error * studentQuantile(0.95, n - 2);
  return { ...base, value, error, factor: scalarMath.exp(my - value * mx), interval: [value - half, value + half], status: "ok" };
}
