import type { Gram } from "../core/gram.js";
import { denseSymmetric } from "./dense-symmetric.js";

/** The mean loss's Hessian at an interpolating minimum, across the manifold of minima, in its own eigenvectors. */
export interface GramSpectrum {
  /** Number of directions across the manifold: the rank of the Gram matrix. */
  readonly rank: number;
  /** The nonzero eigenvalues of the Hessian, largest first: those of the Gram matrix divided by the number of samples. */
  readonly hessian: Float64Array;
  /** size x rank: row k is the gradient of residual k in the Hessian's eigenvectors, so that rows^T rows / samples = diag(hessian). */
  readonly rows: Float64Array;
  /** size x rank: the eigenvectors of the Gram matrix as columns. */
  readonly vectors: Float64Array;
}

const known = new WeakMap<Gram, GramSpectrum>();

/**
 * The spectrum of a Gram matrix and the sample gradients in the coordinates that make the Hessian diagonal.
 *
 * *Definition*: matrix = U diag(s) U^T; rows = U diag(sqrt(s)), hessian = s / samples.
 * *Error*: eigenvalues to about size 2^-52 times the largest. Those beyond the rank (see `pivotedCholesky`) are left out.
 * *Cost*: about 9 size^3 operations, once for each Gram.
 * *Example*: `gramSpectrum(gram([[1.5, 0.9], [0.9, 2.5]])).hessian // [1.51478, 0.48522]`
 */
export function gramSpectrum(gram: Gram): GramSpectrum {
  const found = known.get(gram);
  if (found) return found;
  const { size, samples } = gram;
  const { rank } = gram.factor;
  const { values, vectors } = denseSymmetric(gram.matrix, size);
  const rows = new Float64Array(size * rank);
  const columns = new Float64Array(size * rank);
  const hessian = new Float64Array(rank);
  for (let a = 0; a < rank; a++) {
    const at = size - 1 - a;
    const s = Math.max(0, values[at]!);
    hessian[a] = s / samples;
    for (let i = 0; i < size; i++) {
      columns[i * rank + a] = vectors[at * size + i]!;
      rows[i * rank + a] = Math.sqrt(s) * vectors[at * size + i]!;
    }
  }
  const spectrum = { rank, hessian, rows, vectors: columns };
  known.set(gram, spectrum);
  return spectrum;
}
