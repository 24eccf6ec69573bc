import { color, frame, rgb, type Frame } from "../parts/canvas.js";
import type { BasinsCells, BasinsStart } from "../worker/protocol/basins.js";

/** Cells on the longer side of a picture. */
export const CELLS = 320;

/** A part of the plane of starts. */
export interface Part {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

// Distinct by hue and by lightness: for eyes that do not tell red from green, and in grey.
const COLORS = ["#2b5c8a", "#e3a02c", "#b3413a", "#5fa777", "#7d4f9e", "#76c5d6", "#8a6d3b", "#d98cb3"];

/** The colour of an outcome. */
export const colorOf = (label: number): string =>
  label >= 0 ? COLORS[label % COLORS.length]! : label === -1 ? color("--panel") : color("--ink");

/** A picture of basins in the making: each cell holds the finest that is known of it. */
export class Mosaic {
  readonly columns: number;
  readonly rows: number;
  readonly labels: Int32Array;
  done = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.labels = new Int32Array(columns * rows).fill(-9);
  }

  /** A computed cell stands for its square until those in it are computed themselves. */
  add({ width, places, labels, done }: BasinsCells): void {
    for (let i = 0; i < labels.length; i++) {
      const [c0, r0] = [places[2 * i]!, places[2 * i + 1]!];
      for (let r = r0; r < Math.min(this.rows, r0 + width); r++)
        this.labels.fill(labels[i]!, r * this.columns + c0, r * this.columns + Math.min(this.columns, c0 + width));
    }
    this.done = done;
  }
}

/** The mosaic with axes, the attractors as dots and the cross of the keyboard. */
export function drawBasins(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  part: Part,
  start: BasinsStart,
  mosaic: Mosaic,
  cross: readonly [number, number] | undefined,
): Frame {
  const f = frame(canvas, width, height, {
    x: part.x,
    y: part.y,
    xLabel: `${start.axes[0]} at the start`,
    yLabel: `${start.axes[1]} at the start`,
  });
  const image = new ImageData(mosaic.columns, mosaic.rows);
  const shades = new Map<number, readonly number[]>();
  for (let r = 0; r < mosaic.rows; r++)
    for (let c = 0; c < mosaic.columns; c++) {
      const label = mosaic.labels[r * mosaic.columns + c]!;
      if (label === -9) continue;
      let shade = shades.get(label);
      if (!shade) shades.set(label, (shade = rgb(colorOf(label))));
      image.data.set([shade[0]!, shade[1]!, shade[2]!, 255], 4 * ((mosaic.rows - 1 - r) * mosaic.columns + c));
    }
  const layer = new OffscreenCanvas(mosaic.columns, mosaic.rows);
  layer.getContext("2d")!.putImageData(image, 0, 0);
  const { context } = f;
  context.imageSmoothingEnabled = false;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
  context.drawImage(layer, f.left, f.top, f.width, f.height);
  context.lineWidth = 1;
  for (const { points } of start.attractors)
    for (let i = 0; i < points.length; i += 2) {
      context.beginPath();
      context.arc(f.x(points[i]!), f.y(points[i + 1]!), points.length > 40 ? 1.2 : 4, 0, 2 * Math.PI);
      context.fillStyle = "#ffffff";
      context.fill();
      if (points.length <= 40) {
        context.strokeStyle = "#000000";
        context.stroke();
      }
    }
  if (cross) {
    const [px, py] = [f.x(cross[0]), f.y(cross[1])];
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
  }
  context.restore();
  return f;
}
