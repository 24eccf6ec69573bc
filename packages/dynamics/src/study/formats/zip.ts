import { Inflate } from "fflate";
import { crc32 } from "./crc32.js";

const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;
const MOST_FILES = 10_000;
/** What is unpacked at a time. Deflate makes at most 1032 bytes of one, so no piece is large. */
const PIECE = 4096;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/**
 * The files in a ZIP archive, by name.
 *
 * *Arguments*: `bytes`: the archive; `most`: most bytes of all files together when unpacked.
 * *Returns*: the files, stored or deflated. Names are only keys: nothing is written anywhere.
 * *Error*: throws a RangeError when the archive is corrupt, a checksum is wrong, a name stands twice, two files lie over each other, or
 * more is announced or unpacked than `most`, or than the entry announces: unpacking stops within one piece of the bound.
 * *Cost*: one pass. *Source*: PKWARE, "APPNOTE.TXT", sections 4.3 and 4.4.
 */
export function unzip(bytes: Uint8Array, most: number): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = entriesOf(bytes, view);
  const announced = entries.reduce((n, e) => n + e.size, 0);
  if (announced > most) refuse(`${announced} bytes when unpacked; at most ${most} are read`);
  let behind = 0;
  const files = new Map<string, Uint8Array>();
  for (const entry of [...entries].sort((a, b) => a.at - b.at)) {
    const what = JSON.stringify(entry.name.slice(0, 60));
    if (entry.at < behind || entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== LOCAL)
      refuse(`the file ${what} begins at ${entry.at}, where no file begins`);
    const from = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
    behind = from + entry.packed;
    if (behind > bytes.length) refuse(`the file ${what} is cut off`);
    if (files.has(entry.name)) refuse(`the file ${what} stands twice in the archive`);
    const packed = bytes.subarray(from, behind);
    if (entry.method !== 0 && entry.method !== 8)
      refuse(`the file ${what} is packed by method ${entry.method}; read are 0 and 8`);
    const file = entry.method === 0 ? packed : inflated(packed, entry.size, what);
    if (file.length !== entry.size) refuse(`the file ${what} has ${file.length} bytes; ${entry.size} are announced`);
    if (crc32(file) !== entry.crc) refuse(`the file ${what} has another checksum than its entry: it is corrupt`);
    files.set(entry.name, file);
  }
  return files;
}

/** The central directory, which stands at the end. */
function entriesOf(bytes: Uint8Array, view: DataView): Entry[] {
  let end = bytes.length - 22;
  const first = Math.max(0, end - 65535);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) refuse("this is no ZIP archive, or it is cut off");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > MOST_FILES || at === 0xffffffff)
    refuse(`${count} files; at most ${MOST_FILES}, and archives below 4 GiB, are read`);
  return Array.from({ length: count }, () => {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) refuse("the directory at the end is corrupt");
    const [name, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const flags = view.getUint16(at + 8, true);
    if ((flags & 1) !== 0) refuse("the archive is encrypted");
    const entry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, Math.min(end, at + 46 + name!))),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    at += 46 + name! + extra! + comment!;
    return entry;
  });
}

function inflated(packed: Uint8Array, size: number, what: string): Uint8Array {
  const out = new Uint8Array(Math.min(size, 1032 * packed.length));
  let length = 0;
  const inflate = new Inflate((chunk) => {
    if (length + chunk.length > out.length) refuse(`the file ${what} unpacks to more than the ${size} bytes announced`);
    out.set(chunk, length);
    length += chunk.length;
  });
  try {
    for (let from = 0; from < packed.length; from += PIECE)
      inflate.push(packed.subarray(from, from + PIECE), from + PIECE >= packed.length);
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("zip:")) throw error;
    refuse(`the file ${what} does not unpack (${String((error as Error).message).slice(0, 80)})`);
  }
  return out.subarray(0, length);
}

function refuse(why: string): never {
  throw new RangeError(`zip: ${why}`);
}
