import { scalarBits } from "../half.js";

/** A tensor of a safetensors file, widened to float64. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

interface Kind {
  readonly width: number;
  read(view: DataView, offset: number): number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  F64: { width: 8, read: (v, i) => v.getFloat64(i, true) },
  F32: { width: 4, read: (v, i) => v.getFloat32(i, true) },
  F16: { width: 2, read: (v, i) => scalarBits.half(v.getUint16(i, true)) },
  BF16: { width: 2, read: (v, i) => scalarBits.brain(v.getUint16(i, true)) },
};

/** The header of the format's own library is at most this long. */
const LONGEST_HEADER = 100_000_000;
const MOST_AXES = 8;

/**
 * Reads the tensors of a safetensors file.
 *
 * *Arguments*: `bytes`: the file. Element types F64, F32, F16 and BF16.
 * *Returns*: the tensors by name, widened to float64, in the order of their bytes.
 * *Error*: throws a RangeError that names the tensor when the file is cut off, the header is no such header, tensors overlap or leave
 * holes, or an element type is another. Names are keys of a Map: none of them can reach into an object.
 * *Cost*: one pass; memory eight bytes a number, and never more numbers than the file has bytes.
 * *Source*: Hugging Face, "Safetensors", section Format.
 * *Example*: `readSafetensors(writeSafetensors(new Map([["w", { shape: [2], data: [1, 2] }]]))).get("w").data // [1, 2]`
 */
export function readSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) refuse(`${bytes.length} bytes; a file has at least 8`);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > LONGEST_HEADER || length > bytes.length - 8)
    refuse(`a header of ${length} bytes announced, ${bytes.length - 8} left; allowed are at most ${LONGEST_HEADER}`);
  const start = 8 + length;
  const end = bytes.length - start;
  const found = headerOf(bytes.subarray(8, start))
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => ({ name, ...entryOf(name, entry) }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let at = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, kind, shape, from, to } of found) {
    if (from !== at) refuse(`tensor ${quoted(name)} begins at ${from}; expected ${at}: tensors lie one behind the other`);
    if (to > end) refuse(`tensor ${quoted(name)} ends at ${to}, and the data at ${end}: the file is cut off`);
    const count = shape.reduce((a, b) => a * b, 1);
    if (to - from !== count * kind.width)
      refuse(`tensor ${quoted(name)} of shape [${shape.join(", ")}] needs ${count * kind.width} bytes and has ${to - from}`);
    const data = new Float64Array(count);
    for (let i = 0; i < count; i++) data[i] = kind.read(view, start + from + i * kind.width);
    tensors.set(name, { shape, data });
    at = to;
  }
  if (at !== end) refuse(`${end - at} bytes behind the last tensor`);
  return tensors;
}

/** The entries of the header: an object of JSON in whose text every name stands once. */
function headerOf(bytes: Uint8Array): [string, unknown][] {
  const text = new TextDecoder().decode(bytes);
  if (text[0] !== "{") refuse("the header does not begin with {");
  let header: object;
  try {
    header = JSON.parse(text) as object;
  } catch (error) {
    return refuse(`the header is no JSON (${(error as Error).message.slice(0, 80)})`);
  }
  const entries = Object.entries(header);
  // Of two equal names the parser keeps the last; the text has both.
  if (namesIn(text) !== entries.length) refuse("a name stands twice in the header");
  return entries;
}

/** Number of names in the outermost object of a well-formed text of JSON. */
function namesIn(text: string): number {
  let depth = 0;
  let names = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
    else if (c === ":" && depth === 1) names++;
  }
  return names;
}

function entryOf(name: string, entry: unknown): { kind: Kind; shape: readonly number[]; from: number; to: number } {
  const what = `tensor ${quoted(name)}`;
  if (typeof entry !== "object" || entry === null) refuse(`${what} is no object`);
  const own = new Map(Object.entries(entry as object));
  const dtype: unknown = own.get("dtype");
  if (typeof dtype !== "string" || !Object.hasOwn(KINDS, dtype))
    return refuse(`${what} has the element type ${quoted(String(dtype))}; read are ${Object.keys(KINDS).join(", ")}`);
  const shape = numbers(own.get("shape"));
  if (!shape || shape.length > MOST_AXES) return refuse(`${what} has no shape of at most ${MOST_AXES} integers from 0`);
  const offsets = numbers(own.get("data_offsets"));
  if (!offsets || offsets.length !== 2 || offsets[0]! > offsets[1]!) return refuse(`${what} has no data_offsets [begin, end]`);
  return { kind: KINDS[dtype]!, shape, from: offsets[0]!, to: offsets[1]! };
}

const numbers = (value: unknown): readonly number[] | undefined =>
  Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0) ? (value as number[]) : undefined;

/**
 * Writes tensors as a safetensors file.
 *
 * *Arguments*: `tensors` by name; numbers in row-major order; `type`: "F64" (default) or "F32", to which numbers are rounded.
 * *Returns*: the bytes: the same tensors give the same ones. The data begin at a multiple of 8 bytes.
 * *Error*: throws when a tensor has not as many numbers as its shape.
 * *Cost*: one pass. *Source*: as `readSafetensors`.
 * *Example*: `writeSafetensors(new Map([["w", { shape: [2], data: [1, 2] }]])).length // 80`
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>,
  type: "F64" | "F32" = "F64",
): Uint8Array {
  const { width } = KINDS[type]!;
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    if (name === "__metadata__" || count !== data.length)
      throw new RangeError(
        `writeSafetensors: ${quoted(name)} has ${data.length} numbers for shape [${shape.join(", ")}]; allowed: ${count}, and any name but __metadata__`,
      );
    const from = end;
    end += width * count;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: type, shape, data_offsets: [from, end] })}`;
  });
  const text = new TextEncoder().encode(`{${entries.join(",")}}`);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(32, 8, 8 + length);
  bytes.set(text, 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  let at = 8 + length;
  for (const { data } of tensors.values())
    for (let i = 0; i < data.length; i++, at += width) {
      if (type === "F64") view.setFloat64(at, data[i]!, true);
      else view.setFloat32(at, data[i]!, true);
    }
  return bytes;
}

const quoted = (name: string): string => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);

function refuse(why: string): never {
  throw new RangeError(`safetensors: ${why}`);
}
