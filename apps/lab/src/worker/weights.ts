import type { WeightTile } from "./protocol/train.js";

/** A tile has no more cells a side than this: more cannot be told apart. */
const SIDE = 96;
/** No more parts of the parameters are shown than these. */
const MOST = 32;

interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** How each part of the parameters is shown: as a matrix whose last axis goes to the right, cells standing for blocks where there are many. */
export const tilesOf = (layout: readonly Part[]): WeightTile[] =>
  layout
    .filter(({ shape }) => shape.every((n) => n > 0))
    .slice(0, MOST)
    .map(({ name, shape, offset }) => {
      const columns = shape.at(-1) ?? 1;
      const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const block: [number, number] = [Math.ceil(rows / SIDE), Math.ceil(columns / SIDE)];
      return { name, rows, columns, offset, block, height: Math.ceil(rows / block[0]), width: Math.ceil(columns / block[1]) };
    });

/** The cells of all tiles, one after the other, row by row: of each block the entry farthest from 0. */
export function cellsOf(parameters: Float64Array, tiles: readonly WeightTile[]): Float64Array {
  const cells = new Float64Array(tiles.reduce((n, t) => n + t.width * t.height, 0));
  let first = 0;
  for (const { rows, columns, offset, block, width, height } of tiles) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = first + Math.floor(i / block[0]) * width + Math.floor(j / block[1]);
        const value = parameters[offset + i * columns + j]!;
        if (Math.abs(value) > Math.abs(cells[at]!) || value !== value) cells[at] = value;
      }
    }
    first += width * height;
  }
  return cells;
}
