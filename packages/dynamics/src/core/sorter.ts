/** See `sorter`. */
export interface Sorter {
  /** Sample numbers, ascending by value. */
  readonly order: Int32Array;
  readonly sorted: Float64Array;
  /** Equal values keep the order they have in `start`, without it that of the samples. */
  sort(values: ArrayLike<number>, start?: Int32Array): void;
}

/** Bits of a digit, and how many digits a word has. */
const BITS = 11;
const DIGITS = 3;

/**
 * A stable sort that can be reused: the sample numbers 0 ... n - 1 in ascending order of given values.
 *
 * *Arguments*: `n`: how many values; room for them is made once.
 * *Returns*: a Sorter; after `sort(values)` its `order` and `sorted` hold the result.
 * *Error*: exact; values that compare equal (0 and -0 do) keep their order. NaN has no place and throws.
 * *Cost*: two passes over the numbers where they are spread over their range, eight where many share a small part of it.
 * *Source*: Knuth 1998, The art of computer programming 3, section 5.2 (distribution counting, then insertion) and 5.2.5 (radix sort, on the
 * bits of the numbers).
 * *Example*: `const s = sorter(4); s.sort([3, -1, 2, -1]); [s.order, s.sorted] // [[1, 3, 2, 0], [-1, -1, 2, 3]]`
 */
export function sorter(n: number): Sorter {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`sorter: ${n} values given; allowed: integers from 1`);
  const sorted = new Float64Array(n);
  const keys = new Uint32Array(new Float64Array(n).buffer);
  const given = new Float64Array(keys.buffer);
  let [order, spare] = [new Int32Array(n), new Int32Array(n)];
  // With two cells a sample fewer have to be moved afterwards.
  const places = 2 * n;
  const ends = new Int32Array(places);
  const cells = new Int32Array(n);
  let counts = new Int32Array(0);
  return {
    sorted,
    get order() {
      return order;
    },
    sort(values, start) {
      if (values.length !== n) throw new RangeError(`sorter: ${values.length} values given; made for ${n}`);
      const to = given;
      let least = Infinity;
      let most = -Infinity;
      for (let i = 0; i < to.length; i++) {
        // Adding 0 turns -0 into 0.
        const value = values[i]! + 0;
        if (value !== value) throw new RangeError(`sorter: value ${i} is NaN; it has no place in an order`);
        to[i] = value;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (distributed(least, (places - 1) / (most - least), start) && inserted()) return;
      monotoneBits();
      if (start) order.set(start);
      else for (let i = 0; i < n; i++) order[i] = i;
      passes(0);
      passes(1);
      for (let i = 0; i < n; i++) sorted[i] = values[order[i]!]! + 0;
    },
  };

  /** Puts the samples into cells of equal width, in the order of the cells; false where that tells none apart or there is no such width. */
  function distributed(least: number, scale: number, start?: Int32Array): boolean {
    if (!(scale > 0 && scale < Infinity)) return false;
    const [all, own, free, to] = [given, cells, ends, order];
    free.fill(0);
    for (let i = 0; i < all.length; i++) {
      // Rounding keeps the order, so the cells do.
      const cell = ((all[i]! - least) * scale) | 0;
      own[i] = cell;
      free[cell]!++;
    }
    let sum = 0;
    for (let c = 0; c < free.length; c++) {
      const count = free[c]!;
      free[c] = sum;
      sum += count;
    }
    if (start)
      for (let i = 0; i < own.length; i++) {
        const sample = start[i]!;
        to[free[own[sample]!]!++] = sample;
      }
    else for (let i = 0; i < own.length; i++) to[free[own[i]!]!++] = i;
    return true;
  }

  /** Puts `sorted` right by insertion; false when that takes too many moves. */
  function inserted(): boolean {
    const [all, row, own] = [given, sorted, order];
    let left = 4 * n;
    for (let k = 0; k < own.length; k++) {
      const sample = own[k]!;
      const value = all[sample]!;
      let j = k - 1;
      for (; j >= 0 && row[j]! > value; j--) {
        if (left-- === 0) return false;
        row[j + 1] = row[j]!;
        own[j + 1] = own[j]!;
      }
      row[j + 1] = value;
      own[j + 1] = sample;
    }
    return true;
  }

  /** The passes by the digits of one word: 0 the low one, as everywhere that WebAssembly runs. */
  function passes(word: 0 | 1): void {
    if (counts.length === 0) counts = new Int32Array(DIGITS << BITS);
    const [all, found, mask] = [keys, counts, (1 << BITS) - 1];
    found.fill(0);
    for (let i = word; i < 2 * n; i += 2) {
      let key = all[i]!;
      for (let d = 0; d < DIGITS; d++) {
        found[(d << BITS) + (key & mask)]!++;
        key >>>= BITS;
      }
    }
    for (let d = 0; d < DIGITS; d++) pass(word, BITS * d, d << BITS);
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
    const [own, all, starts, to, mask] = [order, keys, counts, spare, (1 << BITS) - 1];
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
