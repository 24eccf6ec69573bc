import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** A function of two variables as contour lines, with marked points. */
export interface ContourMap extends Labels {
  /** rows x columns, the first row at the lower bound of y. */
  readonly surface: ArrayLike<number>;
  readonly columns: number;
  readonly rows: number;
  readonly region: readonly [x: readonly [number, number], y: readonly [number, number]];
  /** What is marked, with its sign: a name of `SIGNS`. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly sign: keyof typeof SIGNS }[];
}

/** Signs that can be told apart without colour. */
const SIGNS = {
  minimum: { symbol: "circle", color: "var(--c1)", path: '<circle cx="7" cy="6" r="4"' },
  saddle: { symbol: "times", color: "var(--c2)", path: '<path d="M3 2L11 10M11 2L3 10"' },
  maximum: { symbol: "triangle", color: "var(--level)", path: '<path d="M7 1.5L11.5 10H2.5Z"' },
  degenerate: { symbol: "square", color: "var(--c4)", path: '<rect x="3.5" y="2.5" width="7" height="7"' },
} as const;

/** The contour lines as an HTML figure; "" where the function has no finite value. */
export function contourFigure(map: ContourMap, id: string): string {
  const { surface, columns, rows, region, points } = map;
  const values = Float64Array.from(surface);
  if (!values.some(Number.isFinite)) return "";
  const [[x1, x2], [y1, y2]] = region;
  const common = base(map, { width: 640, height: 600 });
  const svg = Plot.plot({
    ...common,
    x: { ...common.x, domain: [x1, x2] },
    y: { ...common.y, domain: [y1, y2] },
    marks: [
      Plot.contour(values, {
        width: columns,
        height: rows,
        x1,
        y1,
        x2,
        y2,
        fill: "none",
        stroke: "var(--soft)",
        strokeWidth: 0.9,
        thresholds: 24,
      }),
      ...Object.entries(SIGNS).map(([name, { symbol, color }]) =>
        Plot.dot(
          points.filter((p) => p.sign === name),
          { x: "x", y: "y", symbol, r: 6.5, stroke: color, strokeWidth: 3, fill: symbol === "times" ? "none" : "var(--ground)" },
        ),
      ),
    ],
  });
  const entries = Object.entries(SIGNS)
    .filter(([name]) => points.some((p) => p.sign === name))
    .map(
      ([name, { color, path }]) =>
        `<li><svg width="14" height="12" aria-hidden="true">${path} fill="none" stroke="${color}" stroke-width="2"/></svg> ${escape(name)}</li>`,
    );
  return framed(svg, map, id, entries.length > 0 ? `<ul class="legend">${entries.join("")}</ul>` : "");
}
