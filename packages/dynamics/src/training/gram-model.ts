import type { Gram } from "../core/gram.js";
import { mlp } from "../networks/mlp.js";
import { checkInterpolation, type Interpolation } from "./interpolation.js";

/** Entries of J J^T may differ from those wanted by this share of the largest one. */
const TOLERANCE = 1e-9;

/**
 * A linear model y = x w at a minimum through all its data whose gradients have a given Gram matrix.
 *
 * *Definition*: with J J^T = L L^T (pivoted Cholesky) sample i has the inputs L_i and the target 0: the gradient of its output is L_i everywhere, and w = 0 passes
 * through all samples. For a linear model the linearisation of SGD at the minimum is SGD itself.
 * *Arguments*: `gram` with one output a sample. Throws where it has more, where it is zero, or where it is not positive semidefinite, so that it is no J J^T.
 * *Returns*: an Interpolation, for `fate` and whatever else asks of minima; it has as many parameters as the matrix has rank.
 * *Error*: the Gram matrix of the model is that given to 1e-9 of its largest entry, usually to rounding.
 * *Cost*: that of the factorisation.
 * *Source*: Higham 2002, Accuracy and stability of numerical algorithms, section 10.3.
 * *Example*: `const g = gram([[1.5, 0.9], [0.9, 2.5]]); gramModel(g).gram().matrix // [1.5, 0.9, 0.9, 2.5]`
 */
export function gramModel(gram: Gram): Interpolation {
  const { samples, outputs, matrix, curvature, factor } = gram;
  if (outputs !== 1) throw new RangeError(`gramModel: a Gram matrix with ${outputs} outputs a sample given; allowed: 1`);
  const { rank, rows } = factor;
  if (rank === 0) throw new RangeError("gramModel: the Gram matrix is zero: no sample moves the network");
  const largest = matrix.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < rank; k++) product += rows[i * rank + k]! * rows[j * rank + k]!;
      if (!(Math.abs(product - matrix[i * samples + j]!) <= TOLERANCE * largest))
        throw new RangeError(
          `gramModel: the matrix is not positive semidefinite, so it is not J J^T of any network: entry (${i}, ${j}) is ${matrix[i * samples + j]}, where samples as steep as these allow ${product}`,
        );
    }
  }
  const scale = 1 / Math.sqrt(curvature);
  return checkInterpolation(
    mlp({ widths: [rank, 1], bias: false }),
    { samples, inputs: rows.map((v) => scale * v), targets: new Float64Array(samples) },
    new Float64Array(rank),
  );
}
