import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { canonical, decisive, jsonText, type Manifest, type ReadTable, type Study, type TableReference } from "#dynamics";
import { writeDurably } from "../files/durable.js";
import { checked, json, manifestSchema } from "../files/manifest.js";
import { sha256 } from "../files/run-folder.js";
import { version } from "../package-root.js";

/** A cell that was run, as a file holds it. */
export interface CellRecord {
  readonly format: "separatrix-cell/2";
  readonly cell: string;
  readonly manifest: Manifest;
  /** The data files that it read. */
  readonly reads: readonly { readonly reference: TableReference; readonly sha256: string }[];
  /** Of series and arrays, as their files would hold them. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The digest of all in a study that decides its result, and of the version: equal digests, equal results of equal data. */
export const cellHash = (study: Study): string => sha256(canonical({ ...decisive(study), version: version() }));

const fileOf = (folder: string, hash: string): string => join(folder, `${hash.slice(0, 32)}.json`);

/** Where a cell at work puts away what it carries. */
export const checkpointOf = (folder: string, hash: string): string => join(folder, `${hash.slice(0, 32)}.checkpoint`);

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().max(10_000);
const reference = z.union([
  z.strictObject({ builtin: z.literal("digits") }),
  z.strictObject({ path, header: z.boolean() }),
  z.strictObject({ path, format: z.literal("parquet") }),
  z.strictObject({ path, format: z.literal("graphml"), of: z.literal("edges"), attribute: path.nullable() }),
  z.strictObject({ path, format: z.literal("graphml"), of: z.literal("nodes"), attribute: path }),
  z.strictObject({ path, array: path.nullable() }),
]) satisfies z.ZodType<TableReference>;
const schema = z.strictObject({
  sha256: digest,
  format: z.literal("separatrix-cell/2"),
  cell: digest,
  manifest: manifestSchema,
  reads: z.array(z.strictObject({ reference, sha256: digest })),
  digests: z.record(z.string(), digest),
});

/** A cell as a file holds it and a queue hands it on: JSON, the digest of all that follows in its first line. */
export function cellText(record: CellRecord): string {
  const rest = `${jsonText(record, 1).slice(1)}\n`;
  return `{ "sha256": "${sha256(rest)}",${rest}`;
}

/** The cell in a text. Throws an Error that names what is not as `cellText` writes it: none that was changed or damaged is taken. */
export function parseCell(bytes: string | Uint8Array): CellRecord {
  const text = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
  const [head, said] = /^\{ "sha256": "([0-9a-f]{64})",/.exec(text) ?? [];
  if (head === undefined) throw new Error("it does not begin with its digest, as cells do");
  if (sha256(text.slice(head.length)) !== said) throw new Error("its digest is another: the cell was changed or damaged");
  const { sha256: _, ...record } = checked(schema, json(text));
  return record as unknown as CellRecord;
}

export const writeCell = (folder: string, record: CellRecord): Promise<void> =>
  writeDurably(fileOf(folder, record.cell), cellText(record));

/** The record of a cell; undefined when there is none, or none that is whole, or its data have changed since. */
export async function readCell(folder: string, hash: string, read: ReadTable): Promise<CellRecord | undefined> {
  try {
    const record = parseCell(await readFile(fileOf(folder, hash), "utf8"));
    if (record.cell !== hash) return undefined;
    return (await otherData(record, read)) === undefined ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What a cell read that is not what is here, in words; undefined where all is the same. */
export async function otherData({ reads }: CellRecord, read: ReadTable): Promise<string | undefined> {
  for (const { reference, sha256: digest } of reads) {
    const here = (await read(reference)).sha256;
    if (here !== digest)
      return `its worker read another ${"builtin" in reference ? reference.builtin : reference.path} than is here (SHA-256 ${digest.slice(0, 12)}…, not ${here.slice(0, 12)}…)`;
  }
  return undefined;
}

/** The folders of cells of all sweeps that were finished beside this one. */
export async function cellFolders(parent: string): Promise<string[]> {
  const names = (await readdir(parent)).filter((name) => !name.startsWith(".")).sort();
  return names.filter((name) => existsSync(join(parent, name, "sweep.json"))).map((name) => join(parent, name, "cells"));
}

/** Tables that are read once. */
export function remembered(read: ReadTable): ReadTable {
  const tables = new Map<string, ReturnType<ReadTable>>();
  return (reference) => {
    const key = canonical(reference);
    const table = tables.get(key) ?? read(reference);
    tables.set(key, table);
    return table;
  };
}
