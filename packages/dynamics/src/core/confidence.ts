import { scalarMath } from "#engine";
import { normalQuantile } from "./normal-distribution.js";

// Lanczos 1964, with the coefficients for g = 7, n = 9 (Godfrey): relative error below 1e-14 for x > 0.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const s = LANCZOS.reduce((a, c, i) => (i === 0 ? c : a + c / (z + i)), 0);
  return 0.5 * scalarMath.log(2 * Math.PI) + (z + 0.5) * scalarMath.log(t) - t + scalarMath.log(s);
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** x^a (1 - x)^b / B(a, b). */
const front = (x: number, a: number, b: number, logB: number): number =>
  scalarMath.exp(a * scalarMath.log(x) + b * scalarMath.log1p(-x) - logB);

/**
 * The regularised incomplete beta function: the distribution function of a Beta(a, b) variable.
 *
 * *Error*: about 1e-13, and the rounding of ln B(a, b), 1e-9 for a of a million. *Source*: Abramowitz, Stegun 1964, 26.5.8 (the continued fraction),
 * summed as Lentz 1976 does.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (!(x < 1)) return 1;
  return continued(x, a, b, front(x, a, b, logBeta(a, b)));
}

function continued(x: number, a: number, b: number, before: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - continued(1 - x, b, a, before);
  const apart = (v: number): number => (Math.abs(v) < 1e-300 ? 1e-300 : v);
  let c = 1;
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let f = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apart(1 + even * d);
    c = apart(1 + even / c);
    f *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apart(1 + odd * d);
    c = apart(1 + odd / c);
    f *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (before * f) / a;
}

/**
 * The x at which a Beta(a, b) variable has distribution function p: by Halley's steps from the mean, by halving where one leaves the interval known to hold it.
 */
function betaQuantile(p: number, a: number, b: number): number {
  const logB = logBeta(a, b);
  let [low, high, x] = [0, 1, a / (a + b)];
  for (let i = 0; i < 200; i++) {
    const before = front(x, a, b, logB);
    const miss = continued(x, a, b, before) - p;
    if (miss === 0) break;
    if (miss < 0) low = x;
    else high = x;
    const newton = (miss * x * (1 - x)) / before;
    const bend = newton * ((a - 1) / x - (b - 1) / (1 - x));
    const next = x - newton / (1 - 0.5 * Math.min(1, bend));
    const inside = next > low && next < high;
    // What such a step leaves is far below rounding.
    const last = Math.abs(newton) < 1e-6 * Math.min(x, 1 - x);
    if (last && !inside) break;
    x = inside ? next : 0.5 * (low + high);
    if (last || x === low || x === high) break;
  }
  return x;
}

/**
 * The half-width, in standard errors, of a confidence interval for a mean.
 *
 * *Definition*: t with P(|T| <= t) = level for Student's T with `freedom` degrees of freedom.
 * *Arguments*: `level` in (0, 1); `freedom` >= 1: the number of batches less one.
 * *Source*: Student 1908, The probable error of a mean.
 * *Example*: `studentQuantile(0.95, 19) // 2.093`
 */
export function studentQuantile(level: number, freedom: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`studentQuantile: level ${level} given; allowed: between 0 and 1`);
  if (!(freedom >= 1)) throw new RangeError(`studentQuantile: ${freedom} degrees of freedom given; allowed: from 1`);
  if (level !== latest.level || freedom !== latest.freedom) {
    const x = betaQuantile(1 - level, 0.5 * freedom, 0.5);
    latest = { level, freedom, quantile: Math.sqrt((freedom * (1 - x)) / x) };
  }
  return latest.quantile;
}

/** What was asked last: whoever measures again and again asks the same. */
let latest = { level: NaN, freedom: NaN, quantile: NaN };

/**
 * A confidence interval for a probability from k successes in n trials.
 *
 * *Returns*: [low, high] that holds the probability with at least the stated level, whatever it is.
 * *Source*: Clopper, Pearson 1934, The use of confidence or fiducial limits illustrated in the case of the binomial.
 * *Example*: `binomialInterval(0, 200, 0.95) // [0, 0.0183]`
 */
export function binomialInterval(k: number, n: number, level: number): [number, number] {
  if (!Number.isInteger(k) || !Number.isInteger(n) || n < 1 || k < 0 || k > n)
    throw new RangeError(`binomialInterval: ${k} of ${n} given; allowed: whole numbers 0 <= k <= n, n >= 1`);
  if (!(level > 0 && level < 1)) throw new RangeError(`binomialInterval: level ${level} given; allowed: between 0 and 1`);
  const tail = 0.5 * (1 - level);
  return [k === 0 ? 0 : betaQuantile(tail, k, n - k + 1), k === n ? 1 : 1 - betaQuantile(tail, n - k, k + 1)];
}

/** Half of the interval of 95 % of a normal law, in standard deviations: 1.96. */
export const NORMAL_95 = normalQuantile(0.975);

/** A share of trials with how sure it is. */
export interface BinomialShare {
  readonly value: number;
  readonly error: number;
  readonly interval: readonly [number, number];
}

/**
 * The share k / n of successes, with an error that is not 0 where all trials end alike.
 *
 * *Returns*: the share, the interval of Clopper and Pearson at the level, and as error the longer of the arms of the interval of level 0.95 in standard
 * errors of a normal law: value ± 1.96 error holds that interval, and so the probability with at least 95 %. For many trials away from 0 and n it
 * is sqrt(p (1 - p) / n), which claims certainty for k = 0 and k = n.
 * *Error*: for trials that are independent.
 * *Source*: Clopper, Pearson 1934; on what sqrt(p (1 - p) / n) misses: Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion.
 * *Example*: `const { value, error, interval } = binomialShare(100, 100); [value, error, interval[0]] // [1, 0.0185, 0.9638]`
 */
export function binomialShare(k: number, n: number, level = 0.95): BinomialShare {
  const interval = binomialInterval(k, n, level);
  const [low, high] = level === 0.95 ? interval : binomialInterval(k, n, 0.95);
  const value = k / n;
  return { value, error: Math.max(high - value, value - low) / NORMAL_95, interval };
}
