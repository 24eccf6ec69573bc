import { color, frame, rgb } from "../parts/canvas.js";
import { GRID, type LayerImage } from "../worker/protocol/propagation.js";

/** Side of the small picture of the inputs, in CSS pixels. */
const INSET = 64;

/** The farthest that points lie from the middle, along both axes. */
export function reachOf(points: Float64Array): number {
  let most = 0;
  for (const v of points) most = Math.max(most, Math.abs(v));
  return most;
}

/** Images of the inputs under a layer, in the colours of the inputs; `reach` is what has to fit. */
export function drawLayer(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  inputs: Float64Array,
  { order: { shape }, layer, points }: LayerImage,
  reach: number,
): void {
  // Half of the plot, as `frame` lays it out: one unit is as long in both directions.
  const sizes = { x: width - 64, y: height - 46 };
  const unit = (1.06 * (reach > 0 ? reach : 1)) / Math.min(sizes.x, sizes.y);
  const half = { x: unit * sizes.x, y: unit * sizes.y };
  const f = frame(canvas, width, height, {
    x: [-half.x, half.x],
    y: [-half.y, half.y],
    xLabel: layer === 0 ? "first input / √2" : "first principal direction",
    yLabel: layer === 0 ? "second input / √2" : "second principal direction",
  });
  const { context } = f;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
  context.lineWidth = shape === "ring" ? 2.2 : 1.2;
  context.lineCap = "round";
  const paint = colorsOf(inputs);
  const draw = (xy: Float64Array, x: (v: number) => number, y: (v: number) => number): void =>
    lines(shape, xy.length / 2, (a, b) => {
      context.strokeStyle = paint(a);
      context.beginPath();
      context.moveTo(x(xy[2 * a]!), y(xy[2 * a + 1]!));
      context.lineTo(x(xy[2 * b]!), y(xy[2 * b + 1]!));
      context.stroke();
    });
  draw(points, f.x, f.y);
  if (layer > 0) {
    const [cx, cy] = [f.left + f.width - INSET / 2 - 6, f.top + INSET / 2 + 6];
    const scale = (0.45 * INSET) / (reachOf(inputs) || 1);
    context.globalAlpha = 0.9;
    context.fillStyle = color("--ground");
    context.fillRect(cx - INSET / 2, cy - INSET / 2, INSET, INSET);
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = color("--line");
    context.strokeRect(cx - INSET / 2, cy - INSET / 2, INSET, INSET);
    draw(
      inputs,
      (v) => cx + scale * v,
      (v) => cy - scale * v,
    );
  }
  context.restore();
}

/** A colour an input: hue by its direction, paler towards the origin. */
function colorsOf(inputs: Float64Array): (i: number) => string {
  const [r, g, b] = rgb(color("--ground"));
  const light = r + g + b > 3 * 128 ? 40 : 66;
  const most = Math.SQRT2 * reachOf(inputs) || 1;
  return (i) => {
    const [x, y] = [inputs[2 * i]!, inputs[2 * i + 1]!];
    const hue = (180 / Math.PI) * Math.atan2(y, x);
    return `hsl(${hue.toFixed(1)} ${(25 + (65 * Math.SQRT2 * Math.sqrt(x * x + y * y)) / most).toFixed(0)}% ${light}%)`;
  };
}

/** Neighbours among the inputs: around the ring, along rows and columns of the grid. */
function lines(shape: "ring" | "grid", count: number, visit: (a: number, b: number) => void): void {
  for (let i = 0; i < count; i++) {
    if (shape === "ring") visit(i, (i + 1) % count);
    else {
      if (i % GRID < GRID - 1) visit(i, i + 1);
      if (i + GRID < count) visit(i, i + GRID);
    }
  }
}
