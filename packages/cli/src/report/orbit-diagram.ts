import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";

/** Many points: x once for each group of y values. */
export interface OrbitDiagram extends Labels {
  readonly parameters: ArrayLike<number>;
  /** parameters x record. */
  readonly states: Float64Array;
  readonly record: number;
}

/** The last states over the parameter, as one path of dots; "" without any finite state. */
export function orbitFigure(diagram: OrbitDiagram, id: string, { width = 640, height = 320 } = {}): string {
  const { parameters, states, record } = diagram;
  let [low, high] = [Infinity, -Infinity];
  for (const y of states) if (Number.isFinite(y)) [low, high] = [Math.min(low, y), Math.max(high, y)];
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
    ],
  });
  return framed(svg, { ...diagram, description: `${diagram.description} ${record} states a parameter.` }, id, "");
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
