import * as Plot from "@observablehq/plot";
import { MARKS, type Mark, type Stretch } from "./branches.js";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** Many points: x once for each group of y values. */
export interface OrbitDiagram extends Labels {
  readonly parameters: ArrayLike<number>;
  /** parameters x record. */
  readonly states: Float64Array;
  readonly record: number;
  /** Branches drawn over the dots, and the bifurcations on them. */
  readonly stretches?: readonly Stretch[];
  readonly bifurcations?: readonly Mark[];
}

/** The last states over the parameter, as one path of dots; "" without any finite state. */
export function orbitFigure(diagram: OrbitDiagram, id: string, { width = 640, height = 320 } = {}): string {
  const { parameters, states, record, stretches = [], bifurcations = [] } = diagram;
  let [low, high] = [Infinity, -Infinity];
  for (const y of states) if (Number.isFinite(y)) [low, high] = [Math.min(low, y), Math.max(high, y)];
  for (const { y } of stretches.flatMap((s) => s.points)) [low, high] = [Math.min(low, y), Math.max(high, y)];
  if (!(high > -Infinity)) return "";
  const [first, last] = [parameters[0]!, parameters[parameters.length - 1]!];
  const common = base(diagram, { width, height });
  const svg = Plot.plot({
    ...common,
    x: { ...common.x, domain: [first, last] },
    y: { ...common.y, grid: true, domain: [low, high], nice: true },
    marks: [
      (_index, { x, y }, _values, _dimensions, { document }) => {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", dots(diagram, x as Scale, y as Scale));
        path.setAttribute("stroke", "var(--c1)");
        path.setAttribute("stroke-width", "0.9");
        path.setAttribute("stroke-linecap", "square");
        path.setAttribute("fill", "none");
        return path as SVGElement;
      },
      ...[true, false].map((stable) =>
        Plot.line(
          stretches.flatMap((s, z) => (s.stable === stable ? s.points.map((p) => ({ ...p, z })) : [])),
          { x: "x", y: "y", z: "z", ...LINES[stable ? "stable" : "unstable"] },
        ),
      ),
      ...MARKS.map(({ kind, symbol }) =>
        Plot.dot(
          bifurcations.filter((b) => b.kind === kind),
          { x: "x", y: "y", symbol, r: 4, fill: "var(--ground)", stroke: "var(--level)", strokeWidth: 1.75 },
        ),
      ),
    ],
  });
  return framed(svg, { ...diagram, description: `${diagram.description} ${record} states a parameter.` }, id, legend(diagram));
}

const LINES = {
  stable: { stroke: "var(--ink)", strokeWidth: 1.6 },
  unstable: { stroke: "var(--c2)", strokeWidth: 1.25, strokeDasharray: "4 3" },
};

/** What the lines and signs mean, where there are any. */
function legend({ stretches = [], bifurcations = [] }: OrbitDiagram): string {
  if (stretches.length === 0) return "";
  const sample = (inner: string): string => `<svg width="28" height="10" aria-hidden="true">${inner}</svg>`;
  const line = ({
    stroke,
    strokeWidth,
    strokeDasharray = "none",
  }: {
    stroke: string;
    strokeWidth: number;
    strokeDasharray?: string;
  }): string =>
    sample(
      `<line x1="0" x2="28" y1="5" y2="5" stroke="${stroke}" stroke-width="${strokeWidth}" stroke-dasharray="${strokeDasharray}"/>`,
    );
  const sign: Record<string, string> = {
    square: '<rect x="10.5" y="1.5" width="7" height="7"',
    diamond: '<path d="M14 0.5L18 5L14 9.5L10 5Z"',
    circle: '<circle cx="14" cy="5" r="4"',
    triangle: '<path d="M14 1L18.5 9H9.5Z"',
  };
  const entries = [
    [
      "where orbits end up",
      sample(
        '<circle cx="6" cy="5" r="1.5" fill="var(--c1)"/><circle cx="14" cy="3" r="1.5" fill="var(--c1)"/><circle cx="22" cy="7" r="1.5" fill="var(--c1)"/>',
      ),
    ],
    ["stable branch", line(LINES.stable)],
    ["unstable branch", line(LINES.unstable)],
    ...MARKS.filter(({ kind }) => bifurcations.some((b) => b.kind === kind)).map(({ kind, symbol }) => [
      kind,
      sample(`${sign[symbol]} fill="var(--ground)" stroke="var(--level)" stroke-width="1.75"/>`),
    ]),
  ];
  return `<ul class="legend">${entries.map(([name, mark]) => `<li>${mark} ${escape(name!)}</li>`).join("")}</ul>`;
}

type Scale = (value: number) => number;

/** Each state a dot, each dot of a column once: tenths of a pixel are all that is seen. */
function dots({ parameters, states, record }: OrbitDiagram, x: Scale, y: Scale): string {
  const parts: string[] = [];
  for (let i = 0; i < parameters.length; i++) {
    const column = new Set<number>();
    for (const state of states.subarray(i * record, (i + 1) * record))
      if (Number.isFinite(state)) column.add(Math.round(2 * y(state)));
    const at = x(parameters[i]!).toFixed(1);
    for (const twice of column) parts.push(`M${at} ${twice / 2}h0`);
  }
  return parts.join("");
}
