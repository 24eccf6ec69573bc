import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** All eigenvalues of a dense symmetric matrix, ascending, with orthonormal eigenvectors as rows. */
export interface DenseEigenpairs {
  readonly values: Float64Array;
  /** n x n, row i belongs to value i. */
  readonly vectors: Float64Array;
}

/**
 * The eigendecomposition of a small dense symmetric matrix.
 *
 * *Arguments*: `matrix`: n x n numbers row by row; only its symmetric part counts. Throws if an entry is not finite.
 * *Returns*: all n pairs, ascending by value.
 * *Error*: a few rounding errors times the norm of the matrix (Householder tridiagonalisation, implicit QL).
 * *Cost*: about 9 n^3 operations.
 * *Source*: Martin, Reinsch, Wilkinson 1968 (tred2) and Bowdler et al. 1968 (tql2), as ml-matrix implements them with +, *, / and sqrt only.
 * *Example*: `denseSymmetric(Float64Array.of(2, 1, 1, 2), 2).values // [1.000000, 3.000000]`
 */
export function denseSymmetric(matrix: Float64Array, n: number): DenseEigenpairs {
  const m = new Matrix(n, n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const entry = 0.5 * (matrix[i * n + j]! + matrix[j * n + i]!);
      if (!Number.isFinite(entry))
        throw new RangeError(`denseSymmetric: entry (${i}, ${j}) is ${entry}; every entry must be finite`);
      largest = Math.max(largest, Math.abs(entry));
      m.set(i, j, entry);
    }
  }
  // A power of two that takes entries whose squares would be too small or too large for a number to others.
  let unit = 1;
  while (largest > 0 && largest * unit < 1e-100) unit *= 2 ** 300;
  while (largest * unit > 1e100) unit *= 2 ** -300;
  if (unit !== 1) m.mul(unit);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(m, { assumeSymmetric: true });
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[j * n + i] = eigenvectorMatrix.get(i, j);
  return { values: Float64Array.from(realEigenvalues, (v) => v / unit), vectors };
}

/**
 * The spectral radius of a small dense matrix, symmetric or not: the largest modulus of its eigenvalues. NaN if an entry is not finite.
 * *Error*: a few rounding errors times the norm, times the condition of the eigenvalue (Hessenberg form, QR). *Cost*: about 25 n^3 operations.
 * *Example*: `spectralRadius(Float64Array.of(0, -2, 2, 0), 2) // 2.000000`
 */
export function spectralRadius(matrix: Float64Array, n: number): number {
  if (!matrix.every(Number.isFinite)) return NaN;
  const m = new Matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) m.set(i, j, matrix[i * n + j]!);
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(m);
  return realEigenvalues.reduce((r, re, i) => {
    const im = imaginaryEigenvalues[i]!;
    return Math.max(r, Math.sqrt(re * re + im * im));
  }, 0);
}
