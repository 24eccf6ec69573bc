import { readParquet, type Table } from "#dynamics";
import { UserError } from "../exit.js";

/**
 * The numbers of a Parquet file as a table. Rejects with a UserError that names the place of what is no finite number, and of all that `readParquet`
 * refuses. zstd, in which polars packs, is fetched when a file needs it.
 */
export async function parseParquet(
  bytes: Uint8Array,
  { name, longest }: { readonly name: string; readonly longest: number },
): Promise<Omit<Table, "sha256">> {
  const table = await read(bytes, name, longest);
  const { rows, columns, values, names } = table;
  if (rows === 0) throw new UserError(`${name}: there are no rows`);
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new UserError(
      `${name}: row ${Math.floor(bad / columns)}, column "${names![bad % columns]}" is ${Number.isNaN(values[bad]) ? "empty or NaN" : values[bad]}; expected finite numbers`,
    );
  return table;
}

async function read(bytes: Uint8Array, name: string, longest: number): Promise<Omit<Table, "sha256">> {
  try {
    const { decompressZstd } = await import("hyparquet-compressors");
    const zstd = (packed: Uint8Array, size: number): Uint8Array => decompressZstd(packed, new Uint8Array(size));
    return readParquet(bytes, { most: longest, codecs: { zstd } });
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${name}: ${error.message}`) : error;
  }
}
