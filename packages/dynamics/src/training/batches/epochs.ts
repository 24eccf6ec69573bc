import { add, div, floor, mul, sub } from "#engine";
import { iota, permuted, type Batching } from "./batching.js";

/**
 * Epochs: the samples in a shuffled order, batch by batch, then in a new order.
 *
 * *Definition*: with S = floor(samples / batchSize) steps an epoch, step t uses the places (t mod S) batchSize ... of the permutation of epoch
 * floor(t / S). Permutations of different epochs are independent. Samples mod batchSize samples are left out of each epoch, chosen by its
 * permutation.
 * *Error*: permutations are exactly uniform up to 2^-53 a draw (`permuted`); nothing is remembered from step to step, so any step can be had at once.
 * *Cost*: each step follows its places through the whole epoch's permutation: S batchSize^2 comparisons and `samples` draws. Measured for 1,797
 * samples: 0.1 ms a step for batches of 1 and 32, 0.3 ms for 128. `independentBatches` need batchSize^2 comparisons only.
 */
export const epochs: Batching = {
  name: "epochs",
  description: "the samples in a shuffled order, batch by batch, then in a new order",
  exhausts: true,
  indices(noise, samples, batchSize) {
    const steps = Math.floor(samples / batchSize);
    const epoch = floor(div(noise.step, steps));
    const first = mul(sub(noise.step, mul(epoch, steps)), batchSize);
    return permuted(noise.at(epoch), add(iota(batchSize), first), samples, steps * batchSize);
  },
};
