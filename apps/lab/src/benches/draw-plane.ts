import { color, frame, type Frame } from "../parts/canvas.js";
import type { FieldCard, FlowGrid, FlowOrbit, FlowRest } from "../worker/protocol/flow.js";
import { zeroLine } from "./contour.js";

/** Distance of the arrows, in CSS pixels. */
const APART = 34;

/** The two components that are seen: across and up. */
export type Across = readonly [number, number];

/** A phase plane: the direction of the field, its nullclines, points at rest with separatrices, trajectories, and the cross of the keyboard. */
export function drawPlane(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  card: FieldCard,
  across: Across,
  grid: FlowGrid | undefined,
  rest: FlowRest | undefined,
  orbits: readonly FlowOrbit[],
  cross: readonly [number, number] | undefined,
): Frame {
  const [a, b] = across;
  const f = frame(canvas, width, height, {
    x: card.box[a]!,
    y: card.box[b]!,
    xLabel: card.components[a]!,
    yLabel: card.components[b]!,
  });
  const { context } = f;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
  if (grid) {
    arrows(f, card, grid);
    nullcline(f, grid, 0, "--c2");
    nullcline(f, grid, 1, "--c3");
  }
  if (rest) resting(f, across, rest);
  orbits.forEach((orbit, i) => trajectory(f, across, card.components.length + 1, orbit, i === orbits.length - 1));
  if (cross) {
    context.strokeStyle = color("--ink");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(f.x(cross[0]) - 9, f.y(cross[1]));
    context.lineTo(f.x(cross[0]) + 9, f.y(cross[1]));
    context.moveTo(f.x(cross[0]), f.y(cross[1]) - 9);
    context.lineTo(f.x(cross[0]), f.y(cross[1]) + 9);
    context.stroke();
  }
  context.restore();
  return f;
}

function arrows({ context, left, top, width, height }: Frame, { box }: FieldCard, { cells, slopes }: FlowGrid): void {
  const [x, y] = [box[0]!, box[1]!];
  context.strokeStyle = color("--edge");
  context.lineWidth = 1;
  const [nx, ny] = [Math.max(4, Math.floor(width / APART)), Math.max(4, Math.floor(height / APART))];
  for (let a = 0; a < nx; a++) {
    for (let b = 0; b < ny; b++) {
      const [u, v] = [(a + 0.5) / nx, (b + 0.5) / ny];
      const at = 2 * (Math.round(v * (cells - 1)) * cells + Math.round(u * (cells - 1)));
      const [px, py] = [left + u * width, top + height - v * height];
      // In pixels, so that trajectories follow the arrows however the axes are stretched.
      const [dx, dy] = [(slopes[at]! * width) / (x[1] - x[0]), (-slopes[at + 1]! * height) / (y[1] - y[0])];
      const size = Math.sqrt(dx * dx + dy * dy);
      if (!(size > 0)) continue;
      const [ex, ey] = [(9 * dx) / size, (9 * dy) / size];
      context.beginPath();
      context.moveTo(px - ex, py - ey);
      context.lineTo(px + ex, py + ey);
      context.moveTo(px + ex - 0.5 * (ex - ey), py + ey - 0.5 * (ey + ex));
      context.lineTo(px + ex, py + ey);
      context.lineTo(px + ex - 0.5 * (ex + ey), py + ey - 0.5 * (ey - ex));
      context.stroke();
    }
  }
}

function nullcline(
  { context, left, top, width, height }: Frame,
  { cells, slopes }: FlowGrid,
  component: 0 | 1,
  name: string,
): void {
  const line = zeroLine(slopes, cells, 2, component);
  context.strokeStyle = color(name);
  context.lineWidth = 2;
  context.beginPath();
  for (let i = 0; i < line.length; i += 4) {
    context.moveTo(left + (line[i]! / (cells - 1)) * width, top + height - (line[i + 1]! / (cells - 1)) * height);
    context.lineTo(left + (line[i + 2]! / (cells - 1)) * width, top + height - (line[i + 3]! / (cells - 1)) * height);
  }
  context.stroke();
}

/** Separatrices, dashed where they end at the saddle; points at rest: full where stable, hollow where not, a cross through saddles. */
function resting({ context, x, y }: Frame, [a, b]: Across, { points, separatrices }: FlowRest): void {
  context.strokeStyle = color("--c4");
  context.lineWidth = 2;
  for (const { into, points: path } of separatrices) {
    context.setLineDash(into ? [7, 4] : []);
    context.beginPath();
    for (let i = 0; i < path.length; i += 2) context.lineTo(x(path[i]!), y(path[i + 1]!));
    context.stroke();
  }
  context.setLineDash([]);
  context.strokeStyle = color("--ink");
  for (const { place, stability } of points) {
    const [px, py] = [x(place[a]!), y(place[b]!)];
    context.fillStyle = color(stability === "stable" ? "--ink" : "--ground");
    context.beginPath();
    context.arc(px, py, 5.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (stability !== "saddle") continue;
    context.beginPath();
    context.moveTo(px - 5.5, py);
    context.lineTo(px + 5.5, py);
    context.moveTo(px, py - 5.5);
    context.lineTo(px, py + 5.5);
    context.stroke();
  }
}

function trajectory(f: Frame, [a, b]: Across, size: number, { points }: FlowOrbit, last: boolean): void {
  const { context } = f;
  const place = (i: number): [number, number] => [f.x(points[i + 1 + a]!), f.y(points[i + 1 + b]!)];
  const part = (from: (t: number) => boolean, alpha: number): void => {
    context.globalAlpha = alpha;
    context.beginPath();
    for (let i = 0; i < points.length; i += size) if (from(points[i]!)) context.lineTo(...place(i));
    context.stroke();
    context.globalAlpha = 1;
  };
  context.strokeStyle = color("--c1");
  context.lineWidth = last ? 2.4 : 1.5;
  part((t) => t <= 0, 0.4);
  part((t) => t >= 0, 1);
  for (let i = 0; i < points.length; i += size) {
    if (points[i] !== 0) continue;
    context.fillStyle = color("--c1");
    context.beginPath();
    context.arc(...place(i), 4.5, 0, 2 * Math.PI);
    context.fill();
  }
}
