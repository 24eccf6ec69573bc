import type { Sampling } from "../core/draws.js";

/**
 * How much of a single sample's noise is left in a batch mean.
 *
 * *Definition*: p with E[H_batch X H_batch] = (1 - p) H X H + p (1/N) sum_i H_i X H_i: for batches without repetition
 * p = (N - B) / (B (N - 1)), with repetition p = 1 / B.
 * *Arguments*: `samples` N, `batchSize` B (1 to N for subsets).
 * *Source*: Cochran 1977, Sampling techniques, theorem 2.2 (variance of the mean of a simple random sample).
 * *Example*: `[1, 5, 10].map((batchSize) => batchNoise(10, batchSize)) // [1, 0.1111, 0]`
 */
export function batchNoise(samples: number, batchSize: number, sampling: Sampling = "subset"): number {
  if (!Number.isInteger(batchSize) || batchSize < 1 || (sampling === "subset" && batchSize > samples))
    throw new RangeError(
      `batchNoise: batchSize ${batchSize} given; allowed: integers from 1${sampling === "subset" ? ` to the ${samples} samples` : ""}`,
    );
  if (sampling === "replacement") return 1 / batchSize;
  return samples === 1 ? 0 : (samples - batchSize) / (batchSize * (samples - 1));
}
