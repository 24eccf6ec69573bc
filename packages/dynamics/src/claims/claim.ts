/** A number that theory predicts, beside the same number as this library measures it. */
export interface Comparison {
  /** Which number, where. */
  readonly what: string;
  readonly predicted: number;
  /** A bound on the error of the prediction; default 0, a closed form. */
  readonly predictedError?: number;
  readonly measured: number;
  /** Of what was measured: one standard error, or a bound. */
  readonly error: number;
  readonly bars: "standard error" | "bound";
  /** The widest bars at which the comparison says anything. */
  readonly resolution: number;
}

/** A theorem, and how this library checks it. */
export interface Claim {
  readonly name: string;
  /** Its number among the theorem tests (test/theorems), for instance B3. */
  readonly item: string;
  /** What the theorem says, in a line. */
  readonly description: string;
  /** As estimates name them; `references` has the titles. */
  readonly sources: readonly string[];
  /** Measures. Seeded: the same numbers every time. */
  compare(): readonly Comparison[];
}

/** A measured number that is as exact as rounding: `error` bounds it. */
export const exact = (what: string, predicted: number, measured: number, error: number): Comparison => ({
  what,
  predicted,
  measured,
  error,
  bars: "bound",
  resolution: 1e-6 * Math.max(1, Math.abs(predicted)),
});

/** A measured mean with its standard error. */
export const measuredMean = (
  what: string,
  predicted: number,
  { value, error }: { readonly value: number; readonly error: number },
  resolution: number,
): Comparison => ({ what, predicted, measured: value, error, bars: "standard error", resolution });
