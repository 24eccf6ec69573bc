import type { Frame } from "./canvas.js";

type Range = readonly [number, number];

/** A picture in the making: each cell holds the finest that is known of it. Rows from below. */
export class Mosaic {
  readonly columns: number;
  readonly rows: number;
  readonly values: Int32Array | Float64Array;
  done = 0;

  /** `empty` holds what stands for a cell of which nothing is known. */
  constructor(columns: number, rows: number, empty: Int32Array | Float64Array) {
    this.columns = columns;
    this.rows = rows;
    this.values = empty;
  }

  /** A computed cell stands for its square until those in it are computed themselves. */
  add(news: {
    readonly width: number;
    readonly places: Int32Array;
    readonly values: ArrayLike<number>;
    readonly done: number;
  }): void {
    const { width, places, values, done } = news;
    for (let i = 0; i < values.length; i++) {
      const [c0, r0] = [places[2 * i]!, places[2 * i + 1]!];
      for (let r = r0; r < Math.min(this.rows, r0 + width); r++)
        this.values.fill(values[i]!, r * this.columns + c0, r * this.columns + Math.min(this.columns, c0 + width));
    }
    this.done = done;
  }

  /** What is known at a place of the rectangle that the picture shows. */
  at([x, y]: readonly [number, number], shown: { readonly x: Range; readonly y: Range }): number {
    const cell = (v: number, [a, b]: Range, n: number): number =>
      Math.min(n - 1, Math.max(0, Math.floor(((v - a) / (b - a)) * n)));
    return this.values[cell(y, shown.y, this.rows) * this.columns + cell(x, shown.x, this.columns)]!;
  }
}

/** The cells as colours; those without one let the ground be seen. */
export function drawMosaic(f: Frame, mosaic: Mosaic, shade: (value: number) => readonly number[] | undefined): void {
  const { columns, rows, values } = mosaic;
  const image = new ImageData(columns, rows);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const rgb = shade(values[r * columns + c]!);
      if (!rgb) continue;
      const at = 4 * ((rows - 1 - r) * columns + c);
      for (let i = 0; i < 3; i++) image.data[at + i] = rgb[i]!;
      image.data[at + 3] = 255;
    }
  const layer = new OffscreenCanvas(columns, rows);
  layer.getContext("2d")!.putImageData(image, 0, 0);
  const { context } = f;
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(layer, f.left, f.top, f.width, f.height);
  context.restore();
}

/** The cross of the keyboard and the pointer, to be seen on any colour. */
export function drawCross(f: Frame, at: readonly [number, number]): void {
  const [px, py] = [f.x(at[0]), f.y(at[1])];
  const { context } = f;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
  for (const [style, line] of [
    ["#ffffff", 3],
    ["#000000", 1],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = line;
    context.beginPath();
    context.moveTo(px - 9, py);
    context.lineTo(px + 9, py);
    context.moveTo(px, py - 9);
    context.lineTo(px, py + 9);
    context.stroke();
  }
  context.restore();
}
