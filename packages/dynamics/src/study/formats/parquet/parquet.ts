import type { Table } from "../../table.js";
import { codecs, type Codec } from "./codecs.js";
import { BOOLEAN, byteStreamSplit, delta, hybrid, plain, stored } from "./decode.js";
import { inner, listOf, refuse, struct, taken, text, whole, type Cursor, type Fields } from "./thrift.js";

export interface ParquetOptions {
  /** Most bytes of numbers (eight each) and of unpacked pages. Default 2^28. */
  readonly most?: number;
  /** Further ways to unpack pages, by name: "zstd". */
  readonly codecs?: Readonly<Record<string, Codec>>;
}

interface Column {
  readonly name: string;
  readonly type: number;
  readonly optional: boolean;
  /** What stands for numbers from 0, in as many bits. */
  readonly unsigned: boolean;
}

const MAGIC = 0x31524150;
const MOST_COLUMNS = 100_000;
/** The member of LogicalType that is a number. */
const INTEGER = 10;

/**
 * Reads a table of numbers in the Parquet format.
 *
 * *Arguments*: `bytes`: the file; see `ParquetOptions`. Flat columns of INT32, INT64, FLOAT, DOUBLE and BOOLEAN, in all usual encodings (plain, dictionary,
 * delta, split streams) and pages of both versions, plain or packed with snappy or gzip.
 * *Returns*: the numbers row by row with the columns' names; nothing (null) is NaN, truth values are 1 and 0; 64-bit integers beyond 2^53 are rounded.
 * *Error*: throws a RangeError when the file is cut off or corrupt, holds text, dates, decimals or nested columns, is packed otherwise, or holds or unpacks
 * to more than `most`. No count in the file is believed before it is held against the bound.
 * *Cost*: one pass. *Source*: Apache Parquet, "File format" and "Encodings".
 * *Example*: `readParquet(new Uint8Array(12)) // throws parquet: this is no Parquet file`
 */
export function readParquet(bytes: Uint8Array, options: ParquetOptions = {}): Omit<Table, "sha256"> {
  const { most = 2 ** 28 } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 8;
  if (end < 4 || view.getUint32(0, true) !== MAGIC || view.getUint32(end + 4, true) !== MAGIC)
    refuse("this is no Parquet file, or it is cut off");
  const length = view.getUint32(end, true);
  if (length > end - 4) refuse(`a directory of ${length} bytes in a file of ${bytes.length}`);
  const directory = struct({ bytes: bytes.subarray(end - length, end), at: 0 });
  const columns = columnsOf(listOf(directory, 2, "the list of columns") as readonly Fields[]);
  const rows = whole(directory, 3, "the number of rows");
  if (8 * rows * columns.length > most)
    refuse(`${rows} rows of ${columns.length} numbers are more than ${most} bytes; at most as many are read`);
  const values = new Float64Array(rows * columns.length);
  let done = 0;
  // What pages unpack to, in all: a few bytes may stand for many pages.
  const budget = { left: most };
  for (const group of listOf(directory, 4, "the list of row groups") as readonly Fields[]) {
    if (!(group instanceof Map)) refuse("a row group that is none");
    const own = whole(group, 3, "the number of rows of a group");
    if (own > rows - done) refuse(`row groups of more than the ${rows} rows announced`);
    const chunks = listOf(group, 1, "the columns of a row group") as readonly Fields[];
    if (chunks.length !== columns.length) refuse(`${chunks.length} columns in a row group; the file has ${columns.length}`);
    columns.forEach((column, c) => {
      const found = chunk(bytes, chunks[c]!, column, own, budget, options.codecs ?? {});
      const span = 2 ** (8 * (stored[column.type]?.width ?? 0));
      for (let i = 0; i < own; i++)
        values[(done + i) * columns.length + c] = column.unsigned && found[i]! < 0 ? found[i]! + span : found[i]!;
    });
    done += own;
  }
  if (done !== rows) refuse(`${done} rows in the row groups; ${rows} are announced`);
  return { rows, columns: columns.length, values, names: columns.map((c) => c.name) };
}

