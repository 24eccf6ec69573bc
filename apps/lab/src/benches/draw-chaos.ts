import { color, frame, type Frame } from "../parts/canvas.js";

/** Where the picture ends in both variances. */
export const END = { weights: 4, biases: 0.5 };
export const HEIGHT = 300;

/** An initialisation on the map. */
export interface Place {
  readonly weightVariance: number;
  readonly biasVariance: number;
}

/** The map: the edge of chaos, the two phases beside it, and a cross. */
export function drawChaos(canvas: HTMLCanvasElement, width: number, edge: Float64Array | undefined, place: Place): Frame {
  const f = frame(canvas, width, HEIGHT, {
    x: [0, END.weights],
    y: [0, END.biases],
    xLabel: "σ_w²",
    yLabel: "σ_b²",
  });
  const { context, x, y, left, top, width: w, height: h } = f;
  if (edge && edge.length > 2) {
    const path = new Path2D();
    for (let i = 0; i < edge.length; i += 2) path.lineTo(x(edge[i]!), y(edge[i + 1]!));
    const ordered = new Path2D(path);
    ordered.lineTo(left, y(edge.at(-1)!));
    ordered.lineTo(left, top + h);
    context.save();
    context.beginPath();
    context.rect(left, top, w, h);
    context.clip();
    context.globalAlpha = 0.13;
    context.fillStyle = color("--c2");
    context.fillRect(left, top, w, h);
    context.globalAlpha = 1;
    context.fillStyle = color("--ground");
    context.fill(ordered);
    context.globalAlpha = 0.13;
    context.fillStyle = color("--c1");
    context.fill(ordered);
    context.globalAlpha = 1;
    context.strokeStyle = color("--level");
    context.lineWidth = 2;
    context.stroke(path);
    context.restore();
    context.fillStyle = color("--ink");
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillText("ordered", left + 10, top + 16);
    context.textAlign = "right";
    context.fillText("chaotic", left + w - 10, top + h - 14);
  }
  const [px, py] = [x(place.weightVariance), y(place.biasVariance)];
  context.strokeStyle = color("--ink");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(px, py, 6, 0, 2 * Math.PI);
  context.moveTo(px - 11, py);
  context.lineTo(px + 11, py);
  context.moveTo(px, py - 11);
  context.lineTo(px, py + 11);
  context.stroke();
  return f;
}
