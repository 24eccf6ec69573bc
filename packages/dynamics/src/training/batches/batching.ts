import { add, constant, eq, scan, select, type Tensor } from "#engine";
import type { Noise } from "../../core/noise.js";

/**
 * How a step of SGD chooses its samples.
 *
 * *Arguments*: `indices(noise, samples, batchSize)`: `batchSize` whole numbers from 0 to samples - 1, as f64, drawn inside the step's program
 * from its noise alone. `exhausts`: a batch holds no sample twice, so it cannot be larger than the data.
 */
export interface Batching {
  readonly name: string;
  readonly description: string;
  readonly exhausts: boolean;
  indices(noise: Noise, samples: number, batchSize: number): Tensor;
}

/** 0, 1, ..., n - 1 as f64. */
export const iota = (n: number): Tensor => constant(Float64Array.from({ length: n }, (_, i) => i));

/**
 * Entries of a random permutation of 0 ... samples - 1, without making the whole of it.
 *
 * *Definition*: Fisher and Yates: for i = 0, 1, ..., rounds - 1 exchange the entries at i and at j_i, where j_i is uniform on i ... samples - 1. The
 * entry that ends at place p is found by following the place backwards through the exchanges, for all asked places at once.
 * *Arguments*: `places`: a tensor of whole numbers below `rounds`; `rounds` <= samples.
 * *Returns*: the entries at these places, of the same shape.
 * *Error*: exactly uniform over ordered selections if the j_i are: after `rounds` exchanges the first `rounds` entries are any ordered selection
 * with the same chance, since j_0, j_1, ... choose the first entry, the second among the rest, and so on. Each j_i has a chance that is off by
 * at most 2^-53 (`Noise.integers`).
 * *Cost*: rounds x places comparisons. (Sorting random keys would cost less for large batches, but a program has no sort; a Feistel network
 * would cost the same for any number of samples, but is uniform only up to a bound that is empty for small data.)
 * *Source*: Durstenfeld 1964, Algorithm 235: random permutation.
 */
export function permuted(noise: Noise, places: Tensor, samples: number, rounds: number): Tensor {
  const numbers = iota(rounds);
  const left = constant(Float64Array.from({ length: rounds }, (_, i) => samples - i));
  const offsets = noise.integers(left, [rounds]);
  const [[found]] = scan(
    ([place], [i, offset]) => {
      const j = add(i!, offset!);
      return [[select(eq(place!, i!), j, select(eq(place!, j), i!, place!))], []];
    },
    [places],
    [numbers, offsets],
    { reverse: true },
  );
  return found!;
}
