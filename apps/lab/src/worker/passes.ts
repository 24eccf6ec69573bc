/** Widths of the squares that cells stand for, pass after pass. */
const WIDTHS = [16, 8, 4, 2, 1];

/** Cells of a picture that sharpens: each stands for a square of `width` until finer ones come. */
export interface Pass {
  readonly width: number;
  /** row * columns + column, rows from below. */
  readonly cells: readonly number[];
  /** Share of the picture that is done with these. */
  readonly done: number;
}

/** All cells of a picture, coarse ones first, at most `together` at once. */
export function* passes(columns: number, rows: number, together: number): Generator<Pass> {
  let done = 0;
  for (const width of WIDTHS) {
    const cells: number[] = [];
    for (let row = 0; row < rows; row += width)
      for (let column = 0; column < columns; column += width)
        if (width === WIDTHS[0] || row % (2 * width) !== 0 || column % (2 * width) !== 0) cells.push(row * columns + column);
    for (let first = 0; first < cells.length; first += together) {
      const part = cells.slice(first, first + together);
      done += part.length;
      yield { width, cells: part, done: done / (columns * rows) };
    }
  }
}

/** Column and row, two numbers a cell. */
export const placesOf = (cells: readonly number[], columns: number): Int32Array =>
  Int32Array.from({ length: 2 * cells.length }, (_, i) =>
    i % 2 === 0 ? cells[i >> 1]! % columns : Math.floor(cells[i >> 1]! / columns),
  );
