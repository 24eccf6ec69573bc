/**
 * The Cholesky factor of a symmetric positive definite matrix, in place of it.
 *
 * *Definition*: A = L L^T, L lower triangular with a positive diagonal.
 * *Arguments*: `a`: n x n row by row; only the lower triangle is read, and it becomes L.
 * *Returns*: false, with `a` spoilt, when a pivot is not positive: the matrix is not positive definite to rounding.
 * *Error*: L L^T = A + E with |E| <= n eps |A| (backward stable).
 * *Cost*: n^3 / 3 operations.
 * *Source*: Higham 2002, Accuracy and stability of numerical algorithms, algorithm 10.2 and theorem 10.3.
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = a[i * n + j]!;
      for (let k = 0, p = i * n, q = j * n; k < j; k++) s -= a[p + k]! * a[q + k]!;
      if (i > j) a[i * n + j] = s / a[j * n + j]!;
      else if (s > 0) a[i * n + i] = Math.sqrt(s);
      else return false;
    }
  }
  return true;
}

/** Solves L L^T x = b for the factor of `cholesky`; b becomes x. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let k = 0; k < i; k++) s -= l[i * n + k]! * b[k]!;
    b[i] = s / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] = b[i]! / l[i * n + i]!);
    for (let k = 0; k < i; k++) b[k]! -= l[i * n + k]! * x;
  }
  return b;
}

/** A factorisation A = L L^T of a positive semidefinite matrix, with the rank found on the way. */
export interface PivotedCholesky {
  readonly rank: number;
  /** The rows that were eliminated with, in order: linearly independent, and as many as the rank. */
  readonly pivots: readonly number[];
  /** n x rank, row by row: row i of the matrix belongs to row i of A. */
  readonly rows: Float64Array;
  /** What was left of the largest diagonal entry when the elimination stopped, and the bound below which it counts as zero. */
  readonly left: number;
  readonly tolerance: number;
}

/**
 * The pivoted Cholesky factorisation of a symmetric positive semidefinite matrix.
 *
 * *Definition*: eliminate with the largest remaining diagonal entry until it is at most tolerance = n 2^-52 max a_ii.
 * *Returns*: rank, rows (A = rows rows^T to the tolerance). The rank is a decision about rounding: entries below the tolerance cannot be told
 * from zero in an A that was itself computed with rounding.
 * *Cost*: n rank^2 operations.
 * *Source*: Higham 2002, Accuracy and stability of numerical algorithms, section 10.3 (the tolerance is that of LAPACK's dpstrf).
 */
export function pivotedCholesky(a: Float64Array, n: number): PivotedCholesky {
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  const tolerance = n * 2 ** -52 * diagonal.reduce((m, d) => Math.max(m, d), 0);
  const columns: Float64Array[] = [];
  const pivots: number[] = [];
  let left = 0;
  for (let step = 0; step < n; step++) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if (diagonal[i]! > diagonal[pivot]!) pivot = i;
    left = diagonal[pivot]!;
    if (!(left > tolerance)) break;
    const root = Math.sqrt(left);
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) column[i] = a[i * n + pivot]!;
    for (const c of columns) {
      const f = c[pivot]!;
      if (f !== 0) for (let i = 0; i < n; i++) column[i]! -= f * c[i]!;
    }
    for (let i = 0; i < n; i++) {
      // Rows that were pivots before are zero across: their diagonal is spent.
      column[i] = diagonal[i] === -1 ? 0 : i === pivot ? root : column[i]! / root;
      if (diagonal[i] !== -1) diagonal[i] = Math.max(0, diagonal[i]! - column[i]! * column[i]!);
    }
    diagonal[pivot] = -1;
    columns.push(column);
    pivots.push(pivot);
  }
  const rank = columns.length;
  const rows = new Float64Array(n * rank);
  columns.forEach((c, j) => {
    for (let i = 0; i < n; i++) rows[i * rank + j] = c[i]!;
  });
  return { rank, pivots, rows, left: rank === n ? 0 : left, tolerance };
}
