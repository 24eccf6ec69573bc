import fc from "fast-check";

/** How many damaged files each reader gets: what FUZZ_CASES says (10^5 before a release), else a few, by what one costs. */
export const CASES = process.env["FUZZ_CASES"] === undefined ? undefined : Number(process.env["FUZZ_CASES"]);

type Damage = (bytes: Uint8Array) => Uint8Array;

// Anywhere alike. Not `fc.double`, which draws bit patterns and so lands on the first byte nearly always.
const place = fc.noBias(fc.nat(2 ** 30 - 1)).map((n) => n / 2 ** 30);
const at = (where: number, bytes: Uint8Array): number => Math.floor(where * bytes.length);
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

const damage: fc.Arbitrary<Damage> = fc.oneof(
  // One byte changed, one bit turned, or a byte at the border of what a length can be.
  fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255))).map(([where, value]): Damage => (bytes) => {
    const copy = bytes.slice();
    copy[at(where, bytes)] = value;
    return copy;
  }),
  fc.tuple(place, fc.nat(7)).map(([where, bit]): Damage => (bytes) => {
    const copy = bytes.slice();
    copy[at(where, bytes)]! ^= 1 << bit;
    return copy;
  }),
  // Cut off; a piece left out; a piece twice; foreign bytes put in.
  place.map(
    (where): Damage =>
      (bytes) =>
        bytes.slice(0, at(where, bytes)),
  ),
  fc.tuple(place, fc.nat(20)).map(
    ([where, n]): Damage =>
      (bytes) =>
        joined(bytes.subarray(0, at(where, bytes)), bytes.subarray(at(where, bytes) + n)),
  ),
  fc.tuple(place, fc.nat(60)).map(([where, n]): Damage => (bytes) => {
    const from = at(where, bytes);
    return joined(bytes.subarray(0, from + n), bytes.subarray(from));
  }),
  fc.tuple(place, fc.uint8Array({ maxLength: 12 })).map(
    ([where, more]): Damage =>
      (bytes) =>
        joined(bytes.subarray(0, at(where, bytes)), more, bytes.subarray(at(where, bytes))),
  ),
);

/** What nobody expects in a JSON file, as JSON text: other kinds, huge numbers, keys that reach into every object, levels without end. */
const HOSTILE = [
  "null",
  "true",
  "-1",
  "0.5",
  "1e308",
  "-1e999",
  "9007199254740993",
  '""',
  '"\\u0000\\u001b[2J"',
  `"${"x".repeat(5000)}"`,
  "[]",
  "{}",
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}},"toString":1,"length":1e9}',
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
];

/** Numbers all values of a JSON document and writes it again, the one in question as `other` (left out where that is undefined). */
function written(
  value: unknown,
  chosen: number,
  other: string | undefined,
): { readonly text: string | undefined; readonly values: number } {
  let values = 0;
  const write = (v: unknown): string | undefined => {
    if (values++ === chosen) return other;
    if (Array.isArray(v))
      return `[${v
        .map(write)
        .filter((t) => t !== undefined)
        .join(",")}]`;
    if (v === null || typeof v !== "object") return JSON.stringify(v);
    const entries = Object.entries(v).map(([key, entry]) => [JSON.stringify(key), write(entry)] as const);
    return `{${entries.flatMap(([key, entry]) => (entry === undefined ? [] : [`${key}:${entry}`])).join(",")}}`;
  };
  return { text: write(value), values };
}

/** A value of a JSON file in another's place, or left out. Files that are no JSON stay as they are. */
const field: fc.Arbitrary<Damage> = fc
  .tuple(place, fc.constantFrom(undefined, ...HOSTILE))
  .map(([where, other]): Damage => (bytes) => {
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
      const chosen = Math.floor(where * written(value, -1, undefined).values);
      return new TextEncoder().encode(written(value, chosen, other).text ?? "");
    } catch {
      return bytes;
    }
  });

/** Damaged copies of some files, one to four times, and now and then nothing but noise; `json`: as often by values as by bytes. */
export const damaged = (files: readonly Uint8Array[], json = false): fc.Arbitrary<Uint8Array> => {
  const by = (one: fc.Arbitrary<Damage>): fc.Arbitrary<Uint8Array> =>
    fc
      // Copies: `slice` of a Buffer is a view, through which the whole file would be damaged for all that come after.
      .tuple(
        fc.constantFrom(...files.map((file): Uint8Array => Uint8Array.from(file))),
        fc.array(one, { minLength: 1, maxLength: 4 }),
      )
      .map(([file, list]) => list.reduce((b, d) => d(b), file));
  return fc.oneof({ weight: 30, arbitrary: by(damage) }, ...(json ? [{ weight: 30, arbitrary: by(field) }] : []), {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 200 }),
  });
};

export interface Tally {
  accepted: number;
  refused: number;
}

/** An error of the test itself: a reader that took a file and made of it what it must not. */
export class Overreach extends Error {}

/**
 * Gives damaged files to a reader, the same ones every time. It must either take the file, and then `use` checks what it made of it (and throws an
 * Overreach), or refuse it with an error that `refusal` knows for one of its own; anything else fails. `json`: see `damaged`.
 */
export async function attack(
  files: readonly Uint8Array[],
  refusal: (error: unknown) => boolean,
  use: (bytes: Uint8Array) => unknown,
  cases: number,
  json = false,
): Promise<Tally> {
  const tally: Tally = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(damaged(files, json), async (bytes) => {
      try {
        await use(bytes);
        tally.accepted++;
      } catch (error) {
        if (error instanceof Overreach || !refusal(error)) throw error;
        tally.refused++;
      }
    }),
    { seed: 20, numRuns: cases },
  );
  return tally;
}
