import { color, type Frame } from "../parts/canvas.js";
import type { Across } from "./draw-plane.js";

/** Parts of a trail, each paler than the next. */
const PARTS = 12;

/** A point that moves, with its trail, on a canvas over the picture whose scales are given. */
export function drawRide(
  canvas: HTMLCanvasElement,
  plane: Frame,
  width: number,
  height: number,
  [a, b]: Across,
  trail: readonly number[],
  dim: number,
): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const rows = trail.length / dim;
  if (rows === 0) return;
  context.save();
  context.beginPath();
  context.rect(plane.left, plane.top, plane.width, plane.height);
  context.clip();
  context.strokeStyle = context.fillStyle = color("--level");
  context.lineWidth = 2.4;
  context.lineJoin = "round";
  for (let part = 0; part < PARTS; part++) {
    context.globalAlpha = 0.15 + (0.85 * (part + 1)) / PARTS;
    context.beginPath();
    let down = false;
    for (let i = Math.floor((part * rows) / PARTS); i <= Math.min(rows - 1, Math.floor(((part + 1) * rows) / PARTS)); i++) {
      const [x, y] = [trail[i * dim + a]!, trail[i * dim + b]!];
      const there = Number.isFinite(x) && Number.isFinite(y);
      if (there && down) context.lineTo(plane.x(x), plane.y(y));
      else if (there) context.moveTo(plane.x(x), plane.y(y));
      down = there;
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  const last = (rows - 1) * dim;
  context.beginPath();
  context.arc(plane.x(trail[last + a]!), plane.y(trail[last + b]!), 7, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = color("--ground");
  context.lineWidth = 2;
  context.stroke();
  context.restore();
}
