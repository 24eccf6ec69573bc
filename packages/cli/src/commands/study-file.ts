import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LONGEST_STUDY, type ReadTable } from "#dynamics";
import { UserError } from "../exit.js";
import { readArray } from "../files/read-array.js";
import { readCsv } from "../files/read-csv.js";
import { readGraphmlFile } from "../files/read-graphml.js";
import { readParquetFile } from "../files/read-parquet.js";
import { inPackage } from "../package-root.js";

/** The text of a study or a sweep. Rejects with a UserError when it cannot be read, or is longer than any. */
export async function readStudy(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === "ENOENT"
        ? `${file}: there is no such file; examples are in ${inPackage("examples")}`
        : `${file}: cannot be read (${code})`,
    );
  }
  // Bytes are at least as many as characters, so this spares decoding what is too long anyway.
  if (bytes.length > 4 * LONGEST_STUDY)
    throw new UserError(`${file}: ${bytes.length} bytes are too long for a study; put data into a file of its own (source: csv)`);
  return bytes.toString("utf8");
}

/** How data files are read: those of the package, and others relative to the folder of the study. */
export const reader =
  (folder: string): ReadTable =>
  (reference) =>
    "builtin" in reference
      ? readCsv(inPackage(`data/${reference.builtin}.csv.gz`), { name: `data/${reference.builtin}.csv.gz` })
      : "array" in reference
        ? readArray(resolve(folder, reference.path), { name: reference.path, array: reference.array })
        : "format" in reference
          ? reference.format === "graphml"
            ? readGraphmlFile(resolve(folder, reference.path), reference)
            : readParquetFile(resolve(folder, reference.path), { name: reference.path })
          : readCsv(resolve(folder, reference.path), { name: reference.path, header: reference.header });
