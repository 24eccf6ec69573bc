import { scalarMath } from "#engine";
import { fullMatrix, type CouplingMatrix } from "./coupling-matrix.js";
import type { CirculantMeasure } from "./digraph-measure.js";
import { nodeCount } from "./digraph.js";

/**
 * Infinitely many units on a circle, by their values at n places: the operator of a circulant measure on trigonometric polynomials.
 *
 * *Definition*: (A f)(x) = int f(x + d) d eta(d) multiplies e^(2 pi i k x) by the symbol at k. On n places (j + 1/2) / n, n odd, every trigonometric
 * polynomial of degree up to (n - 1) / 2 is mapped exactly, wherever the atoms of eta lie.
 * *Arguments*: `n` odd, from 3.
 * *Returns*: a matrix for `coupledUnits`: mix(x) is A x, without a division by n to think of.
 * *Error*: rounding for what is interaction sent by units that vary slowly; solutions of finite steepness converge faster than any power of n.
 * *Cost*: n^2 a field; n values of the symbol.
 * *Source*: Gkogkas, Kuehn 2022, Graphop mean-field limits for Kuramoto-type models (the operator by its Fourier coefficients).
 * *Example*: `spectralCoupling(circulantMeasure({ atoms: [{ shift: 0.1, weight: 2 }] }), 5).nodes // 5`
 */
export function spectralCoupling(measure: CirculantMeasure, n: number): CouplingMatrix {
  nodeCount("spectralCoupling", n, 3);
  if (n % 2 === 0) throw new RangeError(`spectralCoupling: ${n} places given; allowed: odd numbers, whose waves come in pairs`);
  const most = (n - 1) / 2;
  const waves = Array.from({ length: most + 1 }, (_, k) => measure.symbol(k));
  // f(x_j) -> sum over j of row(j - i) f(x_j), with row(m) = (1/n) sum_k symbol(k) e^(-2 pi i k m / n); the division by n is that of `mix`.
  const row = Float64Array.from({ length: n }, (_, m) => {
    let s = waves[0]![0];
    for (let k = 1; k <= most; k++) {
      const angle = (2 * Math.PI * ((k * m) % n)) / n;
      s += 2 * (waves[k]![0] * scalarMath.cos(angle) + waves[k]![1] * scalarMath.sin(angle));
    }
    return s;
  });
  const matrix = Float64Array.from({ length: n * n }, (_, e) => row[((e % n) - Math.floor(e / n) + n) % n]!);
  return fullMatrix(matrix, `${measure.name} on ${n} places`);
}
