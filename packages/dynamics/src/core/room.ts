/** What the numbers of one question may take, as a compiled program may. */
const MOST = 2 ** 31;

/** Throws unless so many numbers have room in memory; `what` says which they are, and `remedy` what to do. */
export function checkRoom(asker: string, numbers: number, what: string, remedy: string): void {
  if (8 * numbers > MOST)
    throw new RangeError(
      `${asker}: ${what} take ${((8 * numbers) / 2 ** 30).toPrecision(3)} GiB; allowed: ${MOST / 2 ** 30} GiB; ${remedy}`,
    );
}
