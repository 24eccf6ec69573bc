import { color, frame, rgb, type Frame } from "../parts/canvas.js";
import { drawCross, drawMosaic, type Mosaic } from "../parts/mosaic.js";
import type { BasinsStart } from "../worker/protocol/basins.js";

/** Cells on the longer side of a picture. */
export const CELLS = 320;

/** The label of a cell of which nothing is known yet. */
export const UNKNOWN = -9;

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
  const shades = new Map<number, readonly number[]>();
  const shade = (label: number): readonly number[] | undefined => {
    if (label === UNKNOWN) return undefined;
    if (!shades.has(label)) shades.set(label, rgb(colorOf(label)));
    return shades.get(label);
  };
  drawMosaic(f, mosaic, shade);
  const { context } = f;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
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
  context.restore();
  if (cross) drawCross(f, cross);
  return f;
}