/** The columns of a flat schema: the first element is the root. */
function columnsOf(schema: readonly Fields[]): Column[] {
  if (schema.length < 2) refuse("a schema without columns");
  if (schema.length > MOST_COLUMNS) refuse(`${schema.length - 1} columns; at most ${MOST_COLUMNS} are read`);
  return schema.slice(1).map((element) => {
    if (!(element instanceof Map)) return refuse("a column without a description");
    const name = text(element.get(4));
    const what = `the column ${JSON.stringify(name.slice(0, 60))}`;
    const type = element.get(1);
    const repetition = element.get(3) ?? 0;
    // Integers smaller than 32 bits and signed ones are numbers; dates, times and decimals would be taken for others.
    const meaning = element.get(6);
    const logical = element.get(10);
    const integer =
      (meaning === undefined || (typeof meaning === "number" && meaning >= 11 && meaning <= 18)) &&
      (logical === undefined || (logical instanceof Map && (logical as Fields).has(INTEGER)));
    if (element.get(5) !== undefined || repetition === 2) return refuse(`${what} is nested; flat columns of numbers are read`);
    if (typeof type !== "number" || !(type === BOOLEAN || Object.hasOwn(stored, type)) || !integer)
      return refuse(
        `${what} holds no numbers; read are ${Object.values(stored)
          .map((s) => s.name)
          .join(", ")} and BOOLEAN`,
      );
    const unsigned = typeof meaning === "number" && meaning <= 14;
    return { name, type, optional: repetition === 1, unsigned };
  });
}

/** The values of one column in one row group. */
function chunk(
  bytes: Uint8Array,
  description: Fields,
  column: Column,
  rows: number,
  budget: { left: number },
  more: Readonly<Record<string, Codec>>,
): Float64Array {
  const what = `the column ${JSON.stringify(column.name.slice(0, 60))}`;
  if (!(description instanceof Map)) return refuse(`${what} has no description`);
  if (description.get(1) !== undefined) refuse(`${what} lies in another file, which is never opened`);
  const meta = inner(description, 3, `the directory of ${what}`);
  if (meta.get(1) !== column.type) refuse(`${what} has another type in a row group than in the schema`);
  const codec = codecs[whole(meta, 4, `the packing of ${what}`)];
  const unpack = codec?.unpack ?? (codec && more[codec.name] ? foreign(more[codec.name]!) : undefined);
  if (!codec || !unpack)
    return refuse(
      `${what} is packed by ${codec?.name ?? "an unknown method"}; read are none, snappy, gzip${Object.keys(more)
        .map((n) => `, ${n}`)
        .join("")}`,
    );
  const dictionaryAt = meta.get(11);
  const first = whole(meta, 9, `the place of ${what}`);
  const from = typeof dictionaryAt === "number" && dictionaryAt > 0 ? Math.min(first, dictionaryAt) : first;
  const size = whole(meta, 7, `the length of ${what}`);
  if (from + size > bytes.length || from < 4) refuse(`${what} lies beyond the end of the file`);
  const cursor: Cursor = { bytes: bytes.subarray(from, from + size), at: 0 };
  const out = new Float64Array(rows);
  let dictionary: Float64Array | undefined;
  let done = 0;
  while (done < rows) {
    const header = struct(cursor);
    const packed = taken(cursor, whole(header, 3, `the length of a page of ${what}`));
    const full = whole(header, 2, `the unpacked length of a page of ${what}`);
    budget.left -= full;
    if (budget.left < 0) refuse("the pages unpack to more than is read");
    const kind = header.get(1);
    if (kind === 2) {
      const page: Cursor = { bytes: unpack(packed, full), at: 0 };
      dictionary = plain(page, column.type, bounded(inner(header, 7, "the description of a dictionary"), 1, full, column));
    } else if (kind === 0 || kind === 3) {
      const about = inner(header, kind === 0 ? 5 : 8, `the description of a page of ${what}`);
      const count = whole(about, 1, "the number of values of a page");
      if (count === 0 || count > rows - done)
        return refuse(`a page of ${count} values where ${rows - done} are missing in ${what}`);
      const page =
        kind === 0 ? pageV1(about, unpack(packed, full), count, column) : pageV2(about, packed, full, unpack, count, column);
      place(out, done, page, column, dictionary);
      done += count;
    } else if (kind !== 1) refuse(`a page of kind ${typeof kind === "number" ? kind : "unknown"}`);
  }
  return out;
}

