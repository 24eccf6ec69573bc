import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** A picture of one colour a cell. */
export interface Pixels extends Labels {
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
  /** Colour of each cell, the row of the least y first. */
  readonly pixels: readonly string[];
  readonly key: readonly { readonly color: string; readonly label: string }[];
  readonly dots?: { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] };
}

/** The longest side of a picture, in units of the page. */
const SIDE = 560;

/** A picture as an HTML figure: a path a colour, since reports hold no images. */
export function pixelFigure(picture: Pixels, id: string, { width = 640 } = {}): string {
  const { xRange, yRange, columns, rows, dots } = picture;
  const [dx, dy] = [xRange[1] - xRange[0], yRange[1] - yRange[0]];
  // Both axes have the same scale unless that makes a stripe.
  const aspect = dy / dx > 0.5 && dy / dx < 2 ? dy / dx : 1;
  const side = Math.min(width - 84, SIDE / Math.max(1, aspect));
  const common = base(picture, { width, height: Math.round(side * aspect) + 68 });
  const points = dots ? dots.x.map((x, i) => ({ x, y: dots.y[i]! })) : [];
  const many = points.length > 20;
  const svg = Plot.plot({
    ...common,
    marginRight: width - 64 - side,
    x: { ...common.x, domain: [...xRange] },
    y: { ...common.y, domain: [...yRange] },
    marks: [
      (_index, { x, y }, _values, _dimensions, { document }) => {
        const place = (scale: unknown, v: number): number => (scale as (v: number) => number)(v);
        const [left, bottom] = [place(x, xRange[0]), place(y, yRange[0])];
        const [across, up] = [(place(x, xRange[1]) - left) / columns, (bottom - place(y, yRange[1])) / rows];
        const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
        group.setAttribute("transform", `translate(${left},${bottom}) scale(${across},${-up})`);
        for (const [color, d] of stripes(picture)) {
          const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
          path.setAttribute("d", d);
          path.setAttribute("fill", color);
          path.setAttribute("shape-rendering", "crispEdges");
          group.append(path);
        }
        return group as SVGElement;
      },
      Plot.dot(
        points.filter((p) => p.x >= xRange[0] && p.x <= xRange[1] && p.y >= yRange[0] && p.y <= yRange[1]),
        many
          ? { x: "x", y: "y", r: 1.1, fill: "#ffffff" }
          : { x: "x", y: "y", r: 5, fill: "#ffffff", stroke: "#000000", strokeWidth: 1.5 },
      ),
    ],
  });
  return framed(svg, picture, id, legend(picture, many));
}

/** The cells of each colour as a path in units of cells: a rectangle for each stretch of a row. */
function stripes({ pixels, columns, rows }: Pixels): Map<string, string> {
  const parts = new Map<string, string[]>();
  for (let y = 0; y < rows; y++) {
    for (let x = 0, end = 0; x < columns; x = end) {
      const color = pixels[y * columns + x]!;
      for (end = x + 1; end < columns && pixels[y * columns + end] === color;) end++;
      const list = parts.get(color) ?? [];
      list.push(`M${x} ${y}h${end - x}v1h${x - end}z`);
      parts.set(color, list);
    }
  }
  return new Map(Array.from(parts, ([color, list]) => [color, list.join("")]));
}

function legend({ key, dots }: Pixels, many: boolean): string {
  const box = (color: string): string =>
    `<svg width="14" height="12" aria-hidden="true"><rect width="14" height="12" fill="${color}"/></svg>`;
  const dot = `<svg width="16" height="14" aria-hidden="true"><rect width="16" height="14" fill="#777"/><circle cx="8" cy="7" r="${many ? 1.5 : 4}" fill="#fff"/></svg>`;
  const entries = [...key.map((k) => `${box(k.color)} ${escape(k.label)}`), ...(dots ? [`${dot} ${escape(dots.name)}`] : [])];
  return `<ul class="legend">${entries.map((e) => `<li>${e}</li>`).join("")}</ul>`;
}
