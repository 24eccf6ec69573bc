import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { Table } from "#dynamics";
import { UserError } from "../exit.js";

/** Longest text that is read, unpacked, in bytes. */
const LONGEST = 1 << 28;
const PIECE = 4096;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads a table of numbers from a comma-separated file, packed (.gz) or not.
 *
 * *Arguments*: `path`; `name`: how messages call the file; `header`: whether the first line names the columns; `longest`: most
 * bytes that are read or unpacked, default 256 MiB.
 * *Returns*: the table. Rejects with a UserError `name:line: …` when the file is cut off, corrupt, ragged, empty, too long, or holds
 * anything but finite decimal numbers.
 */
export async function readCsv(
  path: string,
  { name = path, header = false, longest = LONGEST }: { name?: string; header?: boolean; longest?: number } = {},
): Promise<Table> {
  const bytes = await readBytes(path, name, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const text = (/\.gz$/i.test(path) ? await unpack(bytes, name, longest) : bytes).toString("utf8");
  return { ...parse(text, name, header), sha256 };
}

async function readBytes(path: string, name: string, longest: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > longest) throw new UserError(`${name}: ${size} bytes; at most ${longest} are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === "ENOENT"
        ? `${name}: there is no such file (looked at ${path})`
        : `${name}: cannot be read (${code ?? String(error)})`,
    );
  }
}

/** Unpacks gzip; where it breaks, the lines unpacked so far tell the place. */
function unpack(packed: Buffer, name: string, longest: number): Promise<Buffer> {
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
    gunzip.end(packed.subarray(body));
  });
}

function parse(text: string, name: string, header: boolean): Omit<Table, "sha256"> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines.at(-1)!.trim() === "") lines.pop();
  const names = header ? lines[0]?.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")) : undefined;
  const first = header ? 1 : 0;
  if (lines.length <= first) throw new UserError(`${name}:${lines.length + 1}: there are no rows of numbers`);
  const columns = names?.length ?? lines[first]!.split(",").length;
  const rows = lines.length - first;
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + first]!.split(",");
    const place = `${name}:${row + first + 1}`;
    if (cells.length !== columns) {
      throw new UserError(
        `${place}: ${cells.length} ${cells.length === 1 ? "value" : "values"} here, ${columns} in the first line; every line needs as many`,
      );
    }
    cells.forEach((cell, j) => {
      const trimmed = cell.trim();
      const value = NUMBER.test(trimmed) ? Number(trimmed) : NaN;
      if (!Number.isFinite(value)) {
        const shown = JSON.stringify(trimmed.length > 30 ? `${trimmed.slice(0, 30)}…` : trimmed);
        const hint = row === 0 && !header ? "; if this line names the columns, set header: true" : "";
        throw new UserError(`${place}: value ${j + 1} is ${shown}; expected a finite decimal number${hint}`);
      }
      values[row * columns + j] = value;
    });
  }
  return { rows, columns, values, ...(names ? { names } : {}) };
}
