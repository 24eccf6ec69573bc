import { Gunzip } from "fflate";
import { crc32 } from "./crc32.js";

/** What is unpacked at a time. Deflate makes at most 1032 bytes of one, so no piece is large. */
const PIECE = 4096;
const NEWLINE = 10;
/** Checksum and length behind the packed data of a member. */
const TRAILER = 8;
/** The header of a member: put behind the last one it tells whether that one came to its end. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** Bytes of a member that holds nothing. */
const SHORTEST = HEADER.length + 2 + TRAILER;
/** As many as 1 GiB has in the blocks of bgzip. */
const MOST_MEMBERS = 16_384;

/**
 * Unpacks gzip, of several members too (`cat a.gz b.gz`).
 *
 * *Arguments*: `packed`: the file; `name`: how messages call it; `most`: most bytes when unpacked.
 * *Returns*: what all members hold, one behind the other. Zeros behind the last one are padding.
 * *Error*: throws a RangeError `name:line: …`, with the line up to which the data were unpacked before the damage, when the file is cut off, a
 * checksum or a length is wrong, anything else is corrupt, or more than `most` is unpacked, at which it stops within one piece of 4096 packed bytes.
 * *Cost*: one pass; memory twice what is unpacked. *Source*: RFC 1952 (Deutsch 1996), "GZIP file format specification version 4.3", section 2.
 * *Example*: `gunzip(new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 75, 4, 0, 67, 190, 183, 232, 1, 0, 0, 0]), { most: 9 }) // [97]`
 */
export function gunzip(
  packed: Uint8Array,
  { name = "gzip", most }: { readonly name?: string; readonly most: number },
): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const chunks: Uint8Array[] = [];
  let [size, line, members] = [0, 1, 1];
  /** Of the member at hand: where it begins, what came of it. */
  let [start, crc, length] = [0, 0, 0];
  let [through, complete] = [false, false];
  const refuse = (why: string): never => {
    throw new Refusal(`${name}:${line}: ${why}`);
  };
  const corrupt = (why: string): never => refuse(`the packed data are corrupt after this line (${why})`);
  const cut = (): never => refuse("the packed data end in this line: the file is cut off");
  const sealed = (at: number): boolean => view.getUint32(at - TRAILER, true) === crc;
  const endsAt = (at: number): boolean =>
    at >= start + SHORTEST && sealed(at) && view.getUint32(at - 4, true) === length % 2 ** 32;

  /** A member may end with zeros itself. */
  const endsBeforeZeros = (): boolean => {
    let zeros = packed.length;
    while (zeros > 0 && packed[zeros - 1] === 0) zeros--;
    const ends = Array.from({ length: SHORTEST }, (_, i) => zeros + i).filter((at) => at <= packed.length && endsAt(at));
    return ends.some((at) => isMember(packed.subarray(start, at)));
  };
  const stream = new Gunzip((chunk) => {
    if (through || chunk.length === 0) return;
    chunks.push(chunk);
    [size, length, crc] = [size + chunk.length, length + chunk.length, crc32(chunk, crc)];
    for (let i = 0; i < chunk.length; i++) if (chunk[i] === NEWLINE) line++;
    if (size > most) refuse(`more than ${most} bytes when unpacked; at most as many are read`);
  });
  stream.onmember = (at) => {
    if (!endsAt(at)) corrupt(sealed(at) ? "incorrect length check" : "incorrect data check");
    if (++members > MOST_MEMBERS) refuse(`more than ${MOST_MEMBERS} packed files in one; at most as many are read`);
    [start, crc, length, complete] = [at, 0, 0, at === packed.length];
  };
  if (HEADER.subarray(0, 3).some((byte, i) => packed.length > i && packed[i] !== byte)) corrupt("incorrect header check");
  try {
    feed(stream, packed);
    through = true;
    stream.push(HEADER);
    if (!complete) cut();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { message } = error as Error;
    const headless = message === "invalid gzip data";
    // No header behind a member that came to its end: well where nothing but zeros is left.
    if (!headless || !endsBeforeZeros()) {
      if (through) cut();
      corrupt(headless ? "incorrect header check" : message);
    }
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function feed(stream: Gunzip, packed: Uint8Array): void {
  for (let from = 0; from < packed.length; from += PIECE) stream.push(packed.slice(from, from + PIECE));
}

/** Whether bytes are one member and nothing else. */
function isMember(bytes: Uint8Array): boolean {
  let end = 0;
  const stream = new Gunzip(() => undefined);
  stream.onmember = (at) => (end = at);
  try {
    feed(stream, bytes);
    stream.push(HEADER);
  } catch {
    return false;
  }
  return end === bytes.length;
}

/** What is wrong with a file, told from what goes wrong in the unpacking. */
class Refusal extends RangeError {}
