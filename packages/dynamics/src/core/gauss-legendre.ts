import { scalarMath } from "#engine";

/** Points and weights of a quadrature rule. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule on [-1, 1]: exact for polynomials of degree 2 n - 1.
 *
 * *Arguments*: `n`: number of nodes, an integer from 1 to 1000.
 * *Error*: a few rounding errors (Newton's method on the Legendre polynomial). *Cost*: about 5 n^2 operations.
 * *Source*: Davis, Rabinowitz 1984, Methods of numerical integration, section 2.7.
 */
export function gaussLegendre(n: number): Quadrature {
  if (!Number.isInteger(n) || n < 1 || n > 1000)
    throw new RangeError(`gaussLegendre: n = ${n} given; allowed: integers from 1 to 1000`);
  const [points, weights] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    let x = -scalarMath.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 6; round++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (before - x * value)) / ((1 - x) * (1 + x));
      x -= value / slope;
    }
    points[i] = x;
    weights[i] = 2 / ((1 - x) * (1 + x) * slope * slope);
  }
  return { points, weights };
}
