import { checkPoints, type Points } from "./classifier.js";
import { denseSymmetric } from "./dense-symmetric.js";

/**
 * The directions in which points spread most.
 *
 * *Definition*: eigenvectors of the covariance matrix (1/N) sum (x - mean)(x - mean)^T, by descending eigenvalue.
 * *Arguments*: the points; `k` directions, at most `dim`.
 * *Returns*: k x dim unit vectors row by row (each with its largest entry positive), and the standard deviation along each.
 * *Error*: a few rounding errors times the norm of the covariance.
 * *Cost*: N dim^2 / 2 operations, and 9 dim^3 for the eigenvectors.
 * *Source*: Pearson 1901, On lines and planes of closest fit.
 * *Example*: `principalDirections({ samples: 3, dim: 2, inputs: [-1, 1, 0, 0, 1, -1] }, 1).deviations // [1.154700538]`
 */
export function principalDirections(
  points: Points,
  k: number,
): { readonly directions: Float64Array; readonly deviations: Float64Array } {
  const { samples, dim, inputs } = points;
  checkPoints("principalDirections", points);
  if (!Number.isInteger(k) || k < 1 || k > dim)
    throw new RangeError(`principalDirections: ${k} directions asked for; allowed: integers from 1 to ${dim}`);
  const mean = new Float64Array(dim);
  for (let i = 0; i < inputs.length; i++) mean[i % dim]! += inputs[i]! / samples;
  const covariance = new Float64Array(dim * dim);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < dim; i++) {
      const a = inputs[s * dim + i]! - mean[i]!;
      for (let j = 0; j <= i; j++) covariance[i * dim + j]! += (a * (inputs[s * dim + j]! - mean[j]!)) / samples;
    }
  }
  for (let i = 0; i < dim; i++) for (let j = 0; j < i; j++) covariance[j * dim + i] = covariance[i * dim + j]!;
  const { values, vectors } = denseSymmetric(covariance, dim);
  const directions = new Float64Array(k * dim);
  const deviations = new Float64Array(k);
  for (let r = 0; r < k; r++) {
    const from = (dim - 1 - r) * dim;
    const vector = vectors.subarray(from, from + dim);
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
    vector.forEach((v, i) => (directions[r * dim + i] = largest < 0 ? -v : v));
    deviations[r] = Math.sqrt(Math.max(0, values[dim - 1 - r]!));
  }
  return { directions, deviations };
}
