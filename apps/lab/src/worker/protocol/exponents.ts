import type { Estimate, KnownExponents } from "#dynamics";

export interface ExponentInput {
  readonly field: string;
}

/** The trajectory whose exponents are wanted. */
export interface ExponentOrder {
  readonly values: readonly number[];
  readonly start: readonly number[];
}

/** The exponents so far. */
export interface ExponentsSoFar {
  readonly kind: "so-far";
  readonly order: ExponentOrder;
  /** Share of the steps that are done. */
  readonly done: number;
  /** Time over which growth was averaged; 0 while the trajectory settles. */
  readonly time: number;
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** The exponents at the end, with what theory says where it is known. */
export interface ExponentsFound {
  readonly kind: "found";
  readonly order: ExponentOrder;
  readonly exponents: Estimate<Float64Array>;
  readonly sum: Estimate;
  readonly known?: KnownExponents;
}
