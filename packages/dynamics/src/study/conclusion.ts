import type { Estimate } from "../core/estimate.js";

/** A column of the series of a run. */
export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** A number that a run ends with. */
export interface Answer extends Estimate {
  readonly name: string;
  /** What it is, in words. */
  readonly label: string;
}

/** An estimate as an answer; what else its record holds stays behind. */
export const answerOf = (
  name: string,
  label: string,
  { value, error, unit, status, method, sources, cost, explanation }: Estimate,
): Answer => ({
  name,
  label,
  value,
  error,
  unit,
  status,
  method,
  sources,
  cost,
  ...(explanation === undefined ? {} : { explanation }),
});

/** Numbers in a shape, as NPY files hold them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What a question says at the end of a run. */
export interface Conclusion {
  readonly answers: readonly Answer[];
  /** For a reader who knows the field by hearsay. */
  readonly sentences: readonly string[];
  readonly arrays?: Readonly<Record<string, NamedArray>>;
  /** Facts that a program may want to read. */
  readonly facts?: Readonly<Record<string, string | number | null>>;
  /** Seconds that pieces of work took, by name: for the clock alone. */
  readonly seconds?: Readonly<Record<string, number>>;
}
