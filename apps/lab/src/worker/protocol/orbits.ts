export interface OrbitInput {
  readonly family: string;
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly transient: number;
  readonly steps: number;
  readonly record: number;
  readonly seed: number;
}

/** A set of columns of an orbit diagram; each stands for `width` columns until finer ones come. */
export interface OrbitNews {
  readonly width: number;
  readonly index: Int32Array;
  readonly states: Float64Array;
  readonly record: number;
  readonly periods: Int32Array;
  /** 1 where the orbit has not settled yet. */
  readonly creeping: Uint8Array;
  readonly exponents: Float64Array;
  readonly errors: Float64Array;
  readonly done: number;
}

/** Period doublings that the diagram found, located by their multiplier. */
export interface OrbitDone {
  readonly doublings: readonly { readonly period: number; readonly value: number; readonly error: number }[];
}
