import type { ReadTable, Table } from "#dynamics";
import { parseArray, parseCsv, parseGraphml, parseParquet, UserError } from "#report";
import digits from "../../../../data/digits.csv.gz?url";
import { sha256 } from "../parts/sha256.js";
import type { Files } from "./protocol/study.js";

/** Data files that come with the site, by the name that a study gives them. */
const builtin: Record<string, { readonly url: string; readonly name: string }> = {
  digits: { url: digits, name: "data/digits.csv.gz" },
};

/** Most bytes that an archive of arrays may unpack to. */
const LONGEST = 1 << 28;

/** How a study reads tables in a page: those of the package from beside the page, others from what the visitor chose. */
export const reader =
  (files: Files): ReadTable =>
  async (reference) => {
    if ("builtin" in reference) {
      const { url, name } = builtin[reference.builtin]!;
      const response = await fetch(url);
      if (!response.ok) throw new UserError(`${name}: the server answered ${response.status}`);
      return table(new Uint8Array(await response.arrayBuffer()), name, false);
    }
    const { path } = reference;
    const bytes = files[path] ?? files[path.split("/").at(-1)!];
    if (!bytes) throw new UserError(`${path}: a page cannot read your disk; choose this file under "Data files" and run again`);
    if ("format" in reference && reference.format === "graphml") {
      const text = new TextDecoder().decode(await unpacked(bytes, path));
      return { ...parseGraphml(text, path, reference), sha256: sha256(bytes) };
    }
    if ("format" in reference) return { ...(await parseParquet(bytes, { name: path, longest: LONGEST })), sha256: sha256(bytes) };
    if (!("array" in reference)) return table(bytes, path, reference.header);
    const options = { name: path, array: reference.array, longest: LONGEST };
    return { ...parseArray(await unpacked(bytes, path), path.replace(/\.gz$/i, ""), options), sha256: sha256(bytes) };
  };

async function table(bytes: Uint8Array, name: string, header: boolean): Promise<Table> {
  const text = new TextDecoder().decode(await unpacked(bytes, name));
  return { ...parseCsv(text, name, header), sha256: sha256(bytes) };
}

/** The bytes as they are, or what they unpack to. */
async function unpacked(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new UserError(`${name}: the packed data are corrupt or cut off`);
  }
}
