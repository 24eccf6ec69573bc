/** Rows in one delay, and delays that are shown. */
export const ROWS = 32;
export const DELAYS = 60;

export interface DelayCard {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly components: readonly string[];
  readonly source: string;
}

export interface DelayInput {
  readonly equation: string;
}

/** New parameters: the equation starts again from its constant past. */
export interface DelayOrder {
  readonly parameters: Readonly<Record<string, number>>;
  /** Of the constant past, the first component. */
  readonly past: number;
}

/** A stretch of the solution; the first one of a start has `from` 0. */
export interface DelayNews {
  readonly from: number;
  readonly times: Float64Array;
  /** First component now, and one delay before. */
  readonly now: Float64Array;
  readonly before: Float64Array;
  readonly status: string;
}
