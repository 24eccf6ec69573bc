import type { ReadTable, Table } from "#dynamics";
import { LONGEST, parseArray, parseCsv, parseGraphml, parseParquet, UserError } from "#report";
import digits from "../../../../data/digits.csv.gz?url";
import { dataFile } from "./data-file.js";
import type { Files } from "./protocol/study.js";

/** Data files that come with the site, by the name that a study gives them. */
const builtin: Record<string, { readonly url: string; readonly name: string }> = {
  digits: { url: digits, name: "data/digits.csv.gz" },
};

/** How a study reads tables in a page: those of the package from beside the page, others from what the visitor chose. */
export const reader =
  (files: Files): ReadTable =>
  async (reference) => {
    if ("builtin" in reference) {
      const { url, name } = builtin[reference.builtin]!;
      return table(await fetched(url, name), name, false);
    }
    const { path } = reference;
    const bytes = files[path] ?? files[path.split("/").at(-1)!];
    if (!bytes) throw new UserError(`${path}: a page cannot read your disk; choose this file under "Data files" and run again`);
    if ("header" in reference) return table(bytes, path, reference.header);
    const file = dataFile({ name: path, bytes });
    const read = !("format" in reference)
      ? parseArray(file.bytes, path.replace(/\.gz$/i, ""), { name: path, array: reference.array, longest: LONGEST })
      : reference.format === "graphml"
        ? await parseGraphml(new TextDecoder().decode(file.bytes), path, reference)
        : await parseParquet(file.bytes, { name: path, longest: LONGEST });
    return { ...read, sha256: file.sha256 };
  };

/** A file that lies beside the page. */
export async function fetched(url: string, name: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new UserError(`${name}: the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function table(packed: Uint8Array, name: string, header: boolean): Promise<Table> {
  const { bytes, sha256 } = dataFile({ name, bytes: packed });
  return { ...parseCsv(new TextDecoder().decode(bytes), name, header), sha256 };
}
