import type { Straight } from "./straight.js";

/** Values that are computed side by side, in the two halves of one vector: each one's other. */
export type Mates = ReadonlyMap<number, number>;

/** What a loop carries of one tensor: where its elements are read, and what follows them. */
export interface Carried {
  readonly rows: number;
  readonly rank: number;
  readonly sources: readonly number[];
  readonly next: readonly number[];
}

/**
 * Pairs neighbouring rows of what a loop carries, with all that is computed alike from both: copies of one system, tangent vectors.
 *
 * *Definition*: exchanging rows 2j and 2j + 1 of some carried tensors, everywhere, exchanges values of the loop's body. A value and its image are mates.
 * Tensors whose next state is not exchanged the same way are left out.
 * *Cost*: a few passes over the code.
 */
export function mirrored(s: Straight, carried: readonly Carried[]): Mates {
  for (const least of [2, 1]) {
    let chosen = carried.filter((c) => c.rank >= least && c.rows >= 2);
    for (;;) {
      if (chosen.length === 0) break;
      const image = imageUnder(s, chosen);
      const fits = chosen.filter((c) => {
        const other = swapped(c);
        return c.next.every((v, i) => image[v] === c.next[other(i)]!);
      });
      if (fits.length === chosen.length) {
        const mates = new Map<number, number>();
        image.forEach((w, v) => {
          if (w !== undefined && w !== v && image[w] === v) mates.set(v, w);
        });
        return mates;
      }
      chosen = fits;
    }
  }
  return new Map();
}

/** Where an element goes when rows 2j and 2j + 1 are exchanged; a row left over stays. */
function swapped({ rows, sources }: Carried): (i: number) => number {
  const width = sources.length / rows;
  return (i) => {
    const row = Math.floor(i / width);
    const other = row % 2 === 1 ? row - 1 : row + 1;
    return other < rows ? i + (other - row) * width : i;
  };
}

function imageUnder(s: Straight, chosen: readonly Carried[]): (number | undefined)[] {
  const exchanged = new Map<number, number>();
  for (const c of chosen) {
    const other = swapped(c);
    c.sources.forEach((source, i) => exchanged.set(source, c.sources[other(i)]!));
  }
  const image: (number | undefined)[] = [];
  for (const { name, args, value } of s.list) {
    const images = args.map((a) => image[a]);
    image.push(
      images.includes(undefined)
        ? undefined
        : s.find(name, images as number[], name === "read" ? (exchanged.get(value) ?? value) : value),
    );
  }
  return image;
}

/** Pairs the parts of expensive operations on neighbouring elements. */
export function beside(s: Straight): Mates {
  const mates = new Map<number, number>();
  const pair = (a: number, b: number, since: number): void => {
    const [x, y] = [s.list[a]!, s.list[b]!];
    if (a === b || b < since || x.name !== y.name || x.args.length === 0 || mates.has(a) || mates.has(b)) return;
    mates.set(a, b);
    mates.set(b, a);
    x.args.forEach((arg, i) => pair(arg, y.args[i]!, since));
  };
  for (const [a, b, since] of s.neighbours) pair(a, b, since);
  return mates;
}
