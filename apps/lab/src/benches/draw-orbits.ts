import { color, frame, rgb, type Frame } from "../parts/canvas.js";
import type { OrbitDone } from "../worker/protocol/orbits.js";
import type { FamilyCard } from "../worker/protocol/study.js";
import type { OrbitStore } from "./orbit-store.js";

/** Heights of the two pictures in CSS pixels. */
export const HEIGHT = 380;
export const UNDER = 170;

/** The part of a diagram that is looked at. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Range of the state; undefined: what the orbits need. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** The states of all columns as shades, with the doublings over them. */
export function drawOrbits(
  canvas: HTMLCanvasElement,
  width: number,
  store: OrbitStore,
  view: Window,
  range: readonly [number, number],
  family: FamilyCard,
  found: OrbitDone | undefined,
): Frame {
  const f = frame(canvas, width, HEIGHT, {
    x: [view.from, view.to],
    y: range,
    xLabel: "",
    yLabel: family.components.length === 1 ? `state ${family.components[0]}` : `first component, ${family.components[0]}`,
    bare: true,
  });
  const rows = Math.round(f.height * Math.min(2, devicePixelRatio || 1));
  const shades = store.shades(rows, range);
  const image = new ImageData(store.columns, rows);
  const ink = rgb(color("--c1"));
  for (let i = 0; i < shades.length; i++) {
    if (shades[i]! === 0) continue;
    image.data.set([...ink, Math.round(255 * shades[i]!)], 4 * i);
  }
  const layer = new OffscreenCanvas(store.columns, rows);
  layer.getContext("2d")!.putImageData(image, 0, 0);
  f.context.imageSmoothingEnabled = false;
  f.context.drawImage(layer, f.left, f.top, f.width, f.height);
  marks(f, found);
  return f;
}

/** Theory over measurement: where the multiplier says that a period doubles. */
function marks({ context, x, top, height }: Frame, found: OrbitDone | undefined): void {
  context.strokeStyle = color("--level");
  context.setLineDash([4, 3]);
  context.lineWidth = 1;
  for (const d of found?.doublings ?? []) {
    context.beginPath();
    context.moveTo(x(d.value), top);
    context.lineTo(x(d.value), top + height);
    context.stroke();
  }
  context.setLineDash([]);
}

/** The exponent of each column: blue below 0, orange above. */
export function drawExponents(
  canvas: HTMLCanvasElement,
  width: number,
  store: OrbitStore,
  view: Window,
  family: FamilyCard,
  found: OrbitDone | undefined,
): void {
  const finite = Array.from(store.exponents)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  // Superstable orbits reach down without end; they may leave the picture.
  const low = Math.max(finite[Math.floor(0.02 * finite.length)] ?? -1, -4);
  const most = Math.max(0.1, finite.at(-1) ?? 0.1);
  const f = frame(canvas, width, UNDER, {
    x: [view.from, view.to],
    y: [Math.min(-0.1, low) * 1.05, most * 1.15],
    xLabel: family.parameter,
    yLabel: "1/step",
  });
  const { context } = f;
  context.save();
  context.beginPath();
  context.rect(f.left, f.top, f.width, f.height);
  context.clip();
  const zero = f.y(0);
  const step = f.width / store.columns;
  const [above, under] = [color("--c2"), color("--c1")];
  for (let c = 0; c < store.columns; c++) {
    const v = store.exponents[c]!;
    if (Number.isNaN(v)) continue;
    const y = f.y(Math.max(v, low * 2 - 5));
    context.fillStyle = v > 0 ? above : under;
    context.fillRect(f.left + c * step, Math.min(y, zero), Math.max(step, 0.5), Math.max(1, Math.abs(y - zero)));
  }
  context.strokeStyle = color("--level");
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(f.left, zero);
  context.lineTo(f.left + f.width, zero);
  context.stroke();
  marks(f, found);
  context.restore();
}
