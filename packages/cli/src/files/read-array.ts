import { createHash } from "node:crypto";
import type { Table } from "#dynamics";
import { LONGEST, readBytes, unpack } from "./bytes.js";
import { parseArray } from "./parse-array.js";

/**
 * Reads an array as a table: its first axis are the rows, all others together the columns.
 *
 * *Arguments*: `path` ends with .npy, .npz or .idx, or is called as MNIST calls its files (…-ubyte), each perhaps with .gz behind; `name`:
 * how messages call the file; `array`: which array of an .npz, null for the only one; `longest`: most bytes read or unpacked, default 256 MiB.
 * *Returns*: the table. Rejects with a UserError that names the file when it is cut off, corrupt, too long, or holds what is no finite number.
 */
export async function readArray(
  path: string,
  { name = path, array = null, longest = LONGEST }: { name?: string; array?: string | null; longest?: number } = {},
): Promise<Table> {
  const bytes = await readBytes(path, name, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const content = /\.gz$/i.test(path) ? unpack(bytes, name, longest) : bytes;
  return { ...parseArray(content, path.replace(/\.gz$/i, ""), { name, array, longest }), sha256 };
}
