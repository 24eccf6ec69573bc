/**
 * The wire format of protocol buffers: a message is a row of fields, each a key and a value, and nothing nests unless its
 * reader looks into the bytes of a field. So reading is a loop, and every length is held against what is left.
 * Source: Protocol Buffers, "Encoding" (protobuf.dev/programming-guides/encoding).
 */

/** A stretch of a file: `at` is where it begins in the file, for messages. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** What the value of a field may be asked as. A field of another wire type is refused by name. */
export interface Field {
  readonly number: number;
  /** A whole number, signed, of at most 64 bits; beyond 2^53 rounded. */
  integer(): number;
  /** The bytes of a string, a packed list or a message inside. */
  stretch(): Stretch;
  text(): string;
  float(): number;
  /** One number or a packed list of them, handed over one by one. */
  integers(visit: (value: number) => void): void;
  floats(visit: (value: number) => void): void;
  doubles(visit: (value: number) => void): void;
}

const VARINT = 0;
const EIGHT = 1;
const BYTES = 2;
const FOUR = 5;
const KINDS: Record<number, string> = { [VARINT]: "varint", [EIGHT]: "8 bytes", [BYTES]: "bytes", [FOUR]: "4 bytes" };

const decoder = new TextDecoder("utf-8", { fatal: false });

/** Calls visit for every field of a message, in the order of the file. Allocates nothing that grows with the file. */
export function eachField({ bytes, at }: Stretch, what: string, visit: (field: Field) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = cursor(bytes, at, what);
  while (read.position() < bytes.length) {
    const start = read.position();
    const key = read.varint();
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (number < 1 || number > 0x1fffffff) refuse(what, at + start, `field number ${number}; allowed: 1 to 536870911`);
    let integer = 0;
    if (wire === VARINT) integer = read.varint();
    else if (wire === EIGHT) read.skip(8);
    else if (wire === BYTES) read.skip(read.varint());
    else if (wire === FOUR) read.skip(4);
    else refuse(what, at + start, `field ${number} has wire type ${wire}; allowed: 0, 1, 2 and 5`);
    const end = read.position();
    const need = (wanted: number): void => {
      if (wire !== wanted) refuse(what, at + start, `field ${number} is ${KINDS[wire]}; expected ${KINDS[wanted]}`);
    };
    const inside = (): Stretch => {
      need(BYTES);
      const from = read.lastLength();
      return { bytes: bytes.subarray(end - from, end), at: at + end - from };
    };
    const numbers = (width: 4 | 8, one: number, get: (offset: number) => number) => (tell: (value: number) => void) => {
      if (wire === one) return tell(get(end - width));
      const { bytes: packed, at: from } = inside();
      if (packed.length % width !== 0)
        refuse(what, from, `field ${number} holds ${packed.length} bytes; expected a multiple of ${width}`);
      for (let i = end - packed.length; i < end; i += width) tell(get(i));
    };
    visit({
      number,
      integer: () => (need(VARINT), integer),
      stretch: inside,
      text: () => decoder.decode(inside().bytes),
      float: () => (need(FOUR), view.getFloat32(end - 4, true)),
      integers(tell) {
        if (wire === VARINT) return tell(integer);
        const { bytes: packed, at: from } = inside();
        const each = cursor(packed, from, what);
        while (each.position() < packed.length) tell(each.varint());
      },
      floats: numbers(4, FOUR, (i) => view.getFloat32(i, true)),
      doubles: numbers(8, EIGHT, (i) => view.getFloat64(i, true)),
    });
  }
}

/** A place in bytes that moves on, and never past the end. */
function cursor(bytes: Uint8Array, at: number, what: string) {
  let position = 0;
  let length = 0;
  return {
    position: () => position,
    lastLength: () => length,
    skip(n: number): void {
      if (n < 0 || n > bytes.length - position)
        refuse(what, at + position, `${n} bytes announced, ${bytes.length - position} left: the file is cut off or corrupt`);
      position += n;
      length = n;
    },
    varint(): number {
      // The low 49 bits, then the others; the sign is bit 63.
      let low = 0;
      let high = 0;
      for (let i = 0; i < 10; i++) {
        if (position >= bytes.length) refuse(what, at + position, "the file ends inside a number: it is cut off");
        const byte = bytes[position++]!;
        if (i < 7) low += (byte & 127) * 2 ** (7 * i);
        else high += (byte & 127) * 2 ** (7 * (i - 7));
        if (byte < 128) {
          const rest = high % 2 ** 15;
          // A negative number has all high bits set: near 0 this form is exact, where high * 2^49 + low - 2^64 would be rounded.
          return rest >= 2 ** 14 ? (rest - 2 ** 15) * 2 ** 49 + low : rest * 2 ** 49 + low;
        }
      }
      return refuse(what, at + position, "a number of more than 10 bytes");
    },
  };
}

function refuse(what: string, at: number, why: string): never {
  throw new RangeError(`${what}: at byte ${at}: ${why}`);
}
