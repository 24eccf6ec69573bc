import type { Batching } from "./batching.js";

/**
 * In each step batchSize independent draws: a sample may stand in a batch more than once.
 *
 * *Definition*: each index is uniform on the samples, independent of all others, up to 2^-53.
 * *Cost*: batchSize draws a step.
 */
export const withReplacement: Batching = {
  name: "with-replacement",
  description: "in each step independent draws of single samples",
  exhausts: false,
  indices: (noise, samples, batchSize) => noise.integers(samples, [batchSize]),
};
