import { UserError } from "#report";

const PIECE = 4096;
const NEWLINE = 10;

/** Unpacks gzip as the command does: what breaks names the line it came to, and nothing grows beyond `longest`. */
export async function unpack(packed: Uint8Array, name: string, longest: number): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  const chunks: Uint8Array[] = [];
  let [size, line] = [0, 1];
  let grown = false;
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
      chunks.push(value);
      for (let i = 0; i < value.length; i++) if (value[i] === NEWLINE) line++;
      if (size > longest) {
        grown = true;
        return reader.cancel();
      }
    }
  })();
  // What goes wrong is heard from the writer; here it is only kept from being called unheard.
  reading.catch(() => undefined);
  const refuse = (why: string): never => {
    throw new UserError(`${name}:${line}: ${why}`);
  };
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
    if (!grown && taken) refuse("the packed data end in this line: the file is cut off");
    if (!grown)
      refuse(
        `the packed data are corrupt after this line (${String((error as Error).message).replace(/^.*not valid: |\.$/g, "")})`,
      );
  }
  if (grown) refuse(`more than ${longest} bytes when unpacked; at most as many are read`);
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
