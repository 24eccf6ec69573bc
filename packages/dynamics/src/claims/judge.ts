import type { Comparison } from "./claim.js";

export type Verdict = "agrees" | "disagrees" | "undecided";

/** Standard errors within which a prediction agrees, and beyond which it disagrees. */
const WITHIN = 3;
const BEYOND = 5;

/**
 * What a comparison says about a prediction.
 *
 * *Definition*: with d = |measured - predicted| less the error of the prediction: for a bound e "agrees" where d <= e, else "disagrees"; for a
 * standard error s "agrees" where d <= 3 s, "disagrees" where d > 5 s. "undecided" between, where a number is not finite, and where the bars
 * (e or 3 s) are wider than `resolution`, so that they would agree with anything.
 * *Error*: a right prediction with normal errors disagrees once in 1.7 million comparisons, and agrees in all but 0.3 %.
 * *Example*: `judge({ what: "", predicted: 1, measured: 1.2, error: 0.1, bars: "standard error", resolution: 0.5 }) // "agrees"`
 */
export function judge({ predicted, predictedError = 0, measured, error, bars, resolution }: Comparison): Verdict {
  const distance = Math.abs(measured - predicted) - predictedError;
  const [within, beyond] = bars === "bound" ? [error, error] : [WITHIN * error, BEYOND * error];
  if (!Number.isFinite(distance) || !(within <= resolution)) return "undecided";
  if (distance <= within) return "agrees";
  return distance > beyond ? "disagrees" : "undecided";
}
