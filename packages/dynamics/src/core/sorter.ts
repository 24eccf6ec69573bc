/** See `sorter`. */
export interface Sorter {
  /** Sample numbers, ascending by value. */
  readonly order: Int32Array;
  readonly sorted: Float64Array;
  /** Equal values keep the order they have in `start`, without it that of the samples. */
  sort(values: ArrayLike<number>, start?: Int32Array): void;
}

/** From so many numbers on, three passes with 2048 buckets a word are quicker than four with 256. */
const MANY = 4096;

/**
 * A stable sort that can be reused: the sample numbers 0 ... n - 1 in ascending order of given values.
 *
 * *Arguments*: `n`: how many values; room for them is made once.
 * *Returns*: a Sorter; after `sort(values)` its `order` and `sorted` hold the result.
 * *Error*: exact; values that compare equal (0 and -0 do) keep their order. NaN has no place and throws.
 * *Cost*: three passes over the numbers, nine where many differ in their last bits alone.
 * *Source*: Knuth 1998, The art of computer programming 3, section 5.2.5 (radix sort), on the bits of the numbers.
 * *Example*: `const s = sorter(4); s.sort([3, -1, 2, -1]); [s.order, s.sorted] // [[1, 3, 2, 0], [-1, -1, 2, 3]]`
 */
export function sorter(n: number): Sorter {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`sorter: ${n} values given; allowed: integers from 1`);
  const sorted = new Float64Array(n);
  const keys = new Uint32Array(new Float64Array(n).buffer);
  const given = new Float64Array(keys.buffer);
  let [order, spare] = [new Int32Array(n), new Int32Array(n)];
  const bits = n < MANY ? 8 : 11;
  const buckets = 1 << bits;
  const digits = Math.ceil(32 / bits);
  const counts = new Int32Array(digits * buckets);
  return {
    sorted,
    get order() {
      return order;
    },
    sort(values, start) {
      if (values.length !== n) throw new RangeError(`sorter: ${values.length} values given; made for ${n}`);
      // Adding 0 turns -0 into 0.
      for (let i = 0; i < n; i++) {
        given[i] = values[i]! + 0;
        if (given[i] !== given[i]) throw new RangeError(`sorter: value ${i} is NaN; it has no place in an order`);
      }
      monotoneBits();
      // 32 bits tell nearly all numbers apart, and insertion puts the others right; where they do not, all digits are sorted by.
      begin(start);
      passes(1);
      if (!inserted(values)) {
        begin(start);
        passes(0);
        passes(1);
        for (let i = 0; i < n; i++) sorted[i] = values[order[i]!]! + 0;
      }
    },
  };

  function begin(start?: Int32Array): void {
    if (start) order.set(start);
    else for (let i = 0; i < n; i++) order[i] = i;
  }

  /** Puts `sorted` right by insertion; false when that takes too many moves. */
  function inserted(values: ArrayLike<number>): boolean {
    let left = 4 * n;
    for (let k = 0; k < n; k++) {
      const sample = order[k]!;
      const value = values[sample]! + 0;
      let j = k - 1;
      for (; j >= 0 && sorted[j]! > value; j--) {
        if (left-- === 0) return false;
        sorted[j + 1] = sorted[j]!;
        order[j + 1] = order[j]!;
      }
      sorted[j + 1] = value;
      order[j + 1] = sample;
    }
    return true;
  }

  /** The passes by the digits of one word: 0 the low one, as everywhere that WebAssembly runs. */
  function passes(word: 0 | 1): void {
    const [all, found, mask] = [keys, counts, buckets - 1];
    found.fill(0);
    for (let i = word; i < 2 * n; i += 2) {
      let key = all[i]!;
      for (let d = 0; d < digits; d++) {
        found[d * buckets + (key & mask)]!++;
        key >>>= bits;
      }
    }
    for (let d = 0; d < digits; d++) pass(word, bits * d, d * buckets);
  }

  /** Doubles compare as their bits do, once those of negative numbers are turned over and the sign bit of the others is set. */
  function monotoneBits(): void {
    for (let i = 1; i < 2 * n; i += 2) {
      if (keys[i]! >= 0x80000000) {
        keys[i] = ~keys[i]!;
        keys[i - 1] = ~keys[i - 1]!;
      } else keys[i]! += 0x80000000;
    }
  }

  function pass(word: 0 | 1, shift: number, from: number): void {
    const [own, all, starts, to, mask] = [order, keys, counts, spare, buckets - 1];
    // A digit that all numbers share moves nothing.
    if (starts[from + ((all[word]! >>> shift) & mask)] === n) return;
    let place = 0;
    for (let b = from; b <= from + mask; b++) {
      const count = starts[b]!;
      starts[b] = place;
      place += count;
    }
    for (let i = 0; i < n; i++) {
      const sample = own[i]!;
      const bucket = from + ((all[2 * sample + word]! >>> shift) & mask);
      to[starts[bucket]!] = sample;
      starts[bucket]!++;
    }
    [order, spare] = [to, own];
  }
}
