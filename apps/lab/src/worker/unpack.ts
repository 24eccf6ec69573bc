import { UserError } from "#report";
import { members } from "./members.js";

const PIECE = 4096;
const NEWLINE = 10;

/** What was unpacked so far. */
interface Unpacked {
  readonly chunks: Uint8Array[];
  size: number;
  /** The line that it ends in. */
  line: number;
}

/** Unpacks gzip as the command does: what breaks names the line it came to, and nothing grows beyond `longest`. */
export async function unpack(packed: Uint8Array, name: string, longest: number): Promise<Uint8Array> {
  const sofar: Unpacked = { chunks: [], size: 0, line: 1 };
  for (const member of members(packed, longest)) {
    const why = await unpackOne(member, sofar, longest);
    if (why !== undefined) throw new UserError(`${name}:${sofar.line}: ${why}`);
  }
  const all = new Uint8Array(sofar.size);
  let at = 0;
  for (const chunk of sofar.chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Unpacks one member behind those before; in words what is wrong with it, undefined where nothing is. */
async function unpackOne(packed: Uint8Array, sofar: Unpacked, longest: number): Promise<string | undefined> {
  const { readable, writable } = new DecompressionStream("gzip");
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  let grown = false;
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      sofar.size += value.length;
      sofar.chunks.push(value);
      for (let i = 0; i < value.length; i++) if (value[i] === NEWLINE) sofar.line++;
      if (sofar.size > longest) {
        grown = true;
        return reader.cancel();
      }
    }
  })();
  // What goes wrong is heard from the writer; here it is only kept from being called unheard.
  reading.catch(() => undefined);
  let taken = false;
  try {
    // The checksum at the end is a piece of its own, and so is what little of the data is lost with a piece that breaks.
    const body = Math.max(0, packed.length - 8);
    for (let from = 0; from < body && !grown; from += PIECE) await writer.write(packed.slice(from, Math.min(body, from + PIECE)));
    if (!grown) await writer.write(packed.slice(body));
    taken = true;
    if (!grown) await writer.close();
    await reading;
  } catch (error) {
    if (!grown)
      return taken
        ? "the packed data end in this line: the file is cut off"
        : `the packed data are corrupt after this line (${String((error as Error).message).replace(/^.*not valid: |\.$/g, "")})`;
  }
  return grown ? `more than ${longest} bytes when unpacked; at most as many are read` : undefined;
}
