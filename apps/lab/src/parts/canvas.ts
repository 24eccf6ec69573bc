import { useEffect, useState } from "preact/hooks";

/** A colour of the page by the name of its variable: `color("--ink")`. */
export const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Counts changes between light and dark, so that canvases are drawn again. */
export function useScheme(): number {
  const [n, set] = useState(0);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const changed = (): void => set((k) => k + 1);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, []);
  return n;
}

/** The width of an element in CSS pixels, as it changes. */
export function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, set] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => set(Math.floor(entry!.contentRect.width)));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

export interface Axes {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Names in place of numbers, one a whole number from 0, each at its middle. */
  readonly rows?: readonly string[];
  /** No axis below: another picture with the same one follows. */
  readonly bare?: boolean;
}

/** A canvas with axes: what is drawn inside uses its scales. */
export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  x(value: number): number;
  y(value: number): number;
  /** The values at a place on the canvas, in CSS pixels. */
  at(px: number, py: number): readonly [number, number];
}

/** Space around the plot, in CSS pixels. */
export const MARGIN = { left: 54, right: 10, top: 8, bottom: 38 };

/** Round numbers between two values, about `count` of them. */
export function ticks(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count);
  // Too fine for numbers of this size: they would not differ, and counting on would not end.
  if (!(raw > 1e-12 * Math.max(Math.abs(from), Math.abs(to))) || !Number.isFinite(raw)) return [];
  const power = 10 ** Math.floor(Math.log10(raw));
  if (!(power > 0)) return [];
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw)!;
  const found: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i++) found.push(i * step);
  return found;
}

/** The shortest text that tells neighbouring ticks apart. */
function label(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e5 || size < 1e-4) return value === 0 ? "0" : value.toExponential(1);
  return value.toFixed(Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)))).replace("-", "−");
}

/** Clears a canvas, draws axes on it and gives its scales. */
export function frame(canvas: HTMLCanvasElement, width: number, height: number, axes: Axes): Frame {
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  const { left, top } = MARGIN;
  const bottom = axes.bare ? 4 : MARGIN.bottom;
  const [w, h] = [width - left - MARGIN.right, height - top - bottom];
  const x = (v: number): number => left + ((v - axes.x[0]) / (axes.x[1] - axes.x[0])) * w;
  const y = (v: number): number => top + h - ((v - axes.y[0]) / (axes.y[1] - axes.y[0])) * h;
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  context.strokeStyle = color("--line");
  context.fillStyle = color("--soft");
  context.lineWidth = 1;
  context.textAlign = "center";
  context.textBaseline = "top";
  const xs = axes.bare ? [] : ticks(axes.x[0], axes.x[1], Math.max(2, w / 90));
  for (const v of xs) {
    context.beginPath();
    context.moveTo(x(v), top + h);
    context.lineTo(x(v), top + h + 4);
    context.stroke();
    context.fillText(label(v, (xs[1] ?? 1) - (xs[0] ?? 0)), x(v), top + h + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  if (axes.rows) axes.rows.forEach((name, i) => context.fillText(name, left - 8, y(i)));
  else {
    const ys = ticks(axes.y[0], axes.y[1], Math.max(3, h / 50));
    for (const v of ys) {
      context.beginPath();
      context.moveTo(left, y(v));
      context.lineTo(left + w, y(v));
      context.stroke();
      context.fillText(label(v, (ys[1] ?? 1) - (ys[0] ?? 0)), left - 6, y(v));
    }
  }
  context.fillStyle = color("--ink");
  context.textAlign = "center";
  if (!axes.bare) context.fillText(axes.xLabel, left + w / 2, height - 8);
  context.save();
  context.translate(9, top + h / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(axes.yLabel, 0, 0);
  context.restore();
  context.strokeStyle = color("--edge");
  context.strokeRect(left, top, w, h);
  return {
    context,
    left,
    top,
    width: w,
    height: h,
    x,
    y,
    at: (px, py) => [
      axes.x[0] + ((px - left) / w) * (axes.x[1] - axes.x[0]),
      axes.y[1] - ((py - top) / h) * (axes.y[1] - axes.y[0]),
    ],
  };
}

/** Red, green and blue of a colour written as #rrggbb. */
export const rgb = (hex: string): readonly [number, number, number] => {
  const n = parseInt(hex.replace("#", ""), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
};

/** From one colour through the ground to another: t from -1 to 1. */
export function diverging(low: string, high: string): (t: number) => readonly [number, number, number] {
  const [a, m, b] = [rgb(color(low)), rgb(color("--ground")), rgb(color(high))];
  return (t) => {
    const end = t < 0 ? a : b;
    // A root makes small values visible.
    const s = Math.sqrt(Math.min(1, Math.abs(t)));
    return [0, 1, 2].map((i) => Math.round(m[i]! + s * (end[i]! - m[i]!))) as [number, number, number];
  };
}
