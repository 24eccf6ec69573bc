import { random } from "../core/random.js";
import { checkRoom } from "../core/room.js";
import { checkBox, type Box } from "./low-discrepancy.js";

/** A rectangle of starts: two coordinates vary, the others are fixed. */
export interface StartGrid {
  /** A state; its entries on the axes do not matter. */
  readonly base: ArrayLike<number>;
  /** Which coordinates vary: along a row, from row to row. */
  readonly axes: readonly [number, number];
  readonly ranges: readonly [readonly [number, number], readonly [number, number]];
  readonly columns: number;
  readonly rows: number;
}

/**
 * The starts of a picture of basins: the middles of the cells of a rectangle.
 *
 * *Definition*: start (i, j) has the coordinates low + (high - low) (i + 1/2) / columns, and so with j and rows; the row of the least second coordinate first.
 * *Arguments*: see `StartGrid`.
 * *Returns*: rows x columns x dim numbers.
 * *Example*: `gridStarts({ base: [0, 0, 7], axes: [0, 1], ranges: [[0, 2], [0, 1]], columns: 2, rows: 1 }) // [0.5, 0.5, 7, 1.5, 0.5, 7]`
 */
export function gridStarts({ base, axes, ranges, columns, rows }: StartGrid): Float64Array {
  checkBox("gridStarts", ranges);
  const dim = base.length;
  for (const [what, n] of Object.entries({ columns, rows }))
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`gridStarts: ${what} ${n} given; allowed: integers from 1`);
  if (axes[0] === axes[1] || axes.some((a) => !Number.isInteger(a) || a < 0 || a >= dim))
    throw new RangeError(`gridStarts: axes ${axes.join(", ")} given; allowed: two different coordinates from 0 to ${dim - 1}`);
  const wrong = Array.from(base).findIndex((v, c) => !axes.includes(c) && !Number.isFinite(v));
  if (wrong >= 0) throw new RangeError(`gridStarts: coordinate ${wrong} of the base is ${base[wrong]}; allowed: finite numbers`);
  checkRoom(
    "gridStarts",
    rows * columns * dim,
    `${columns} x ${rows} starts of ${dim} coordinates`,
    "take fewer, or a part of the rectangle at a time",
  );
  const starts = new Float64Array(rows * columns * dim);
  const middle = ([low, high]: readonly [number, number], i: number, n: number): number => low + ((high - low) * (i + 0.5)) / n;
  for (let cell = 0; cell < rows * columns; cell++) {
    starts.set(base, cell * dim);
    starts[cell * dim + axes[0]] = middle(ranges[0], cell % columns, columns);
    starts[cell * dim + axes[1]] = middle(ranges[1], Math.floor(cell / columns), rows);
  }
  return starts;
}

/**
 * Starts drawn from a box, uniformly and independently.
 *
 * *Arguments*: `box`: one side a coordinate; a side may have no length, which fixes the coordinate; `count`; `seed`.
 * *Returns*: count x box.length numbers. The first m starts do not depend on count.
 * *Example*: `randomStarts([[0, 1], [3, 3]], 1000).filter((v, i) => i % 2 === 1 && v === 3).length // 1000`
 */
export function randomStarts(box: Box, count: number, seed = 0, stream = 7102): Float64Array {
  box.forEach(([low, high], i) => {
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high))
      throw new RangeError(`randomStarts: coordinate ${i} from ${low} to ${high} given; allowed: finite bounds, the lower first`);
  });
  if (box.length === 0 || !Number.isInteger(count) || count < 1)
    throw new RangeError(`randomStarts: ${count} starts of ${box.length} coordinates asked for; allowed: integers from 1`);
  checkRoom(
    "randomStarts",
    count * box.length,
    `${count} starts of ${box.length} coordinates`,
    "take fewer, or other seeds one after the other",
  );
  const draw = random(seed, stream);
  return Float64Array.from({ length: count * box.length }, (_, i) => {
    const [low, high] = box[i % box.length]!;
    return low + (high - low) * draw.uniform();
  });
}
