import { unzipSync, zipSync, type Zippable } from "fflate";
import type { NamedArray } from "#dynamics";

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

/** Reads what `npy` writes. Throws on other element types and on files that are cut off. */
export function readNpy(bytes: Uint8Array): NamedArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || !MAGIC.every((b, i) => bytes[i] === b) || bytes[6] !== 1)
    throw new Error("this is not an NPY file of version 1");
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const match = /'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]*)\)/.exec(header);
  if (!match) throw new Error(`expected little-endian float64 in row-major order, found ${header.trim()}`);
  const shape = match[1]!
    .split(",")
    .filter((s) => s.trim() !== "")
    .map(Number);
  const length = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== start + 8 * length) throw new Error(`${length} numbers announced, ${(bytes.length - start) / 8} found`);
  return { shape, data: Float64Array.from({ length }, (_, i) => view.getFloat64(start + 8 * i, true)) };
}

/** Named arrays as an NPZ archive: `numpy.load` reads it. The same arrays give the same bytes. */
export function npz(arrays: Readonly<Record<string, NamedArray>>): Uint8Array {
  const files: Zippable = {};
  for (const name of Object.keys(arrays).sort()) files[`${name}.npy`] = [npy(arrays[name]!), { level: 6, mtime: EPOCH }];
  return zipSync(files);
}

/** Reads what `npz` writes. */
export function readNpz(bytes: Uint8Array): Record<string, NamedArray> {
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, file]) => [name.replace(/\.npy$/, ""), readNpy(file)]));
}
