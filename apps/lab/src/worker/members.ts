import { Gunzip } from "fflate";

const PIECE = 4096;
/** Header and trailer of a member that holds nothing. */
const SHORTEST = 18;

/**
 * The members of a gzip file, which may be several, one behind the other (RFC 1952, section 2.2: `cat a.gz b.gz`): a page's own unpacking takes one.
 *
 * *Arguments*: `longest`: unpacked bytes after which nobody wants to know more.
 * *Returns*: pieces that are the file when put together. Where it is damaged the rest is one piece, and unpacking it tells what is wrong.
 */
export function members(packed: Uint8Array, longest: number): Uint8Array[] {
  if (!mayHoldMore(packed)) return [packed];
  const starts = [0];
  let size = 0;
  const walk = new Gunzip((chunk) => (size += chunk.length));
  walk.onmember = (at) => starts.push(at);
  try {
    for (let from = 0; from < packed.length && size <= longest; from += PIECE)
      walk.push(packed.slice(from, from + PIECE), from + PIECE >= packed.length);
  } catch {
    // What is found so far are the members before the damage.
  }
  return starts.map((start, i) => packed.subarray(start, starts[i + 1]));
}

/** Whether something behind the first header looks like another: then it is worth finding out. */
function mayHoldMore(packed: Uint8Array): boolean {
  for (let at = packed.indexOf(0x1f, SHORTEST); at >= 0; at = packed.indexOf(0x1f, at + 1))
    if (packed[at + 1] === 0x8b && packed[at + 2] === 8) return true;
  return false;
}
