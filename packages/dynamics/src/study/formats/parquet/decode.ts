import { byteAt, refuse, taken, varint, type Cursor } from "./thrift.js";

/** How numbers of a physical type lie, by its number in Type. */
interface Stored {
  readonly name: string;
  readonly width: number;
  read(view: DataView, at: number): number;
}

export const stored: Readonly<Record<number, Stored>> = {
  1: { name: "INT32", width: 4, read: (v, i) => v.getInt32(i, true) },
  2: { name: "INT64", width: 8, read: (v, i) => v.getInt32(i + 4, true) * 2 ** 32 + v.getUint32(i, true) },
  4: { name: "FLOAT", width: 4, read: (v, i) => v.getFloat32(i, true) },
  5: { name: "DOUBLE", width: 8, read: (v, i) => v.getFloat64(i, true) },
};
export const BOOLEAN = 0;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Numbers one after the other; truth values bit by bit. */
export function plain(cursor: Cursor, type: number, count: number): Float64Array {
  if (type === BOOLEAN) {
    const bits = taken(cursor, Math.ceil(count / 8));
    return Float64Array.from({ length: count }, (_, i) => (bits[i >> 3]! >> (i & 7)) & 1);
  }
  const { width, read } = stored[type]!;
  const view = viewOf(taken(cursor, width * count));
  return Float64Array.from({ length: count }, (_, i) => read(view, width * i));
}

/** The first bytes of all numbers, then the second ones, and so on. */
export function byteStreamSplit(cursor: Cursor, type: number, count: number): Float64Array {
  const { width, read } = stored[type] ?? refuse("truth values as split streams");
  const streams = taken(cursor, width * count);
  const whole = new Uint8Array(width * count);
  for (let b = 0; b < width; b++) for (let i = 0; i < count; i++) whole[i * width + b] = streams[b * count + i]!;
  const view = viewOf(whole);
  return Float64Array.from({ length: count }, (_, i) => read(view, width * i));
}

/**
 * Small whole numbers in runs of one value and in groups of eight packed bit by bit.
 *
 * *Arguments*: `width`: bits of a number, at most 32; `count` of them are read, whatever the runs announce.
 * *Source*: Apache Parquet, "Encodings", run length encoding / bit-packing hybrid.
 */
export function hybrid(cursor: Cursor, width: number, count: number): Uint32Array {
  if (width > 32) refuse(`numbers of ${width} bits`);
  const out = new Uint32Array(count);
  const bytes = Math.ceil(width / 8);
  let at = 0;
  while (at < count) {
    const head = varint(cursor);
    const length = Math.floor(head / 2);
    if (length === 0) refuse("an empty run: the file is corrupt");
    if (head % 2 === 0) {
      let value = 0;
      for (let i = 0; i < bytes; i++) value += byteAt(cursor) * 2 ** (8 * i);
      const end = Math.min(count, at + length);
      out.fill(value, at, end);
      at = end;
      continue;
    }
    const numbers = Math.min(count - at, 8 * length);
    // The last group may be cut off behind the last number.
    const full = width * length;
    const packed = taken(cursor, full <= cursor.bytes.length - cursor.at ? full : Math.ceil((width * numbers) / 8));
    for (let i = 0; i < numbers; i++) {
      let value = 0;
      for (let b = 0, bit = i * width; b < width; b++, bit++) if ((packed[bit >> 3]! >> (bit & 7)) & 1) value += 2 ** b;
      out[at + i] = value;
    }
    at += numbers;
  }
  return out;
}

/**
 * Whole numbers as differences in blocks, each with its least difference and bit widths.
 * *Source*: Apache Parquet, "Encodings", delta encoding (DELTA_BINARY_PACKED). 64-bit differences are exact below 2^53.
 */
export function delta(cursor: Cursor, type: number, count: number): Float64Array {
  // Differences of 32-bit numbers are taken modulo 2^32.
  const kept = (v: number): number =>
    type === 1 ? v | 0 : Number.isSafeInteger(v) ? v : refuse("a 64-bit number beyond 2^53 in delta encoding");
  const zigzag = (): number => {
    const n = varint(cursor);
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  };
  const [block, parts, total] = [varint(cursor), varint(cursor), varint(cursor)];
  if (total !== count) refuse(`${total} numbers in a page of ${count}`);
  const size = block / parts;
  if (!Number.isInteger(size) || size < 8 || size % 8 !== 0 || size > 65536)
    refuse(`blocks of ${block} numbers in ${parts} parts`);
  const out = new Float64Array(count);
  if (count === 0) return out;
  let last = (out[0] = kept(zigzag()));
  for (let at = 1; at < count;) {
    const least = zigzag();
    const widths = taken(cursor, parts);
    for (const width of widths) {
      if (at >= count) break;
      if (width > 64) refuse(`numbers of ${width} bits`);
      const packed = taken(cursor, (width * size) / 8);
      for (let i = 0; i < size && at < count; i++, at++) {
        let value = 0;
        for (let b = 0, bit = i * width; b < width; b++, bit++) if ((packed[bit >> 3]! >> (bit & 7)) & 1) value += 2 ** b;
        out[at] = last = kept(last + least + value);
      }
    }
  }
  return out;
}
