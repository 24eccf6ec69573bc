import { createHash } from "node:crypto";
import { readIdx, readNpy, readNpz, type FileArray, type Table } from "#dynamics";
import { UserError } from "../exit.js";
import { LONGEST, readBytes, unpack } from "./bytes.js";

/**
 * Reads an array as a table: its first axis are the rows, all others together the columns.
 *
 * *Arguments*: `path` ends with .npy, .npz or .idx, or is called as MNIST calls its files (…-ubyte), each perhaps with .gz behind; `name`:
 * how messages call the file; `array`: which array of an .npz, null for the only one; `longest`: most bytes read or unpacked, default 256 MiB.
 * *Returns*: the table. Rejects with a UserError that names the file when it is cut off, corrupt, too long, or holds what is no finite number.
 */
export async function readArray(
  path: string,
  { name = path, array = null, longest = LONGEST }: { name?: string; array?: string | null; longest?: number } = {},
): Promise<Table> {
  const bytes = await readBytes(path, name, longest);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const content = /\.gz$/i.test(path) ? await unpack(bytes, name, longest) : bytes;
  const { shape, data } = parse(content, path.replace(/\.gz$/i, ""), name, array, longest);
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
