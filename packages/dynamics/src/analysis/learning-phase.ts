import type { Estimate } from "../core/estimate.js";

/** How steeply the hidden layers of a network rank samples by class, first to last. */
export interface LayerSlopes {
  readonly slopes: readonly number[];
  /** Standard errors; those of different layers are taken to be independent. */
  readonly errors: readonly number[];
}

/** Which layers sort the samples. */
export interface LearningPhase extends Estimate {
  /**
   * - early: slopes fall from the first hidden layer to the last (phase I);
   * - late: they rise (phase II);
   * - merged: neither, by `deviations` standard errors; where all slopes are as close to 0 as that, nothing has been sorted yet.
   * - unknown: fewer than three hidden layers, or values that are not finite.
   */
  readonly phase: "early" | "late" | "merged" | "unsorted" | "unknown";
}

/**
 * The learning phase of a deep network: whether its early or its late layers rank the samples more steeply.
 *
 * *Definition*: the weighted regression line of the slopes of the hidden layers on their place, 0 for the first to 1 for the last: `value` is its rise. Weights are 1/error^2.
 * *Arguments*: `slopes` and `errors` of three hidden layers or more, from `rankDistribution`; `deviations`: standard errors that count as a
 * difference, default 2.
 * *Returns*: see `LearningPhase`.
 * *Error*: one standard error, from those of the slopes or, where it is larger, from their scatter about the line. Layers share samples and weights, so that errors of a difference are if anything smaller.
 * *Source*: Lin, Feng, Zhang, Zhao 2025, on deep networks: there read off by eye.
 * *Example*: `const { phase, value } = learningPhase({ slopes: [1, 0.8, 0.6], errors: [0.05, 0.05, 0.05] }); [phase, value] // ["early", -0.4]`
 */
export function learningPhase({ slopes, errors }: LayerSlopes, deviations = 2): LearningPhase {
  if (slopes.length !== errors.length)
    throw new RangeError(`learningPhase: ${slopes.length} slopes and ${errors.length} errors given; one of each a hidden layer`);
  const n = slopes.length;
  const about = {
    unit: "1",
    method:
      "weighted regression on the place of the layer; the error is the larger of that of the slopes and that of their scatter",
    sources: ["Lin, Feng, Zhang, Zhao 2025"],
    cost: {},
  };
  if (n < 3 || ![...slopes, ...errors].every(Number.isFinite) || !errors.every((e) => e > 0))
    return {
      ...about,
      value: NaN,
      error: NaN,
      status: "not-converged",
      explanation:
        n < 3 ? `${n} hidden layers; a trend over layers needs three` : "slopes and errors have to be finite, errors above 0",
      phase: "unknown",
    };
  const weights = errors.map((e) => 1 / (e * e));
  const total = weights.reduce((s, w) => s + w, 0);
  const average = (f: (i: number) => number): number => weights.reduce((s, w, i) => s + w * f(i), 0) / total;
  const place = (i: number): number => i / (n - 1);
  const [x, y] = [average(place), average((i) => slopes[i]!)];
  const spread = average((i) => (place(i) - x) * (place(i) - x));
  const value = average((i) => (place(i) - x) * (slopes[i]! - y)) / spread;
  const misfit = weights.reduce((s, w, i) => {
    const r = slopes[i]! - y - value * (place(i) - x);
    return s + w * r * r;
  }, 0);
  const error = Math.sqrt(Math.max(1, misfit / (n - 2)) / (total * spread));
  const flat = slopes.every((s, i) => Math.abs(s) < deviations * errors[i]!);
  const phase = flat ? "unsorted" : Math.abs(value) < deviations * error ? "merged" : value < 0 ? "early" : "late";
  return { ...about, value, error, status: "ok", phase };
}
