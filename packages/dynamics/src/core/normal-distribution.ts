import { scalarMath } from "#engine";

/**
 * The distribution function of the standard normal law.
 *
 * *Definition*: Phi(x) = P(Z <= x) = (1 + erf(x / sqrt 2)) / 2.
 * *Error*: about 1e-16, absolute: far in the left tail no digit is left.
 * *Example*: `normalDistribution(1) // 0.8413447461`
 */
export const normalDistribution = (x: number): number => 0.5 + 0.5 * scalarMath.erf(x * Math.SQRT1_2);

/**
 * The density of the standard normal law. *Definition*: exp(-x^2 / 2) / sqrt(2 pi). *Error*: a few roundings.
 * *Example*: `normalDensity(0) // 0.3989422804`
 */
export const normalDensity = (x: number): number => scalarMath.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/**
 * The number below which a standard normal variable lies with a given probability.
 *
 * *Definition*: x with Phi(x) = p, by halving. *Arguments*: `p` in [0, 1]; 0 and 1 give minus and plus infinity.
 * *Error*: 1e-16 / density(x), which is 1e-14 for p in [0.01, 0.99].
 * *Example*: `normalQuantile(0.75) // 0.6744897502`
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile: p = ${p} given; allowed: from 0 to 1`);
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  let [low, high] = [-9, 9];
  for (let i = 0; i < 200; i++) {
    const middle = 0.5 * (low + high);
    if (middle === low || middle === high) break;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
