import { scalarMath } from "#engine";

/** Points and weights: the integral of f is about the sum of weights[i] f(points[i]). */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** A polynomial of the family at x, and the one before it, normalised as the rule needs them. */
type Pair = readonly [last: number, before: number];

/** The roots above or at 0, from the largest down, each by Newton's method from a guess; mirrored to the other side. */
function symmetric(
  n: number,
  guess: (i: number, found: Float64Array) => number,
  at: (x: number) => Pair,
  slope: (x: number, p: Pair) => number,
  weight: (x: number, p: Pair) => number,
): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  const found = new Float64Array(Math.ceil(n / 2));
  for (let i = 0; i < found.length; i++) {
    const middle = n % 2 === 1 && i === found.length - 1;
    let x = middle ? 0 : guess(i, found);
    for (let round = 0; !middle && round < 100; round++) {
      const p = at(x);
      const next = x - p[0] / slope(x, p);
      const done = Math.abs(next - x) <= 1e-15 * Math.abs(x);
      x = next;
      if (done) break;
    }
    found[i] = x;
    points[n - 1 - i] = x;
    points[i] = -x;
    weights[i] = weights[n - 1 - i] = weight(x, at(x));
  }
  if (n % 2 === 1) points[(n - 1) / 2] = 0;
  return { points, weights };
}

const count = (name: string, n: number, most: number): void => {
  if (!Number.isInteger(n) || n < 1 || n > most)
    throw new RangeError(`${name}: ${n} points given; allowed: integers from 1 to ${most}`);
};

/**
 * Averages over a standard normal variable: the rule of Gauss and Hermite, in the normalisation of probability.
 *
 * *Definition*: E f(z) = sum weights[i] f(points[i]), exact for polynomials of degree up to 2 n - 1.
 * *Arguments*: `n` points, 1 to 180.
 * *Returns*: points from the least to the greatest, with positive weights of sum 1.
 * *Error*: points and weights to a few rounding errors. For a function that is analytic in a strip of half-width a about the real axis the
 * error falls like exp(-2 a sqrt(2 n)); for one with a kink only like a power of 1 / n, so integrals are to be split there.
 * *Cost*: about 5 n^2 operations.
 * *Source*: Golub, Welsch 1969, Calculation of Gauss quadrature rules (weights); Stroud, Secrest 1966, Gaussian quadrature formulas, section 2.5
 * (first guesses for Newton's method).
 * *Example*: `const { points, weights } = gaussHermite(3); [points, weights] // [[-1.7321, 0, 1.7321], [0.16667, 0.66667, 0.16667]]`
 */
export function gaussHermite(n: number): Quadrature {
  count("gaussHermite", n, 180);
  // Orthonormal polynomials for exp(-x^2), by their recurrence; z = sqrt(2) x is standard normal.
  const at = (x: number): Pair => {
    let [last, before] = [1, 0];
    for (let j = 0; j < n; j++) [last, before] = [x * Math.sqrt(2 / (j + 1)) * last - Math.sqrt(j / (j + 1)) * before, last];
    return [last, before];
  };
  const guess = (i: number, found: Float64Array): number => {
    const m = 2 * n + 1;
    if (i === 0) return Math.sqrt(m) - 1.85575 * scalarMath.pow(m, -1 / 6);
    if (i === 1) return found[0]! - (1.14 * scalarMath.pow(n, 0.426)) / found[0]!;
    if (i === 2) return 1.86 * found[1]! - 0.86 * found[0]!;
    if (i === 3) return 1.91 * found[2]! - 0.91 * found[1]!;
    return 2 * found[i - 1]! - found[i - 2]!;
  };
  const slope = (_x: number, p: Pair): number => Math.sqrt(2 * n) * p[1];
  const rule = symmetric(n, guess, at, slope, (_x, p) => 1 / (n * p[1] * p[1]));
  return { points: rule.points.map((x) => Math.SQRT2 * x), weights: rule.weights };
}

/**
 * Integrals over [-1, 1]: the rule of Gauss and Legendre.
 *
 * *Definition*: the integral of f is sum weights[i] f(points[i]), exact for polynomials of degree up to 2 n - 1.
 * *Arguments*: `n` points, 1 to 1,000.
 * *Returns*: points from the least to the greatest, with positive weights of sum 2.
 * *Error*: points and weights to a few rounding errors. *Cost*: about 10 n^2 operations.
 * *Source*: Abramowitz, Stegun 1964, 25.4.29; first guesses by 22.16.6.
 * *Example*: `const { points, weights } = gaussLegendre(2); [points, weights] // [[-0.57735, 0.57735], [1.0000, 1.0000]]`
 */
export function gaussLegendre(n: number): Quadrature {
  count("gaussLegendre", n, 1000);
  const at = (x: number): Pair => {
    let [last, before] = [1, 0];
    for (let j = 0; j < n; j++) [last, before] = [((2 * j + 1) * x * last - j * before) / (j + 1), last];
    return [last, before];
  };
  const slope = (x: number, p: Pair): number => (n * (x * p[0] - p[1])) / (x * x - 1);
  const guess = (i: number): number => scalarMath.cos((Math.PI * (i + 0.75)) / (n + 0.5));
  return symmetric(n, guess, at, slope, (x, p) => {
    const s = slope(x, p);
    return 2 / ((1 - x * x) * s * s);
  });
}
