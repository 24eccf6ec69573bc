/**
 * A linear map R^dim -> R^dim known by its products with blocks of vectors.
 *
 * *Arguments*: `apply(block, out, m)` reads m vectors of length dim from `block`, one after the other, and writes their images to `out`
 * in the same way; the two arrays must not overlap. `symmetric` is a promise: the solvers that need it refuse an operator without it.
 * `blockSize`: the number of vectors that one call handles best, if the operator has a preference.
 */
export interface LinearOperator {
  readonly dim: number;
  readonly symmetric: boolean;
  readonly blockSize?: number;
  apply(block: Float64Array, out: Float64Array, m: number): void;
}

/**
 * Many linear maps R^dim -> R^dim side by side, one for each row.
 *
 * *Arguments*: `apply(block, out)` reads one vector for each map (count x dim) and writes each map's image of its own vector.
 */
export interface LinearOperators {
  readonly count: number;
  readonly dim: number;
  readonly symmetric: boolean;
  apply(block: Float64Array, out: Float64Array): void;
}

/**
 * A dense matrix as an operator.
 *
 * *Arguments*: `matrix`: dim x dim numbers row by row, or an array of rows.
 * *Returns*: an operator; `symmetric` says whether the matrix equals its transpose exactly.
 * *Error*: throws when the entries are not a square. *Cost*: 2 dim^2 operations a vector.
 * *Example*: `dense([[2, 1], [1, 2]]).symmetric // true`
 */
export function dense(matrix: Float64Array | readonly ArrayLike<number>[]): LinearOperator {
  const entries = matrix instanceof Float64Array ? matrix : Float64Array.from(matrix.flatMap((row) => Array.from(row)));
  const dim = matrix instanceof Float64Array ? Math.round(Math.sqrt(matrix.length)) : matrix.length;
  if (dim * dim !== entries.length || dim === 0) {
    throw new RangeError(`dense: ${entries.length} entries given, which is not a square matrix; give dim rows of dim numbers`);
  }
  let symmetric = true;
  for (let i = 0; i < dim; i++) for (let j = 0; j < i; j++) if (entries[i * dim + j] !== entries[j * dim + i]) symmetric = false;
  return {
    dim,
    symmetric,
    apply(block, out, m) {
      for (let r = 0; r < m; r++) {
        for (let i = 0; i < dim; i++) {
          let s = 0;
          for (let j = 0; j < dim; j++) s += entries[i * dim + j]! * block[r * dim + j]!;
          out[r * dim + i] = s;
        }
      }
    },
  };
}

/**
 * An operator seen through a positive diagonal: P^(-1/2) A P^(-1/2), which has the eigenvalues of P^-1 A.
 *
 * *Arguments*: `p`: the diagonal of P, positive numbers.
 * *Error*: symmetric as A is; one rounding error for each factor. NaN where an entry of p is not positive.
 * *Cost*: a product of A and two passes over the vectors.
 * *Example*: `toDense(preconditioned(dense([[4, 2], [2, 9]]), [4, 9])) // [1.0000, 0.3333, 0.3333, 1.0000]`
 */
export function preconditioned(a: LinearOperator, p: ArrayLike<number>): LinearOperator {
  if (p.length !== a.dim) throw new RangeError(`preconditioned: ${p.length} numbers given for an operator of dimension ${a.dim}`);
  const root = Float64Array.from(p, (x) => (x > 0 ? 1 / Math.sqrt(x) : NaN));
  return {
    ...a,
    apply(block, out, m) {
      const scaled = block.slice(0, m * a.dim);
      for (let i = 0; i < scaled.length; i++) scaled[i]! *= root[i % a.dim]!;
      a.apply(scaled, out, m);
      for (let i = 0; i < scaled.length; i++) out[i]! *= root[i % a.dim]!;
    },
  };
}

/**
 * The matrix of an operator, row by row: dim products. For tests and for small operators.
 * *Example*: `toDense(dense([[1, 2], [3, 4]])) // [1, 2, 3, 4]`
 */
export function toDense(operator: LinearOperator): Float64Array {
  const { dim } = operator;
  const identity = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) identity[i * dim + i] = 1;
  const images = new Float64Array(dim * dim);
  operator.apply(identity, images, dim);
  const matrix = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) matrix[j * dim + i] = images[i * dim + j]!;
  return matrix;
}
