import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";

/** A line through a plane. */
export interface Portrait extends Labels {
  readonly path: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
}

/** More points than this cannot be told apart in a figure. */
const MOST = 12_000;

/** A trajectory in a plane, its start marked; "" without two finite states. */
export function portrait(drawing: Portrait, id: string, { width = 640, height = 420 } = {}): string {
  const { x, y } = drawing.path;
  const points: { x: number; y: number }[] = [];
  for (let i = 0; i < Math.min(x.length, MOST); i++)
    if (Number.isFinite(x[i]!) && Number.isFinite(y[i]!)) points.push({ x: x[i]!, y: y[i]! });
  if (points.length < 2) return "";
  const common = base(drawing, { width, height });
  const svg = Plot.plot({
    ...common,
    y: { ...common.y, grid: true },
    marks: [
      Plot.line(points, { x: "x", y: "y", stroke: "var(--c1)", strokeWidth: 0.8, curve: "natural" }),
      Plot.dot(points.slice(0, 1), { x: "x", y: "y", fill: "var(--c2)", r: 4 }),
    ],
  });
  return framed(svg, drawing, id, "");
}
