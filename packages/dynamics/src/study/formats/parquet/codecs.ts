import { Inflate } from "fflate";
import { byteAt, refuse, varint, type Cursor } from "./thrift.js";

/** Unpacks a page to exactly `size` bytes. */
export type Codec = (packed: Uint8Array, size: number) => Uint8Array;

/** Packing methods by their number in CompressionCodec. */
export const codecs: Readonly<Record<number, { readonly name: string; readonly unpack: Codec | undefined }>> = {
  0: { name: "none", unpack: (packed) => packed },
  1: { name: "snappy", unpack: snappy },
  2: { name: "gzip", unpack: gzip },
  3: { name: "lzo", unpack: undefined },
  4: { name: "brotli", unpack: undefined },
  5: { name: "lz4", unpack: undefined },
  6: { name: "zstd", unpack: undefined },
  7: { name: "lz4_raw", unpack: undefined },
};

/** *Source*: Google, "Snappy compressed format description". */
export function snappy(packed: Uint8Array, size: number): Uint8Array {
  const cursor: Cursor = { bytes: packed, at: 0 };
  const announced = varint(cursor);
  if (announced !== size) refuse(`a page of ${announced} bytes where ${size} are announced`);
  const out = new Uint8Array(size);
  let at = 0;
  const little = (bytes: number): number => {
    let [v, factor] = [0, 1];
    for (let i = 0; i < bytes; i++, factor *= 256) v += byteAt(cursor) * factor;
    return v;
  };
  while (cursor.at < packed.length) {
    const tag = byteAt(cursor);
    const [kind, upper] = [tag & 3, tag >> 2];
    if (kind === 0) {
      const length = 1 + (upper < 60 ? upper : little(upper - 59));
      if (length > packed.length - cursor.at || length > size - at) refuse("a page unpacks to more than it announces");
      out.set(packed.subarray(cursor.at, cursor.at + length), at);
      cursor.at += length;
      at += length;
      continue;
    }
    const length = kind === 1 ? 4 + (upper & 7) : 1 + upper;
    const back = kind === 1 ? (upper >> 3) * 256 + byteAt(cursor) : little(kind === 2 ? 2 : 4);
    if (back === 0 || back > at || length > size - at) refuse("a page refers to what is not there: it is corrupt");
    // Copies may overlap what they write.
    for (let i = 0; i < length; i++, at++) out[at] = out[at - back]!;
  }
  return at === size ? out : refuse(`a page of ${at} bytes where ${size} are announced`);
}

/** What is unpacked at a time: one piece can pass the bound by its own size at most. */
const PIECE = 4096;

function gzip(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  const inflate = new Inflate((chunk) => {
    if (chunk.length > size - at) refuse("a page unpacks to more than it announces");
    out.set(chunk, at);
    at += chunk.length;
  });
  const body = packed.subarray(headerOf(packed), Math.max(0, packed.length - 8));
  try {
    for (let from = 0; from < body.length; from += PIECE)
      inflate.push(body.subarray(from, from + PIECE), from + PIECE >= body.length);
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("parquet:")) throw error;
    refuse(`a page does not unpack (${String((error as Error).message).slice(0, 60)})`);
  }
  return at === size ? out : refuse(`a page of ${at} bytes where ${size} are announced`);
}

/** The length of a gzip header (RFC 1952, 2.3). */
function headerOf(packed: Uint8Array): number {
  if (packed[0] !== 31 || packed[1] !== 139 || packed[2] !== 8) refuse("a page that is said to be gzip and is not");
  const flags = packed[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + (packed[10] ?? 0) + 256 * (packed[11] ?? 0);
  for (const bit of [8, 16]) {
    if (!(flags & bit)) continue;
    while (at < packed.length && packed[at] !== 0) at++;
    at++;
  }
  return flags & 2 ? at + 2 : at;
}
