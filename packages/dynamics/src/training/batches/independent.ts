import { iota, permuted, type Batching } from "./batching.js";

/**
 * In each step a batch drawn without replacement, independent of all other steps.
 *
 * *Definition*: every ordered selection of batchSize of the samples has the same chance; steps are independent and equally distributed.
 * *Error*: exactly uniform up to 2^-53 a draw (`permuted`).
 * *Cost*: batchSize^2 comparisons a step.
 */
export const independentBatches: Batching = {
  name: "independent",
  description: "in each step a batch without replacement, independent of the others",
  exhausts: true,
  indices: (noise, samples, batchSize) => permuted(noise, iota(batchSize), samples, batchSize),
};
