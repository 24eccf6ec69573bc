import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LONGEST_STUDY, type ReadTable } from "#dynamics";
import { unreadable, UserError } from "../exit.js";
import { readArray } from "../files/read-array.js";
import { readCsv } from "../files/read-csv.js";
import { readGraphmlFile } from "../files/read-graphml.js";
import { readParquetFile } from "../files/read-parquet.js";
import { inPackage } from "../package-root.js";
import { quoted } from "./quoted.js";

/** The text of a study or a sweep. Rejects with a UserError when it cannot be read, or is longer than any. */
export async function readStudy(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UserError(`${file}: ${unreadable(error)}; examples are in ${inPackage("examples")}`);
  }
  if (/\.(onnx|safetensors)$/i.test(file))
    throw new UserError(`${file}: this is a model; look at it with  separatrix inspect ${quoted(file)}`);
  // Bytes are at least as many as characters, so this spares decoding what is too long anyway.
  if (bytes.length > 4 * LONGEST_STUDY)
    throw new UserError(`${file}: ${bytes.length} bytes are too long for a study; put data into a file of its own (source: csv)`);
  return bytes.toString("utf8");
}

/** Refuses the one where the other is wanted, by the keys at the start of lines: what else is wrong with it is of no interest then. */
export function wants(kind: "study" | "sweep", text: string, file: string): void {
  const has = (key: string): boolean => new RegExp(`^"?${key}"?\\s*:`, "m").test(text);
  const isSweep = has("axes") && has("study");
  const isStudy = has("system") && has("questions");
  if (isSweep === isStudy || isSweep === (kind === "sweep")) return;
  throw new UserError(
    isSweep
      ? `${file}: this is a sweep, a study with axes:  separatrix sweep ${quoted(file)}`
      : `${file}: this is a single study:  separatrix run ${quoted(file)}   A sweep has it under the key study, beside axes: docs/sweeps.md`,
  );
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
