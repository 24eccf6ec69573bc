import { readIdx, readNpy, readNpz, type FileArray, type Table } from "#dynamics";
import { UserError } from "../exit.js";

/**
 * The numbers of an array file as a table, for the command line and for pages.
 * `path` says by its end, without .gz, what the file is; `name` is how messages call it; `longest` bounds what an archive unpacks to.
 */
export function parseArray(
  bytes: Uint8Array,
  path: string,
  { name, array, longest }: { readonly name: string; readonly array: string | null; readonly longest: number },
): Omit<Table, "sha256"> {
  const { sha256: _, ...table } = finiteTable(parse(bytes, path, name, array, longest), name, "");
  return table;
}

/** An array as a table: its first axis are the rows. Throws a UserError that names the first number that is not finite. */
export function finiteTable({ shape, data }: FileArray, name: string, sha256: string): Table {
  if (shape.length === 0 || data.length === 0)
    throw new UserError(`${name}: the array has the shape (${shape.join(", ")}); expected rows of numbers`);
  const bad = data.findIndex((v) => !Number.isFinite(v));
  const rows = shape[0]!;
  const columns = data.length / rows;
  if (bad >= 0)
    throw new UserError(
      `${name}: row ${Math.floor(bad / columns)}, number ${bad % columns} is ${data[bad]}; expected finite numbers`,
    );
  return { rows, columns, values: data, sha256 };
}

function parse(bytes: Uint8Array, path: string, name: string, array: string | null, longest: number): FileArray {
  try {
    if (/\.npz$/i.test(path)) return oneOf(readNpz(bytes, longest), name, array);
    if (array !== null) throw new UserError(`${name}: array "${array}" asked for; only .npz files hold several`);
    if (/\.npy$/i.test(path)) return readNpy(bytes);
    if (/[.-]idx\d?$|-ubyte$/i.test(path)) return readIdx(bytes);
  } catch (error) {
    throw error instanceof RangeError ? new UserError(`${name}: ${error.message}`) : error;
  }
  throw new UserError(`${name}: expected .npy, .npz, .idx or MNIST's …-ubyte, each perhaps with .gz behind`);
}

function oneOf(arrays: ReadonlyMap<string, FileArray>, name: string, array: string | null): FileArray {
  const names = [...arrays.keys()].slice(0, 20).join(", ");
  if (array === null && arrays.size !== 1)
    throw new UserError(`${name}: it holds ${arrays.size} arrays; say which one: ${names}`);
  const found = array === null ? [...arrays.values()][0] : arrays.get(array);
  if (!found) throw new UserError(`${name}: there is no array "${array}"; it has ${names}`);
  return found;
}
