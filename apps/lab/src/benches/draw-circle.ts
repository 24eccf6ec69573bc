import { color, diverging } from "../parts/canvas.js";

/** Oscillators on their circle, coloured by frequency, with the mean of their directions as an arrow. Height and width are one. */
export function drawCircle(canvas: HTMLCanvasElement, size: number, phases: Float64Array, frequencies: Float64Array): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  const [centre, radius] = [size / 2, size / 2 - 16];
  context.strokeStyle = color("--edge");
  context.beginPath();
  context.arc(centre, centre, radius, 0, 2 * Math.PI);
  context.stroke();
  const sorted = Float64Array.from(frequencies).sort();
  // Nine in ten of the frequencies use the scale; tails have its ends.
  const [low, high] = [sorted[Math.floor(0.05 * sorted.length)]!, sorted[Math.floor(0.95 * sorted.length)]!];
  const middle = 0.5 * (low + high);
  const shade = diverging("--c1", "--c2");
  let [x, y] = [0, 0];
  phases.forEach((phase, i) => {
    const [c, s] = [Math.cos(phase), Math.sin(phase)];
    x += c / phases.length;
    y += s / phases.length;
    const t = high > low ? (2 * (frequencies[i]! - middle)) / (high - low) : 0;
    // The ground itself would not be seen on the ground.
    context.fillStyle = `rgb(${shade(Math.sign(t || 1) * Math.max(0.12, Math.min(1, Math.abs(t)))).join(" ")})`;
    context.beginPath();
    context.arc(centre + radius * c, centre - radius * s, 4, 0, 2 * Math.PI);
    context.fill();
  });
  context.strokeStyle = context.fillStyle = color("--ink");
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(centre, centre);
  context.lineTo(centre + radius * x, centre - radius * y);
  context.stroke();
  context.beginPath();
  context.arc(centre + radius * x, centre - radius * y, 5, 0, 2 * Math.PI);
  context.fill();
}
