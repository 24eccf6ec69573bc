import { Matrix, SingularValueDecomposition } from "ml-matrix";

/** What a matrix does to an orthonormal basis: |a v_i| = values[i]. */
export interface SingularValues {
  /** n of them, descending; zeros where the matrix has fewer rows than columns. */
  readonly values: Float64Array;
  /** n x n: row i is the right singular vector v_i. */
  readonly vectors: Float64Array;
}

/**
 * The singular values and right singular vectors of a small dense matrix.
 *
 * *Arguments*: `a`: m x n numbers row by row, all finite.
 * *Returns*: a full orthonormal basis of R^n; vectors of value 0 span the null space. Those on the left are had from the transpose.
 * *Error*: a few rounding errors times the largest singular value. Throws if an entry is not finite.
 * *Cost*: about 20 n^3 operations.
 * *Source*: Golub, Reinsch 1970, as ml-matrix implements it with +, *, / and sqrt only.
 * *Example*: `singularValues(Float64Array.of(0, 3, -4, 0), 2, 2).values // [4.000000, 3.000000]`
 */
export function singularValues(a: Float64Array, m: number, n: number): SingularValues {
  a.forEach((x, e) => {
    if (!Number.isFinite(x))
      throw new RangeError(`singularValues: entry (${Math.floor(e / n)}, ${e % n}) is ${x}; every entry must be finite`);
  });
  // Rows of zeros change neither values nor vectors, and give a wide matrix a full basis.
  const tall = new Matrix(Math.max(m, n), n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) tall.set(i, j, a[i * n + j]!);
  const { diagonal, rightSingularVectors: v } = new SingularValueDecomposition(tall, { autoTranspose: false });
  const order = diagonal.map((_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((i, row) => {
    for (let j = 0; j < n; j++) vectors[row * n + j] = v.get(j, i);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

/** The transpose of an m x n matrix. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]!;
  return out;
}
