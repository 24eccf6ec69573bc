import type { Status } from "../core/status.js";

/** Curvature along a run: what `sharpness` measures. */
export interface CurvatureSeries {
  /** Steps at which it was measured, ascending. */
  readonly time: readonly number[];
  /** The leading Hessian eigenvalue at each. */
  readonly sharpness: readonly number[];
}

export interface EdgeOfStabilityOptions {
  /** The stability threshold, 2 / eta for gradient descent: `optimizer.threshold`. */
  readonly threshold: number;
  /** Half-width of the band around ratio 1 that counts as the edge. Default 0.05. */
  readonly tolerance?: number;
  /** Number of last measurements whose median gives the verdict. Default: a tenth of them, at least 5, at most 100. */
  readonly window?: number;
}

/** Where a run stands against its stability threshold. */
export interface EdgeOfStabilityVerdict {
  /**
   * - stable: the ratio is below 1 - tolerance: every direction contracts;
   * - at the edge: within the tolerance of 1;
   * - beyond: above 1 + tolerance: on a quadratic loss the leading direction would expand; the loss's higher orders decide.
   * - unknown: there is no finite measurement.
   */
  readonly regime: "stable" | "at the edge" | "beyond" | "unknown";
  /** Median of sharpness / threshold over the window. */
  readonly ratio: number;
  readonly tolerance: number;
  /** Number of measurements behind the ratio. */
  readonly window: number;
  /** The first measured step with ratio at least 1 - tolerance; NaN when there is none. */
  readonly reachedAt: number;
  readonly status: Status;
}

/**
 * Stable, at the edge of stability, or beyond: a verdict from a series of sharpness measurements.
 *
 * *Definition*: ratio = median of sharpness / threshold over the last measurements.
 * *Arguments*: see `EdgeOfStabilityOptions`. Measurements that are not finite are left out.
 * *Returns*: the verdict; `reachedAt` is the first measurement inside or above the band, even if the run left it again.
 * *Error*: none of its own: it is as good as the measurements, and sharp only up to the tolerance, which is reported with it.
 * *Source*: Cohen, Kaur, Li, Kolter, Talwalkar 2021, Gradient descent on neural networks typically occurs at the edge of stability.
 * *Example*: `edgeOfStability({ time: [0, 10, 20, 30], sharpness: [6, 9.8, 10.1, 9.9] }, { threshold: 10 }).reachedAt // 10`
 */
export function edgeOfStability(series: CurvatureSeries, options: EdgeOfStabilityOptions): EdgeOfStabilityVerdict {
  const { threshold, tolerance = 0.05 } = options;
  if (series.time.length !== series.sharpness.length) {
    throw new RangeError(
      `edgeOfStability: ${series.time.length} times and ${series.sharpness.length} values given; one of each a measurement`,
    );
  }
  if (!(threshold > 0))
    throw new RangeError(
      `edgeOfStability: threshold ${threshold} given; allowed: numbers above 0 (2 / eta for gradient descent)`,
    );
  if (!(tolerance > 0 && tolerance < 1))
    throw new RangeError(`edgeOfStability: tolerance ${tolerance} given; allowed: between 0 and 1`);
  const measured = series.time
    .map((time, i) => ({ time, ratio: series.sharpness[i]! / threshold }))
    .filter((m) => Number.isFinite(m.ratio));
  const window = Math.min(measured.length, options.window ?? Math.min(100, Math.max(5, Math.floor(measured.length / 10))));
  if (window < 1) return { regime: "unknown", ratio: NaN, tolerance, window: 0, reachedAt: NaN, status: "not-converged" };
  const last = measured
    .slice(-window)
    .map((m) => m.ratio)
    .sort((a, b) => a - b);
  const ratio = 0.5 * (last[Math.floor((window - 1) / 2)]! + last[Math.floor(window / 2)]!);
  return {
    regime: ratio < 1 - tolerance ? "stable" : ratio > 1 + tolerance ? "beyond" : "at the edge",
    ratio,
    tolerance,
    window,
    reachedAt: measured.find((m) => m.ratio >= 1 - tolerance)?.time ?? NaN,
    status: "ok",
  };
}
