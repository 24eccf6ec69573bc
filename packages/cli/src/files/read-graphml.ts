import { createHash } from "node:crypto";
import type { Table } from "#dynamics";
import { LONGEST, readBytes, unpack } from "./bytes.js";
import { parseGraphml, type GraphmlReference } from "./parse-graphml.js";

/**
 * Reads the edges of a GraphML file, or an attribute of its nodes, as a table.
 *
 * *Arguments*: `path` ends perhaps with .gz; `reference`: what is wanted, and how messages call the file; `longest`: most bytes read or unpacked, default
 * 256 MiB.
 * *Returns*: the table. Rejects with a UserError that names the file, the line and the column.
 */
export async function readGraphmlFile(path: string, reference: GraphmlReference, longest = LONGEST): Promise<Table> {
  const bytes = await readBytes(path, reference.path, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const text = new TextDecoder().decode(/\.gz$/i.test(path) ? unpack(bytes, reference.path, longest) : bytes);
  return { ...parseGraphml(text, reference.path, reference), sha256 };
}
