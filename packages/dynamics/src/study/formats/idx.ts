import type { FileArray } from "./npy.js";

const KINDS: Readonly<Record<number, { readonly width: number; get(view: DataView, at: number): number }>> = {
  0x08: { width: 1, get: (v, i) => v.getUint8(i) },
  0x09: { width: 1, get: (v, i) => v.getInt8(i) },
  0x0b: { width: 2, get: (v, i) => v.getInt16(i) },
  0x0c: { width: 4, get: (v, i) => v.getInt32(i) },
  0x0d: { width: 4, get: (v, i) => v.getFloat32(i) },
  0x0e: { width: 8, get: (v, i) => v.getFloat64(i) },
};

const MOST_AXES = 8;

/**
 * Reads an array in the IDX format, in which MNIST and its relatives are kept.
 *
 * *Arguments*: `bytes`: the file, unpacked. *Returns*: its numbers as float64 in row-major order.
 * *Error*: throws a RangeError when the file is no such file, is cut off, or is too long for its shape.
 * *Cost*: one pass; never more numbers than the file has bytes. *Source*: LeCun, Cortes and Burges, "The MNIST database", file formats.
 * *Example*: `readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])).data // [7, 9]`
 */
export function readIdx(bytes: Uint8Array): FileArray {
  const kind = Object.hasOwn(KINDS, bytes[2] ?? -1) ? KINDS[bytes[2]!] : undefined;
  const axes = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || !kind || axes < 1 || axes > MOST_AXES)
    return refuse(`this is no IDX file: expected 0, 0, an element type and 1 to ${MOST_AXES} axes`);
  const start = 4 + 4 * axes;
  if (bytes.length < start) refuse("the file ends in its header: it is cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length - start !== count * kind.width)
    refuse(`shape (${shape.join(", ")}) needs ${count * kind.width} bytes; ${bytes.length - start} are there`);
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = kind.get(view, start + kind.width * i);
  return { shape, data };
}

function refuse(why: string): never {
  throw new RangeError(`idx: ${why}`);
}
