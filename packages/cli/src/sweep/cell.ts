import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonical, decisive, type Manifest, type ReadTable, type Study, type TableReference } from "#dynamics";
import { writeDurably } from "../files/durable.js";
import { sha256 } from "../files/run-folder.js";
import { version } from "../package-root.js";

/** A cell that was run, as a file holds it. */
export interface CellRecord {
  readonly format: "separatrix-cell/1";
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

export const writeCell = (folder: string, record: CellRecord): Promise<void> =>
  writeDurably(fileOf(folder, record.cell), `${JSON.stringify(record, null, 1)}\n`);

/** The record of a cell; undefined when there is none, or none that is whole, or its data have changed since. */
export async function readCell(folder: string, hash: string, read: ReadTable): Promise<CellRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(fileOf(folder, hash), "utf8")) as CellRecord | null;
    if (record?.format !== "separatrix-cell/1" || record.cell !== hash) return undefined;
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
