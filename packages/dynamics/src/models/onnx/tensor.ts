import { scalarBits } from "../half.js";
import { fileStretch, readEntry, type FilesBeside } from "./beside.js";
import { quoted } from "./quoted.js";
import { eachField, type Field, type Stretch } from "./wire.js";

/** What the numbers of a value stand for; all are held in float64. */
export type ElementType = "float" | "integer" | "boolean";

/** A tensor stored in a model. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

interface Stored {
  readonly name: string;
  readonly type: ElementType;
  /** Bytes of an element in raw data. */
  readonly width: number;
  read(view: DataView, offset: number): number;
}

/** The element types that are read, by their number in TensorProto.DataType. */
const STORED: Readonly<Record<number, Stored>> = {
  1: { name: "float32", type: "float", width: 4, read: (v, i) => v.getFloat32(i, true) },
  2: { name: "uint8", type: "integer", width: 1, read: (v, i) => v.getUint8(i) },
  3: { name: "int8", type: "integer", width: 1, read: (v, i) => v.getInt8(i) },
  4: { name: "uint16", type: "integer", width: 2, read: (v, i) => v.getUint16(i, true) },
  5: { name: "int16", type: "integer", width: 2, read: (v, i) => v.getInt16(i, true) },
  6: { name: "int32", type: "integer", width: 4, read: (v, i) => v.getInt32(i, true) },
  7: { name: "int64", type: "integer", width: 8, read: (v, i) => v.getInt32(i + 4, true) * 2 ** 32 + v.getUint32(i, true) },
  9: { name: "bool", type: "boolean", width: 1, read: (v, i) => Number(v.getUint8(i) !== 0) },
  10: { name: "float16", type: "float", width: 2, read: (v, i) => scalarBits.half(v.getUint16(i, true)) },
  11: { name: "float64", type: "float", width: 8, read: (v, i) => v.getFloat64(i, true) },
  12: { name: "uint32", type: "integer", width: 4, read: (v, i) => v.getUint32(i, true) },
  13: { name: "uint64", type: "integer", width: 8, read: (v, i) => v.getUint32(i + 4, true) * 2 ** 32 + v.getUint32(i, true) },
  16: { name: "bfloat16", type: "float", width: 2, read: (v, i) => scalarBits.brain(v.getUint16(i, true)) },
};

const HALVES = new Set([10, 16]);
export const MOST_AXES = 8;

/** The numbers of a field, where it is one of the lists of numbers. */
const listed = ({ number, floats, doubles, integers }: Field): Field["floats"] | undefined =>
  number === 4 ? floats : number === 10 ? doubles : number === 5 || number === 7 || number === 11 ? integers : undefined;

/** What a number of TensorProto.DataType means here; undefined: not read. */
export const elementType = (code: number): ElementType | undefined => STORED[code]?.type;

/** What an element type is called. */
export const elementName = (code: number): string => STORED[code]?.name ?? `element type ${code}`;

/** A TensorProto. Its shape is held against the numbers that are there before anything is allocated. */
export function readTensor(stretch: Stretch, what: string, beside?: FilesBeside): OnnxTensor {
  const shape: number[] = [];
  let [name, code, raw, elements] = ["", 0, undefined as Stretch | undefined, 0];
  let elsewhere = false;
  const place = new Map<string, string>();
  eachField(stretch, what, (field) => {
    if (field.number === 1) field.integers((d) => grow(shape, d, what));
    else if (field.number === 2) code = field.integer();
    else if (listed(field)) listed(field)!(() => void elements++);
    else if (field.number === 8) name = field.text();
    else if (field.number === 9) raw = field.stretch();
    else if (field.number === 3) throw new RangeError(`${what}: a tensor stored in segments, which are not read`);
    else if (field.number === 13) readEntry(field.stretch(), what, place);
    else if (field.number === 14) elsewhere = field.integer() !== 0;
  });
  const label = `${what}: tensor ${quoted(name)}`;
  const stored = STORED[code];
  if (!stored)
    throw new RangeError(
      `${label} has element type ${code}, which is not read; read are ${Object.values(STORED)
        .map((s) => s.name)
        .join(", ")}`,
    );
  const wanted = count(shape);
  if (elsewhere || place.size > 0) {
    if (raw || elements > 0) throw new RangeError(`${label} holds its numbers twice, here and in another file`);
    raw = { bytes: fileStretch(place, wanted * stored.width, label, beside), at: 0 };
  }
  const rawElements = raw ? raw.bytes.length / stored.width : 0;
  if (raw && elements > 0) throw new RangeError(`${label} holds its numbers twice, raw and as a list`);
  const found = raw ? rawElements : elements;
  if (found !== wanted)
    throw new RangeError(`${label} has shape [${shape.join(", ")}], which is ${wanted} numbers, and holds ${found}`);
  const data = new Float64Array(wanted);
  if (raw) {
    const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
    for (let i = 0; i < wanted; i++) data[i] = stored.read(view, i * stored.width);
  } else {
    // Halves and bfloat16 stand in int32_data as their bits.
    const bits = code === 10 ? scalarBits.half : scalarBits.brain;
    let i = 0;
    eachField(stretch, what, (field) =>
      listed(field)?.((value) => (data[i++] = HALVES.has(code) ? bits(value & 0xffff) : value)),
    );
  }
  if (stored.type === "boolean") for (let i = 0; i < wanted; i++) data[i] = data[i] === 0 ? 0 : 1;
  return { name, type: stored.type, shape, data };
}

function grow(shape: number[], d: number, what: string): void {
  if (d < 0) throw new RangeError(`${what}: a tensor with an axis of length ${d}`);
  if (shape.push(d) > MOST_AXES) throw new RangeError(`${what}: a tensor of more than ${MOST_AXES} axes`);
}

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
