/** Blocks of vectors: m vectors of length dim, one after the other in one array. */

export function dot(a: Float64Array, i: number, b: Float64Array, j: number, dim: number): number {
  let s = 0;
  for (let c = 0, p = i * dim, q = j * dim; c < dim; c++) s += a[p + c]! * b[q + c]!;
  return s;
}

export const norm = (a: Float64Array, i: number, dim: number): number => Math.sqrt(dot(a, i, a, i, dim));

/** a_i += factor * b_j */
export function addRow(a: Float64Array, i: number, factor: number, b: Float64Array, j: number, dim: number): void {
  for (let c = 0, p = i * dim, q = j * dim; c < dim; c++) a[p + c]! += factor * b[q + c]!;
}

export function scaleRow(a: Float64Array, i: number, factor: number, dim: number): void {
  for (let c = 0, p = i * dim; c < dim; c++) a[p + c]! *= factor;
}

/** out_i = sum_j coefficients[i][j] rows_j, for the first `count` rows. */
export function combine(
  coefficients: readonly ArrayLike<number>[],
  rows: Float64Array,
  count: number,
  dim: number,
  out: Float64Array,
): void {
  out.fill(0, 0, coefficients.length * dim);
  coefficients.forEach((row, i) => {
    for (let j = 0; j < count; j++) if (row[j] !== 0) addRow(out, i, row[j]!, rows, j, dim);
  });
}

/**
 * Makes rows `from` to `to` orthonormal to each other and to the rows before them, in place.
 *
 * *Definition*: the QR decomposition of the rows as columns of a matrix, with a positive diagonal of R.
 * *Arguments*: `rows` (to x dim); rows 0 to from - 1 must already be orthonormal (default from = 0); `diagonal`: an array to use for the result.
 * *Returns*: the diagonal of R for rows `from` to `to`: the norm that each row had across the space of those before it. A row that
 * lies in that space to rounding (norm below 1e-14 of what it was) is set to zero and its entry is 0. A row that is not finite, or whose square overflows, becomes NaN with
 * entry NaN.
 * *Error*: orthonormal to a few rounding errors: Gram-Schmidt is done twice, and twice is enough.
 * *Cost*: 4 (to^2 - from^2) dim operations.
 * *Source*: Giraud, Langou, Rozložník, van den Eshof 2005, Rounding error analysis of the classical Gram-Schmidt orthogonalization process.
 * *Example*: `const rows = Float64Array.of(3, 4, 1, 0); [orthonormalize(rows, 2, 2), rows] // [[5, 0.8], [0.6, 0.8, 0.8, -0.6]]`
 */
export function orthonormalize(
  rows: Float64Array,
  to: number,
  dim: number,
  from = 0,
  diagonal: Float64Array = new Float64Array(to - from),
): Float64Array {
  for (let i = from; i < to; i++) {
    const before = norm(rows, i, dim);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) addRow(rows, i, -dot(rows, j, rows, i, dim), rows, j, dim);
    }
    const left = norm(rows, i, dim);
    if (!(before < Infinity)) {
      rows.fill(NaN, i * dim, (i + 1) * dim);
      diagonal[i - from] = NaN;
    } else if (left > 1e-14 * before) {
      scaleRow(rows, i, 1 / left, dim);
      diagonal[i - from] = left;
    } else {
      rows.fill(0, i * dim, (i + 1) * dim);
      diagonal[i - from] = 0;
    }
  }
  return diagonal;
}
