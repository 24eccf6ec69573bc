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

/** Damaged copies of some files, one to four times, and now and then nothing but noise. */
export const damaged = (files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc
        .tuple(fc.constantFrom(...files), fc.array(damage, { minLength: 1, maxLength: 4 }))
        .map(([file, list]) => list.reduce((b, d) => d(b), file)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );

export interface Tally {
  accepted: number;
  refused: number;
}

/** An error of the test itself: a reader that took a file and made of it what it must not. */
export class Overreach extends Error {}

/**
 * Gives damaged files to a reader, the same ones every time. It must either take the file, and then `use` checks what it made of it (and throws an
 * Overreach), or refuse it with an error that `refusal` knows for one of its own; anything else fails.
 */
export async function attack(
  files: readonly Uint8Array[],
  refusal: (error: unknown) => boolean,
  use: (bytes: Uint8Array) => unknown,
  cases: number,
): Promise<Tally> {
  const tally: Tally = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(damaged(files), async (bytes) => {
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
