import { EigenvalueDecomposition, LuDecomposition, Matrix } from "ml-matrix";

const matrix = (a: Float64Array, n: number): Matrix =>
  new Matrix(Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, (i + 1) * n))));

/**
 * The eigenvalues of a small dense matrix, largest modulus first, as [real, imaginary].
 *
 * *Error*: a few rounding errors times the norm, divided by the condition of the eigenvalue; NaN where an entry is not finite.
 * *Cost*: about 10 n^3 operations (Hessenberg form, shifted QR), as ml-matrix implements them.
 */
export function eigenvalues(a: Float64Array, n: number): (readonly [number, number])[] {
  if (n === 1) return [[a[0]!, 0]];
  if (!a.every(Number.isFinite)) return Array.from({ length: n }, () => [NaN, NaN] as const);
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(matrix(a, n));
  return re.map((x, i) => [x, im[i]!] as const).sort((x, y) => y[0] * y[0] + y[1] * y[1] - x[0] * x[0] - x[1] * x[1]);
}

/** The solution of a x = b for a small dense matrix, by elimination with pivots; NaN where the matrix is singular. */
export function solve(a: Float64Array, b: ArrayLike<number>, n: number): Float64Array {
  if (!a.every(Number.isFinite)) return new Float64Array(n).fill(NaN);
  const lu = new LuDecomposition(matrix(a, n));
  if (lu.isSingular()) return new Float64Array(n).fill(NaN);
  return Float64Array.from(lu.solve(Matrix.columnVector(Array.from(b))).to1DArray());
}

/** The determinant of a small dense matrix. */
export function determinant(a: Float64Array, n: number): number {
  return new LuDecomposition(matrix(a, n)).determinant;
}
