/** How a batch is drawn: a uniformly random subset of the samples, or each of its members independently. */
export type Sampling = "subset" | "replacement";

export interface DrawsOptions {
  readonly samples: number;
  /** Samples a batch. Default 1. */
  readonly batchSize?: number;
  /** Default "subset". */
  readonly sampling?: Sampling;
  readonly seed?: number;
  /** Streams of one seed are independent. Default 0. */
  readonly stream?: number;
}

/** A reproducible sequence of batches of sample numbers. */
export interface Draws {
  readonly samples: number;
  readonly batchSize: number;
  readonly sampling: Sampling;
  /** The next batches, one after the other; the length of `out` is a multiple of batchSize. */
  fill(out: Int32Array): Int32Array;
}

/**
 * The batches of stochastic gradient descent.
 *
 * *Definition*: every batch is drawn afresh from all samples: "subset" without repetition within the batch, "replacement" with.
 * *Arguments*: see `DrawsOptions`; throws for a batch that is empty, larger than the data when it is a subset, or not whole.
 * *Error*: exactly uniform: words of `threefry` that would favour some number are thrown away.
 * *Cost*: half a threefry block (about 10 ns) a number; no memory is allocated.
 * *Source*: Salmon, Moraes, Dror, Shaw 2011 (threefry2x32-20); Lemire 2019, Fast random integer generation in an interval; subsets by the
 * first steps of the shuffle of Fisher, Yates 1938.
 * *Example*: `draws({ samples: 100, batchSize: 8, seed: 1 }).fill(new Int32Array(8 * 1000))`
 */
export function draws(options: DrawsOptions): Draws {
  const { samples, batchSize = 1, sampling = "subset", seed = 0, stream = 0 } = options;
  if (!Number.isInteger(samples) || samples < 1 || samples >= 0x200000)
    throw new RangeError(`draws: ${samples} samples given; allowed: integers from 1 to 2^21 - 1`);
  if (sampling !== "subset" && sampling !== "replacement")
    throw new RangeError(`draws: sampling ${String(sampling)} given; allowed: subset, replacement`);
  if (!Number.isInteger(batchSize) || batchSize < 1 || (sampling === "subset" && batchSize > samples))
    throw new RangeError(
      `draws: batchSize ${batchSize} given; allowed: integers from 1${sampling === "subset" ? ` to the ${samples} samples` : ""}`,
    );
  const word = words(seed, stream);
  const below = (n: number): number => {
    for (;;) {
      const product = word() * n;
      const index = Math.floor(product / 0x100000000);
      const low = product - index * 0x100000000;
      if (low >= n || low >= 0x100000000 % n) return index;
    }
  };
  const order = Int32Array.from({ length: samples }, (_, i) => i);
  return {
    samples,
    batchSize,
    sampling,
    fill(out) {
      if (out.length % batchSize !== 0)
        throw new RangeError(`draws: room for ${out.length} numbers given, no multiple of ${batchSize}`);
      if (batchSize === 1 || sampling === "replacement") {
        for (let t = 0; t < out.length; t++) out[t] = below(samples);
        return out;
      }
      for (let t = 0; t < out.length; t += batchSize) {
        for (let b = 0; b < batchSize; b++) {
          const j = b + below(samples - b);
          const chosen = order[j]!;
          order[j] = order[b]!;
          order[b] = chosen;
          out[t + b] = chosen;
        }
      }
      return out;
    },
  };
}

/** The 32-bit words of threefry(seed, counter), in order; `core/random.ts` says the same in a slower way. */
export function words(seed: number, stream = 0): () => number {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`draws: seed ${seed} given; allowed: integers from 0 to 2^53 - 1`);
  if (!Number.isInteger(stream) || stream < 0 || stream >= 0x200000)
    throw new RangeError(`draws: stream ${stream} given; allowed: integers from 0 to 2^21 - 1`);
  const k0 = seed | 0;
  const k1 = Math.floor(seed / 0x100000000) | 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  // What the rounds 4, 8, ... 20 add to the two words.
  const add0 = Int32Array.of(k1, k2, k0, k1, k2);
  const add1 = Int32Array.of(k2 + 1, k0 + 2, k1 + 3, k2 + 4, k0 + 5);
  const block = new Float64Array(512);
  let used = block.length;
  let low = 0;
  let high = stream * 0x800;
  const refill = (): void => {
    for (let i = 0; i < block.length; i += 2) {
      let x = (low + k0) | 0;
      let y = (high + k1) | 0;
      for (let g = 0; g < 5; g++) {
        x = (x + y) | 0;
        y = ((g & 1) === 0 ? (y << 13) | (y >>> 19) : (y << 17) | (y >>> 15)) ^ x;
        x = (x + y) | 0;
        y = ((g & 1) === 0 ? (y << 15) | (y >>> 17) : (y << 29) | (y >>> 3)) ^ x;
        x = (x + y) | 0;
        y = ((g & 1) === 0 ? (y << 26) | (y >>> 6) : (y << 16) | (y >>> 16)) ^ x;
        x = (x + y) | 0;
        y = ((g & 1) === 0 ? (y << 6) | (y >>> 26) : (y << 24) | (y >>> 8)) ^ x;
        x = (x + add0[g]!) | 0;
        y = (y + add1[g]!) | 0;
      }
      block[i] = x >>> 0;
      block[i + 1] = y >>> 0;
      low = (low + 1) >>> 0;
      if (low === 0) high++;
    }
    used = 0;
  };
  return () => {
    if (used === block.length) refill();
    return block[used++]!;
  };
}
