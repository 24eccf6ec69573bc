import { createHash } from "node:crypto";
import type { Table } from "#dynamics";
import { LONGEST, readBytes, unpack } from "./bytes.js";
import { parseCsv } from "./parse-csv.js";

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
  const text = new TextDecoder().decode(/\.gz$/i.test(path) ? unpack(bytes, name, longest) : bytes);
  return { ...parseCsv(text, name, header), sha256 };
}
