/** A structure in Thrift's compact protocol: values by the number of their field. */
export type Fields = ReadonlyMap<number, Thrift>;
export type Thrift = number | boolean | Uint8Array | readonly Thrift[] | Fields;

const DEEPEST = 16;

/** Bytes and the place to which they were read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

export function refuse(why: string): never {
  throw new RangeError(`parquet: ${why}`);
}

export function byteAt(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) refuse("the file ends in the middle of a number: it is cut off or corrupt");
  return cursor.bytes[cursor.at++]!;
}

/** An unsigned number in groups of seven bits; beyond 2^53 it is rounded. */
export function varint(cursor: Cursor): number {
  let [value, factor] = [0, 1];
  for (let i = 0; i < 10; i++) {
    const byte = byteAt(cursor);
    value += (byte & 127) * factor;
    if (byte < 128) return value;
    factor *= 128;
  }
  return refuse("a number of more than ten bytes");
}

/** 0, -1, 1, -2, ... as 0, 1, 2, 3, ... */
const signed = (n: number): number => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);

/**
 * One structure, whole.
 *
 * *Returns*: its fields; whole numbers as doubles, texts and bytes as views of the file.
 * *Error*: throws a RangeError where the bytes end, for deeper nesting than 16 and for unknown types. Every element of a list takes a byte
 * at least, so memory is bounded by the length of the file.
 * *Source*: Apache Thrift, "Thrift compact protocol encoding".
 */
export function struct(cursor: Cursor, depth = 0): Fields {
  if (depth > DEEPEST) refuse(`structures nested more than ${DEEPEST} deep`);
  const fields = new Map<number, Thrift>();
  let field = 0;
  for (;;) {
    const head = byteAt(cursor);
    const type = head & 15;
    if (type === 0) return fields;
    field = head >> 4 === 0 ? signed(varint(cursor)) : field + (head >> 4);
    // Truth values stand in the type.
    fields.set(field, type === 1 ? true : type === 2 ? false : value(cursor, type, depth));
  }
}

function value(cursor: Cursor, type: number, depth: number): Thrift {
  switch (type) {
    case 1:
    case 2:
      return byteAt(cursor) === 1;
    case 3:
      return (byteAt(cursor) << 24) >> 24;
    case 4:
    case 5:
    case 6:
      return signed(varint(cursor));
    case 7: {
      const bytes = taken(cursor, 8);
      return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
    }
    case 8:
      return taken(cursor, varint(cursor));
    case 9:
    case 10:
      return list(cursor, depth);
    case 12:
      return struct(cursor, depth + 1);
    default:
      return refuse(`a field of type ${type}, which is not known: the file is corrupt`);
  }
}

function list(cursor: Cursor, depth: number): Thrift[] {
  if (depth > DEEPEST) refuse(`lists nested more than ${DEEPEST} deep`);
  const head = byteAt(cursor);
  const length = head >> 4 === 15 ? varint(cursor) : head >> 4;
  if (length > cursor.bytes.length - cursor.at)
    refuse(`a list of ${length} elements announced, ${cursor.bytes.length - cursor.at} bytes are left`);
  return Array.from({ length }, () => value(cursor, head & 15, depth + 1));
}

/** The next bytes, as a view. */
export function taken(cursor: Cursor, length: number): Uint8Array {
  if (!(length >= 0 && length <= cursor.bytes.length - cursor.at))
    refuse(`${length} bytes announced, ${cursor.bytes.length - cursor.at} are left`);
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

/** A field that has to be a whole number from 0. */
export function whole(fields: Fields, field: number, what: string): number {
  const found = fields.get(field);
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0
    ? found
    : refuse(`${what} is ${typeof found === "number" ? found : "missing"}; expected a whole number from 0`);
}

export const inner = (fields: Fields, field: number, what: string): Fields => {
  const found = fields.get(field);
  return found instanceof Map ? (found as Fields) : refuse(`${what} is missing`);
};

export const listOf = (fields: Fields, field: number, what: string): readonly Thrift[] => {
  const found = fields.get(field);
  return Array.isArray(found) ? (found as readonly Thrift[]) : refuse(`${what} is missing`);
};

export const text = (value: Thrift | undefined): string =>
  value instanceof Uint8Array ? new TextDecoder().decode(value.subarray(0, 1000)) : "";
