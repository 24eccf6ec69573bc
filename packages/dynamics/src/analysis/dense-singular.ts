import { Matrix, SingularValueDecomposition } from "ml-matrix";

/**
 * The singular values of a small dense matrix, largest first.
 *
 * *Arguments*: `matrix`: rows x columns numbers, row by row.
 * *Returns*: min(rows, columns) values; NaN if an entry is not finite.
 * *Error*: a few rounding errors times the largest one. *Cost*: about 4 rows columns^2 operations for columns <= rows.
 * *Source*: Golub, Reinsch 1970, Singular value decomposition and least squares solutions, as ml-matrix implements it.
 * *Example*: `singularValues(Float64Array.of(0, 2, -3, 0, 0, 0), 3, 2) // [3.000000, 2.000000]`
 */
export function singularValues(matrix: Float64Array, rows: number, columns: number): Float64Array {
  if (matrix.length !== rows * columns || rows < 1 || columns < 1)
    throw new RangeError(`singularValues: ${matrix.length} entries given for ${rows} x ${columns}`);
  const count = Math.min(rows, columns);
  if (!matrix.every(Number.isFinite)) return new Float64Array(count).fill(NaN);
  const m = new Matrix(Array.from({ length: rows }, (_, i) => Array.from(matrix.subarray(i * columns, (i + 1) * columns))));
  const { diagonal } = new SingularValueDecomposition(m, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  return Float64Array.from(diagonal)
    .slice(0, count)
    .sort((a, b) => b - a);
}
