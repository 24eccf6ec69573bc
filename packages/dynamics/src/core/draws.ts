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
  const { below } = words(seed, stream);
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

/** Random integers, made a block at a time. */
export interface Words {
  /** The next of the 32-bit words of threefry(seed, counter); `core/random.ts` says the same in a slower way. */
  next(): number;
  /** A uniform integer from 0 to n - 1, n < 2^21. */
  below(n: number): number;
}

const WORDS = 512;

export function words(seed: number, stream = 0): Words {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`draws: seed ${seed} given; allowed: integers from 0 to 2^53 - 1`);
  if (!Number.isInteger(stream) || stream < 0 || stream >= 0x200000)
    throw new RangeError(`draws: stream ${stream} given; allowed: integers from 0 to 2^21 - 1`);
  const k0 = seed | 0;
  const k1 = Math.floor(seed / 0x100000000) | 0;
  const block = new Uint32Array(WORDS);
  let used = WORDS;
  let low = 0;
  let high = stream * 0x800;
  const refill = (): void => {
    fillBlock(block, k0, k1, low, high);
    used = 0;
    low = (low + WORDS / 2) >>> 0;
    if (low === 0) high++;
  };
  return {
    next() {
      if (used === WORDS) refill();
      return block[used++]!;
    },
    below(n) {
      for (;;) {
        if (used === WORDS) refill();
        const product = block[used++]! * n;
        const index = (product * 2 ** -32) | 0;
        const rest = product - index * 2 ** 32;
        if (rest >= n || rest >= 2 ** 32 % n) return index;
      }
    },
  };
}

/** Threefry-2x32-20 of the counters from (low, high) on, which do not pass a multiple of 2^32. Written out: this is most of what a draw costs. */
function fillBlock(block: Uint32Array, k0: number, k1: number, low: number, high: number): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  for (let i = 0; i < block.length; i += 2) {
    let x = (low + i / 2 + k0) | 0;
    let y = (high + k1) | 0;
    for (let g = 0; ; g += 2) {
      x = (x + y) | 0;
      y = ((y << 13) | (y >>> 19)) ^ x;
      x = (x + y) | 0;
      y = ((y << 15) | (y >>> 17)) ^ x;
      x = (x + y) | 0;
      y = ((y << 26) | (y >>> 6)) ^ x;
      x = (x + y) | 0;
      y = ((y << 6) | (y >>> 26)) ^ x;
      x = (x + (g === 0 ? k1 : g === 2 ? k0 : k2)) | 0;
      y = (y + (g === 0 ? k2 : g === 2 ? k1 : k0) + g + 1) | 0;
      if (g === 4) break;
      x = (x + y) | 0;
      y = ((y << 17) | (y >>> 15)) ^ x;
      x = (x + y) | 0;
      y = ((y << 29) | (y >>> 3)) ^ x;
      x = (x + y) | 0;
      y = ((y << 16) | (y >>> 16)) ^ x;
      x = (x + y) | 0;
      y = ((y << 24) | (y >>> 8)) ^ x;
      x = (x + (g === 0 ? k2 : k1)) | 0;
      y = (y + (g === 0 ? k0 : k2) + g + 2) | 0;
    }
    block[i] = x;
    block[i + 1] = y;
  }
}
