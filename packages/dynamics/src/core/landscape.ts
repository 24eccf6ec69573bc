import type { LinearOperator } from "./linear-operator.js";

/**
 * A loss as a function of its parameters, with exact derivatives to third order.
 *
 * *Returns*: `value(w)`: the loss; `gradient(w)`: a fresh array; `hessian(w, blockSize)`: a symmetric operator at a copy of w;
 * `third(w, u, v)`: the gradient by w of <u, H(w) v>, which is the third derivative contracted with u and v, a fresh array.
 */
export interface Landscape {
  readonly dim: number;
  value(w: ArrayLike<number>): number;
  gradient(w: ArrayLike<number>): Float64Array;
  hessian(w: ArrayLike<number>, blockSize?: number): LinearOperator;
  third(w: ArrayLike<number>, u: ArrayLike<number>, v: ArrayLike<number>): Float64Array;
}
