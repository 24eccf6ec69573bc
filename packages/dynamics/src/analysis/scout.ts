import type { LinearOperator } from "../core/linear-operator.js";
import { addRow, dot, norm, scaleRow } from "../core/rows.js";

/** Measurements between two looks of the scout, and the stream of its first direction. */
export const SCOUTING = 8;
export const SCOUT_STREAM = 2;

/**
 * The scout: a vector across those followed, moved towards the largest eigenvalue that they leave out. Residuals hear of a direction that overtakes
 * only as far as it is mixed into the followed ones, and where a symmetry keeps it apart (odd data without biases, for instance) that is rounding:
 * the second eigenvalue would stand there as the sharpness for hundreds of steps. A negative eigenvalue several times larger in size can blind the scout.
 *
 * *Arguments*: `vectors`: the k followed, orthonormal, row by row; `largest`: their largest eigenvalue; `from`: the scout as it was.
 * *Returns*: the quotient of the scout, which the largest eigenvalue left out is not below, and the scout after a power step: not finite where
 * nothing is left to look at. *Cost*: one product.
 */
export function scoutAcross(
  operator: LinearOperator,
  { largest, vectors, k }: { readonly largest: number; readonly vectors: Float64Array; readonly k: number },
  from: Float64Array,
): { readonly value: number; readonly scout: Float64Array } {
  const { dim } = operator;
  const across = (v: Float64Array): Float64Array => {
    for (let i = 0; i < k; i++) addRow(v, 0, -dot(v, 0, vectors, i, dim), vectors, i, dim);
    scaleRow(v, 0, 1 / norm(v, 0, dim), dim);
    return v;
  };
  const scout = across(from.slice());
  const image = new Float64Array(dim);
  operator.apply(scout, image, 1);
  const quotient = dot(scout, 0, image, 0, dim);
  // Eigenvalues below 0 are to lose against those above; one that has won by its size is taken out.
  addRow(image, 0, Math.max(Math.abs(largest) / 8, -quotient), scout, 0, dim);
  return { value: quotient, scout: across(image) };
}
