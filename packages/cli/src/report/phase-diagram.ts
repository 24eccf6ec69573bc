import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** A rectangle of a diagram: from x1 to x2 in the row of that name. */
export interface Cell {
  readonly row: string;
  readonly x1: number;
  readonly x2: number;
  /** A name of `phases`. */
  readonly phase: string;
}

/** A grid coloured by phase, with marks where theory has its thresholds. */
export interface PhaseDiagram extends Labels {
  readonly rows: readonly string[];
  /** A logarithmic x axis; all x are above 0. */
  readonly logX?: boolean;
  readonly cells: readonly Cell[];
  /** Names with a colour and what they mean. */
  readonly phases: readonly { readonly name: string; readonly color: string; readonly label: string }[];
  /** Thresholds: one position a row, drawn as a line through the row. */
  readonly marks: readonly {
    readonly name: string;
    readonly at: readonly number[];
    readonly dash: string;
  }[];
}

/** A phase diagram as an HTML figure; "" without cells. */
export function phaseDiagram(diagram: PhaseDiagram, id: string, { width = 640, height = 320 } = {}): string {
  const { cells, rows, phases, marks } = diagram;
  if (cells.length === 0) return "";
  const color = new Map(phases.map((p) => [p.name, p.color]));
  const lines = marks.flatMap((m) => m.at.flatMap((x, i) => (Number.isFinite(x) ? [{ x, row: rows[i]!, dash: m.dash }] : [])));
  const most = Math.max(...cells.map((c) => c.x2));
  const least = Math.min(...cells.map((c) => c.x1));
  const common = base(diagram, { width, height });
  const svg = Plot.plot({
    ...common,
    // About 8 units a letter, and a line for the name of the axis.
    marginLeft: Math.max(common.marginLeft, 8 * Math.max(...rows.map((r) => r.length)) + 40),
    x: { ...common.x, domain: [least, most], ...(diagram.logX ? { type: "log" as const, ticks: 6, tickFormat: "~r" } : {}) },
    y: { ...common.y, type: "band", domain: [...rows].reverse(), padding: 0.06 },
    marks: [
      Plot.rect([...cells], {
        x1: "x1",
        x2: "x2",
        y: "row",
        fill: (c: Cell) => color.get(c.phase),
        insetRight: 1,
      }),
      ...lines
        .filter((l) => l.x >= least && l.x <= most)
        .map((l) =>
          Plot.tickX([l], {
            x: "x",
            y: "row",
            stroke: "var(--ink)",
            strokeWidth: 2,
            ...(l.dash === "none" ? {} : { strokeDasharray: l.dash }),
          }),
        ),
    ],
  });
  return framed(svg, diagram, id, legend(diagram));
}

function legend({ phases, marks }: PhaseDiagram): string {
  const box = (color: string): string =>
    `<svg width="14" height="12" aria-hidden="true"><rect width="14" height="12" fill="${color}"/></svg>`;
  const line = (dash: string): string =>
    `<svg width="10" height="14" aria-hidden="true"><line x1="5" x2="5" y1="0" y2="14" stroke="var(--ink)" stroke-width="2"${dash === "none" ? "" : ` stroke-dasharray="${dash}"`}/></svg>`;
  const entries = [...phases.map((p) => [p.label, box(p.color)]), ...marks.map((m) => [m.name, line(m.dash)])];
  return `<ul class="legend">${entries.map(([name, mark]) => `<li>${mark} ${escape(name!)}</li>`).join("")}</ul>`;
}
