import type { Status } from "./status.js";

/** What a computation consumed, in units that do not depend on the machine. */
export interface Cost {
  /** Steps of the system. */
  readonly steps?: number;
  /** Applications of a linear operator (Hessian-vector products, for instance). */
  readonly products?: number;
}

/**
 * An answer: a number with its error bar and where it comes from.
 *
 * *Definition*: `error` is one standard error for statistical estimates and a bound for deterministic ones; `method` says which.
 * *Returns*: `value` is NaN unless `status` is "ok" (or the value is the best known and `status` says what is missing);
 * `explanation` names where it failed, in which component, and what to try.
 */
export interface Estimate<T = number> {
  readonly value: T;
  readonly error: T;
  readonly unit: string;
  readonly status: Status;
  readonly method: string;
  readonly sources: readonly string[];
  readonly cost: Cost;
  readonly explanation?: string;
}
