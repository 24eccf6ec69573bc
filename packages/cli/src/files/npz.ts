import { zipSync, type Zippable } from "fflate";
import { readNpz, type NamedArray } from "#dynamics";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The start of the ZIP calendar: archives of the same arrays have the same bytes. */
const EPOCH = new Date(1980, 0, 1);

/** An array in NumPy's NPY format, version 1.0: little-endian float64 in row-major order. */
export function npy({ shape, data }: NamedArray): Uint8Array {
  const size = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': ${size}, }`;
  // The header, its newline included, fills up a multiple of 64 bytes.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + 8 * data.length);
  bytes.set([...MAGIC, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(length - 11)}\n`), 10);
  data.forEach((value, i) => view.setFloat64(length + 8 * i, value, true));
  return bytes;
}

/** Named arrays as an NPZ archive: `numpy.load` reads it. The same arrays give the same bytes. */
export function npz(arrays: Readonly<Record<string, NamedArray>>): Uint8Array {
  const files: Zippable = {};
  for (const name of Object.keys(arrays).sort()) files[`${name}.npy`] = [npy(arrays[name]!), { level: 6, mtime: EPOCH }];
  return zipSync(files);
}

/** Reads what `npz` writes. */
export const readArrays = (bytes: Uint8Array): Record<string, NamedArray> => Object.fromEntries(readNpz(bytes));