/** A way to unpack that is not ours: whatever it throws is a page that does not unpack. */
const foreign =
  (codec: Codec): Codec =>
  (packed, size) => {
    try {
      return codec(packed, size);
    } catch (error) {
      return refuse(`a page does not unpack (${String((error as Error).message).slice(0, 60)})`);
    }
  };

/** A count that the bytes of the page could hold. */
function bounded(fields: Fields, field: number, bytes: number, { type }: Column): number {
  const count = whole(fields, field, "the number of values of a page");
  const width = type === BOOLEAN ? 1 / 8 : stored[type]!.width;
  return count * width > bytes ? refuse(`${count} values announced in a page of ${bytes} bytes`) : count;
}

/** A data page: where its levels and its values are, and how the values are encoded. */
interface Page {
  readonly count: number;
  /** Which values are there; undefined: all. */
  readonly present: Uint32Array | undefined;
  readonly values: Cursor;
  readonly encoding: number;
}

const ENCODING = "the encoding of a page";

/** A data page of version 1: levels and values packed together. */
function pageV1(about: Fields, page: Uint8Array, count: number, { optional }: Column): Page {
  const values: Cursor = { bytes: page, at: 0 };
  const encoding = whole(about, 2, ENCODING);
  if (!optional) return { count, present: undefined, values, encoding };
  const head = taken(values, 4);
  const levels = taken(values, head[0]! + 256 * head[1]! + 65536 * head[2]! + 16777216 * head[3]!);
  return { count, present: hybrid({ bytes: levels, at: 0 }, 1, count), values, encoding };
}

/** A data page of version 2: levels stand unpacked before the values. */
function pageV2(about: Fields, packed: Uint8Array, full: number, unpack: Codec, count: number, { optional }: Column): Page {
  const front: Cursor = { bytes: packed, at: 0 };
  taken(front, whole(about, 6, "the length of repetition levels"));
  const levels = taken(front, whole(about, 5, "the length of definition levels"));
  if (front.at > full) refuse(`levels of ${front.at} bytes in a page of ${full}`);
  const rest = packed.subarray(front.at);
  const values: Cursor = { bytes: about.get(7) === false ? rest : unpack(rest, full - front.at), at: 0 };
  const present = optional ? hybrid({ bytes: levels, at: 0 }, 1, count) : undefined;
  return { count, present, values, encoding: whole(about, 4, ENCODING) };
}

/** Puts the values of a page where they belong, NaN where there is none. */
function place(out: Float64Array, done: number, page: Page, column: Column, dictionary: Float64Array | undefined): void {
  const { count, present } = page;
  const read = (n: number): Float64Array => values(page.values, page.encoding, n, column, dictionary);
  if (!present) return out.set(read(count), done);
  const found = read(present.reduce((n, level) => n + level, 0));
  let at = 0;
  for (let i = 0; i < count; i++) out[done + i] = present[i] === 1 ? found[at++]! : NaN;
}

function values(
  cursor: Cursor,
  encoding: number,
  count: number,
  { type }: Column,
  dictionary: Float64Array | undefined,
): Float64Array {
  if (count === 0) return new Float64Array(0);
  if (encoding === 0) return plain(cursor, type, count);
  if (encoding === 2 || encoding === 8) {
    if (!dictionary) return refuse("a page of a dictionary that is not there");
    const numbers = hybrid(cursor, taken(cursor, 1)[0]!, count);
    return Float64Array.from(numbers, (n) =>
      n < dictionary.length ? dictionary[n]! : refuse(`entry ${n} of a dictionary of ${dictionary.length}`),
    );
  }
  if (encoding === 3 && type === BOOLEAN) {
    taken(cursor, 4);
    return Float64Array.from(hybrid(cursor, 1, count));
  }
  if (encoding === 5 && (type === 1 || type === 2)) return delta(cursor, type, count);
  if (encoding === 9) return byteStreamSplit(cursor, type, count);
  return refuse(`the encoding ${encoding}, which is not read`);
}
