import { readFile, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { unreadable, UserError } from "../exit.js";

export { LONGEST } from "./longest.js";

const PIECE = 4096;

/** The bytes of a data file. Rejects with a UserError that calls it `name` when it is not there or too long. */
export async function readBytes(path: string, name: string, longest: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > longest) throw new UserError(`${name}: ${size} bytes; at most ${longest} are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: ${unreadable(error)}${path === name ? "" : ` (looked at ${path})`}`);
  }
}

/** Unpacks gzip; where it breaks, the lines unpacked so far tell the place. */
export function unpack(packed: Buffer, name: string, longest: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let line = 1;
    const gunzip = createGunzip();
    const stop = (message: string): void => {
      gunzip.removeAllListeners("data").on("error", () => undefined);
      gunzip.destroy();
      reject(new UserError(`${name}:${line}: ${message}`));
    };
    gunzip.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      for (const byte of chunk) if (byte === 10) line++;
      if (size > longest) stop(`more than ${longest} bytes when unpacked; at most as many are read`);
    });
    gunzip.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "Z_BUF_ERROR") stop("the packed data end in this line: the file is cut off");
      else stop(`the packed data are corrupt after this line (${error.message})`);
    });
    gunzip.on("end", () => resolve(Buffer.concat(chunks)));
    // What one piece unpacks to is lost when it breaks in that piece, so pieces are small, and the checksum at the end is one of its own.
    const body = Math.max(0, packed.length - 8);
    for (let from = 0; from < body; from += PIECE) gunzip.write(packed.subarray(from, Math.min(body, from + PIECE)));
    // The end is told when the last piece is through: what a piece unpacks to is lost, too, when the file ends with it too early.
    gunzip.write(packed.subarray(body), (error) => {
      if (!error) gunzip.end();
    });
  });
}
