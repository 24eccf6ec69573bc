import { createHash } from "node:crypto";
import type { Table } from "#dynamics";
import { LONGEST, readBytes } from "./bytes.js";
import { parseParquet } from "./parse-parquet.js";

/**
 * Reads a table of numbers from a Parquet file.
 *
 * *Arguments*: `path`; `name`: how messages call the file; `longest`: most bytes read or unpacked, default 256 MiB.
 * *Returns*: the table. Rejects with a UserError that names the file and the place in it.
 */
export async function readParquetFile(
  path: string,
  { name = path, longest = LONGEST }: { name?: string; longest?: number } = {},
): Promise<Table> {
  const bytes = await readBytes(path, name, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { ...(await parseParquet(bytes, { name, longest })), sha256 };
}
