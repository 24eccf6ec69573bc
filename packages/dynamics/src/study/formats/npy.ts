import { scalarBits } from "../../models/half.js";

/** Numbers of a file in row-major order, whatever their type there. */
export interface FileArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MOST_AXES = 8;

type Get = (view: DataView, at: number, little: boolean) => number;

/** Element types by NumPy's letter and width. */
const KINDS: Readonly<Record<string, Get>> = {
  f8: (v, i, le) => v.getFloat64(i, le),
  f4: (v, i, le) => v.getFloat32(i, le),
  f2: (v, i, le) => scalarBits.half(v.getUint16(i, le)),
  i8: (v, i, le) => v.getInt32(i + (le ? 4 : 0), le) * 2 ** 32 + v.getUint32(i + (le ? 0 : 4), le),
  u8: (v, i, le) => v.getUint32(i + (le ? 4 : 0), le) * 2 ** 32 + v.getUint32(i + (le ? 0 : 4), le),
  i4: (v, i, le) => v.getInt32(i, le),
  u4: (v, i, le) => v.getUint32(i, le),
  i2: (v, i, le) => v.getInt16(i, le),
  u2: (v, i, le) => v.getUint16(i, le),
  i1: (v, i) => v.getInt8(i),
  u1: (v, i) => v.getUint8(i),
  b1: (v, i) => Number(v.getUint8(i) !== 0),
};

/**
 * Reads an array in NumPy's NPY format, versions 1 to 3.
 *
 * *Arguments*: `bytes`: the file. Numbers and truth values of every width, of both byte orders, row by row or column by column.
 * *Returns*: the numbers as float64 in row-major order; 64-bit integers beyond 2^53 are rounded.
 * *Error*: throws a RangeError when the file is cut off or too long for its shape, or holds anything else, such as pickled objects.
 * *Cost*: one pass; memory eight bytes a number, and never more numbers than the file has bytes.
 * *Source*: NumPy, "numpy.lib.format".
 * *Example*: `readNpy(new Uint8Array(5)) // throws npy: this is no NPY file`
 */
export function readNpy(bytes: Uint8Array): FileArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || !MAGIC.every((b, i) => bytes[i] === b)) refuse("this is no NPY file");
  const version = bytes[6]!;
  if (version < 1 || version > 3) refuse(`version ${version}; read are 1 to 3`);
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = from + length;
  if (start > bytes.length || length > 65536) refuse(`a header of ${length} bytes, ${bytes.length - from} are left`);
  const { descr, fortran, shape } = headerOf(new TextDecoder().decode(bytes.subarray(from, start)));
  const get = Object.hasOwn(KINDS, descr.slice(1)) ? KINDS[descr.slice(1)] : undefined;
  if (!get) return refuse(`the element type ${descr}; read are ${Object.keys(KINDS).join(", ")}`);
  const width = Number(descr[2]);
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length - start !== count * width)
    refuse(`shape (${shape.join(", ")}) of ${descr} needs ${count * width} bytes; ${bytes.length - start} are there`);
  const data = new Float64Array(count);
  const little = descr[0] !== ">";
  const index = fortran ? columnOrder(shape) : undefined;
  for (let i = 0; i < count; i++) data[i] = get(view, start + width * (index ? index() : i), little);
  return { shape, data };
}

/** The dictionary that Python prints, in any order of its three keys. */
function headerOf(text: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /'descr': *'([<>|=][a-z]\d{1,2})'/.exec(text)?.[1];
  const fortran = /'fortran_order': *(True|False)/.exec(text)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined)
    return refuse(`the header ${JSON.stringify(text.slice(0, 80).trim())}; expected descr of a number, fortran_order and shape`);
  const lengths = shape
    .split(",")
    .filter((s) => s.trim() !== "")
    .map(Number);
  if (lengths.length > MOST_AXES || !lengths.every(Number.isSafeInteger))
    refuse(`the shape (${shape.slice(0, 60)}); allowed are ${MOST_AXES} integers`);
  return { descr, fortran: fortran === "True", shape: lengths };
}

/** For elements in row-major order, one after the other, their place in column-major order. */
function columnOrder(shape: readonly number[]): () => number {
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((a, b) => a * b, 1));
  const at = new Array<number>(shape.length).fill(0);
  let place = 0;
  return () => {
    const now = place;
    for (let a = shape.length - 1; a >= 0; a--) {
      place += strides[a]!;
      if (++at[a]! < shape[a]!) break;
      place -= strides[a]! * shape[a]!;
      at[a] = 0;
    }
    return now;
  };
}

function refuse(why: string): never {
  throw new RangeError(`npy: ${why}`);
}
