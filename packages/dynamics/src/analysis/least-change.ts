import { dot } from "../core/rows.js";
import { denseSymmetric } from "./dense-symmetric.js";

/** Eigenvalues of X X^T or X^T X below this share of the largest count as 0. */
const RANK = 1e-13;

/**
 * The least-squares solution of X w = y that is nearest to a start.
 *
 * *Definition*: w = w0 + X^+ (y - X w0): where gradient descent on |X w - y|^2 ends from w0, with any batches and any momentum, since every gradient lies
 * in the row space of X. From w0 = 0 it is the solution of least norm.
 * *Arguments*: `rows`: samples x dim, row by row; `targets`: one a sample; `start` (default 0).
 * *Returns*: w of length dim.
 * *Error*: about 2^-52 times the squared condition number of X; directions below 1e-13 of the largest eigenvalue count as none.
 * *Cost*: an eigendecomposition of size min(samples, dim).
 * *Source*: Penrose 1956, On best approximate solutions of linear matrix equations.
 * *Example*: `leastChange({ rows: [1, 1], targets: [2], dim: 2 }) // [1.000000, 1.000000]`
 */
export function leastChange({
  rows,
  targets,
  dim,
  start = new Float64Array(dim),
}: {
  readonly rows: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly dim: number;
  readonly start?: ArrayLike<number>;
}): Float64Array {
  const n = targets.length;
  if (rows.length !== n * dim || start.length !== dim || n === 0)
    throw new RangeError(
      `leastChange: ${rows.length} numbers for ${n} samples in ${dim} dimensions and a start of ${start.length} given; allowed: samples x dim, and dim`,
    );
  const x = Float64Array.from(rows);
  const w = Float64Array.from(start);
  const residuals = Float64Array.from(targets, (y, i) => y - dot(x, i, w, 0, dim));
  const columns = n > dim ? transposed(x, n, dim) : x;
  const [count, length] = n > dim ? [dim, n] : [n, dim];
  const gram = Float64Array.from({ length: count * count }, (_, e) =>
    dot(columns, Math.floor(e / count), columns, e % count, length),
  );
  const { values, vectors } = denseSymmetric(gram, count);
  const least = RANK * values.at(-1)!;
  // z = K^+ r and w += X^T z, or in the other order where there are fewer columns than rows.
  const pseudo = (r: Float64Array): Float64Array => {
    const z = new Float64Array(count);
    values.forEach((value, k) => {
      if (!(value > least)) return;
      const c = dot(vectors, k, r, 0, count) / value;
      for (let i = 0; i < count; i++) z[i]! += c * vectors[k * count + i]!;
    });
    return z;
  };
  const back = (z: Float64Array): Float64Array => {
    const out = new Float64Array(dim);
    for (let i = 0; i < n; i++) for (let j = 0; j < dim; j++) out[j]! += z[i]! * x[i * dim + j]!;
    return out;
  };
  const change = n > dim ? pseudo(back(residuals)) : back(pseudo(residuals));
  return w.map((v, j) => v + change[j]!);
}

function transposed(x: Float64Array, n: number, dim: number): Float64Array {
  return Float64Array.from({ length: n * dim }, (_, e) => x[(e % n) * dim + Math.floor(e / n)]!);
}
