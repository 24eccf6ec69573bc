import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** Many thin lines, a few strong ones over them, and named places on the x axis. */
export interface Bundle extends Labels {
  readonly x0: ArrayLike<number>;
  /** Rows of as many y values. */
  readonly thin: { readonly name: string; readonly rows: readonly ArrayLike<number>[] };
  readonly strong: readonly { readonly name: string; readonly y: ArrayLike<number>; readonly dashed?: boolean }[];
  readonly marks: readonly { readonly name: string; readonly x: number }[];
  /** The x axis runs down. */
  readonly reverse?: boolean;
}

const line = (color: string, dash: string, width: number): string =>
  `<svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke="${color}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ""}/></svg>`;

/** A bundle of lines as a figure. */
export function bundle(drawing: Bundle, id: string, { width = 640, height = 360 } = {}): string {
  const { x0, thin, strong, marks, reverse } = drawing;
  const points = (y: ArrayLike<number>): { x: number; y: number }[] =>
    Array.from(x0, (x, i) => ({ x, y: y[i]! })).filter((p) => Number.isFinite(p.y));
  const common = base(drawing, { width, height });
  const svg = Plot.plot({
    ...common,
    x: { ...common.x, ...(reverse ? { reverse: true } : {}) },
    y: { ...common.y, grid: true },
    marks: [
      ...thin.rows.map((row) =>
        Plot.line(points(row), { x: "x", y: "y", stroke: "var(--c1)", strokeWidth: 0.6, strokeOpacity: 0.55 }),
      ),
      ...marks.map((m) => Plot.ruleX([m.x], { stroke: "var(--level)", strokeWidth: 1.5, strokeDasharray: "2 2" })),
      // Neighbours are written to either side of their lines.
      ...marks.map((m, i) =>
        Plot.text([m], {
          x: "x",
          text: "name",
          frameAnchor: "top",
          dy: -12,
          dx: i % 2 ? 4 : -4,
          textAnchor: i % 2 ? "start" : "end",
          fill: "currentColor",
        }),
      ),
      ...strong.map((s) =>
        Plot.line(points(s.y), {
          x: "x",
          y: "y",
          stroke: "var(--c2)",
          strokeWidth: 2.2,
          ...(s.dashed ? { strokeDasharray: "5 4" } : {}),
        }),
      ),
    ],
  });
  const names = [...new Map(strong.map((s) => [s.name, s])).values()];
  const legend = `<ul class="legend">${thin.rows.length > 0 ? `<li>${line("var(--c1)", "", 1)} ${escape(thin.name)}</li>` : ""}${names
    .map((s) => `<li>${line("var(--c2)", s.dashed ? "5 4" : "", 2.5)} ${escape(s.name)}</li>`)
    .join("")}</ul>`;
  return framed(svg, drawing, id, legend);
}
