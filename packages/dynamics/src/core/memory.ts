/** What something that runs carries from one moment to the next, as plain data: lists, groups, text, numbers (NaN and infinities too) and float64 arrays. */
export type Memory = null | boolean | number | string | Float64Array | readonly Memory[] | { readonly [name: string]: Memory };

/** Something that can be put away and taken up again: what has recalled a memory goes on with the same bits as what gave it. */
export interface Remembering<M = Memory> {
  /** All that the next step depends on, copied: later steps do not change it. */
  remember(): M;
  /** Takes up a memory in a thing that was made from the same arguments. */
  recall(memory: M): void;
}

/** For what carries nothing from one call to the next. */
export const memoryless: Remembering<null> = { remember: () => null, recall() {} };

const MAGIC = "SEPMEM01";
const START = 16;
/** What a run carries has a handful of levels; a hostile file could have as many as fit into it. */
const DEEPEST = 100;

/**
 * A memory as bytes: the same memory, the same bytes.
 *
 * *Definition*: the text SEPMEM01, the length of a JSON text as a 64-bit integer, the text (filled up with spaces to a multiple of 8 bytes), then
 * the numbers of all arrays as little-endian float64.
 * *Returns*: bytes that `unpack` turns back into an equal memory, NaN, infinities and -0 included.
 * *Cost*: one copy of the arrays.
 * *Example*: `unpack(pack({ step: 3, state: Float64Array.of(1, NaN), last: -Infinity })) // { step: 3, state: [1, NaN], last: -Infinity }`
 */
export function pack(memory: Memory): Uint8Array {
  const arrays: Float64Array[] = [];
  let length = 0;
  const plain = (m: Memory): unknown => {
    if (typeof m === "number")
      return Number.isFinite(m) && !Object.is(m, -0) ? m : { number: Object.is(m, -0) ? "-0" : String(m) };
    if (m === null || typeof m === "boolean" || typeof m === "string") return m;
    if (m instanceof Float64Array) {
      arrays.push(m);
      length += m.length;
      return { array: m.length };
    }
    if (Array.isArray(m)) return m.map(plain);
    if (typeof m !== "object")
      throw new TypeError(`pack: ${typeof m} given; a memory is plain data: put numbers, text, lists and groups into it`);
    return { group: Object.entries(m).map(([name, value]) => [name, plain(value)]) };
  };
  const text = new TextEncoder().encode(JSON.stringify(plain(memory)));
  const head = START + 8 * Math.ceil(text.length / 8);
  const bytes = new Uint8Array(head + 8 * length).fill(0x20, START, head);
  new TextEncoder().encodeInto(MAGIC, bytes);
  new DataView(bytes.buffer).setBigUint64(8, BigInt(head - START), true);
  bytes.set(text, START);
  let at = head;
  for (const array of arrays) {
    new Float64Array(bytes.buffer, at, array.length).set(array);
    at += 8 * array.length;
  }
  return bytes;
}

/**
 * The memory that `pack` wrote. Throws when the bytes are none, or cut off.
 * *Example*: `unpack(new Uint8Array(20)) // throws these bytes are no memory`
 */
export function unpack(bytes: Uint8Array): Memory {
  // A copy, so that arrays begin at multiples of 8 bytes; the slice of a Node buffer would be none.
  const copy = new Uint8Array(bytes).buffer;
  const broken = (why: string): never => {
    throw new Error(`unpack: these bytes are no memory, or a damaged one: ${why}`);
  };
  if (bytes.length < START || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) broken(`they do not begin with ${MAGIC}`);
  const announced = new DataView(copy).getBigUint64(8, true);
  if (announced > BigInt(bytes.length - START) || announced % 8n !== 0n) broken("the text is cut off");
  const head = START + Number(announced);
  let at = head;
  const restored = (m: unknown, depth: number): Memory => {
    if (depth > DEEPEST) broken(`more than ${DEEPEST} levels`);
    if (Array.isArray(m)) return m.map((one) => restored(one, depth + 1));
    if (m === null || typeof m !== "object") return m as Memory;
    const [[kind, value], ...more] = Object.entries(m) as [[string, unknown]];
    if (more.length > 0) broken("it holds what pack does not write");
    if (kind === "number" && typeof value === "string" && /^(NaN|-?Infinity|-0)$/.test(value)) return Number(value);
    if (kind === "group" && Array.isArray(value))
      return Object.fromEntries(
        value.map((entry: unknown) => {
          if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== "string") return broken("a group has no names");
          return [entry[0], restored(entry[1], depth + 1)];
        }),
      );
    if (kind !== "array" || !Number.isInteger(value) || (value as number) < 0) return broken("it holds what pack does not write");
    const length = value as number;
    if (length > (bytes.length - at) / 8) broken("an array is cut off");
    const values = new Float64Array(copy, at, length).slice();
    at += 8 * length;
    return values;
  };
  let text: unknown;
  try {
    text = JSON.parse(new TextDecoder().decode(bytes.subarray(START, head)));
  } catch {
    broken("its text is no JSON");
  }
  const memory = restored(text, 0);
  return at === bytes.length ? memory : broken("more numbers than announced");
}
