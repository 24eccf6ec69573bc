export interface SgdInput {
  readonly matrix: readonly (readonly number[])[];
  readonly most: number;
  readonly columns: number;
  readonly steps: number;
  readonly seed: number;
}

export interface SgdThresholds {
  readonly kind: "thresholds";
  readonly batchSizes: readonly number[];
  readonly stepSizes: Float64Array;
  readonly meanSquare: readonly number[];
  readonly wuMaE: readonly number[];
  readonly gradientDescent: number;
  /** Exponent of gradient descent, exact, at each step size. */
  readonly mu: Float64Array;
  /** Inputs of a linear network whose samples have this Gram matrix; undefined where there is none. */
  readonly samples: readonly (readonly number[])[] | undefined;
}

export interface SgdCells {
  readonly kind: "cells";
  readonly batch: number;
  readonly index: Int32Array;
  readonly exponents: Float64Array;
  readonly errors: Float64Array;
  readonly signs: Int8Array;
  readonly done: number;
}

export interface SgdDone {
  /** Where the exponent passes 0, one a batch size, with an interval. */
  readonly stochastic: readonly { readonly value: number; readonly interval: readonly [number, number] }[];
}
