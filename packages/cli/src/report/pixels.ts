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
  readonly dots?: readonly Dots[];
  /** Lines, each from a dot of its own to the end of the way. */
  readonly ways?: { readonly name: string; readonly from: Places; readonly to: Places };
}

interface Places {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Points over a picture: large ones, or small ones where they are many. */
export interface Dots extends Places {
  readonly name: string;
  /** Default "circle", in white; diamonds are red. */
  readonly symbol?: "circle" | "diamond";
}

/** The longest side of a picture, in units of the page. */
const SIDE = 560;

/** A picture as an HTML figure: a path a colour, since reports hold no images. */
export function pixelFigure(picture: Pixels, id: string, { width = 640 } = {}): string {
  const { xRange, yRange, columns, rows, dots = [], ways } = picture;
  const [dx, dy] = [xRange[1] - xRange[0], yRange[1] - yRange[0]];
  // Both axes have the same scale unless that makes a stripe.
  const aspect = dy / dx > 0.5 && dy / dx < 2 ? dy / dx : 1;
  const side = Math.min(width - 84, SIDE / Math.max(1, aspect));
  const common = base(picture, { width, height: Math.round(side * aspect) + 68 });
  const inside = ({ x, y }: { x: number; y: number }): boolean =>
    x >= xRange[0] && x <= xRange[1] && y >= yRange[0] && y <= yRange[1];
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
      ...(ways ? outAndAbout(ways, inside) : []),
      ...dots.map((group) =>
        Plot.dot(group.x.map((x, i) => ({ x, y: group.y[i]! })).filter(inside), {
          x: "x",
          y: "y",
          symbol: group.symbol === "diamond" ? "diamond" : "circle",
          fill: fillOf(group),
          ...(isMany(group) ? { r: 1.1 } : { r: 5, stroke: "#000000", strokeWidth: 1.5 }),
        }),
      ),
    ],
  });
  return framed(svg, picture, id, legend(picture));
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

const isMany = ({ x }: Dots): boolean => x.length > 20;
const fillOf = ({ symbol }: Dots): string => (symbol === "diamond" ? "#ff2d55" : "#ffffff");

/** A white line with dark edges for each way, as far as the picture shows its end. */
function outAndAbout(
  { from, to }: NonNullable<Pixels["ways"]>,
  inside: (p: { x: number; y: number }) => boolean,
): Plot.Markish[] {
  const lines = from.x
    .map((x, i) => ({ x, y: from.y[i]!, toX: to.x[i]!, toY: to.y[i]! }))
    .filter((l) => inside(l) && inside({ x: l.toX, y: l.toY }));
  const channels = { x1: "x", y1: "y", x2: "toX", y2: "toY", strokeLinecap: "round" } as const;
  return [
    Plot.link(lines, { ...channels, stroke: "#000000", strokeWidth: 5 }),
    Plot.link(lines, { ...channels, stroke: "#ffffff", strokeWidth: 2.5 }),
  ];
}

function legend({ key, dots = [], ways }: Pixels): string {
  const box = (color: string): string =>
    `<svg width="14" height="12" aria-hidden="true"><rect width="14" height="12" fill="${color}"/></svg>`;
  const grey = (mark: string): string =>
    `<svg width="16" height="14" aria-hidden="true"><rect width="16" height="14" fill="#777"/>${mark}</svg>`;
  const dot = (group: Dots): string =>
    grey(
      group.symbol === "diamond" && !isMany(group)
        ? `<path d="M8 2l4 5l-4 5l-4 -5z" fill="${fillOf(group)}"/>`
        : `<circle cx="8" cy="7" r="${isMany(group) ? 1.5 : 4}" fill="${fillOf(group)}"/>`,
    );
  const entries = [
    ...key.map((k) => `${box(k.color)} ${escape(k.label)}`),
    ...dots.map((group) => `${dot(group)} ${escape(group.name)}`),
    ...(ways ? [`${grey('<path d="M2 7h12" stroke="#fff" stroke-width="2.5"/>')} ${escape(ways.name)}`] : []),
  ];
  return `<ul class="legend">${entries.map((e) => `<li>${e}</li>`).join("")}</ul>`;
}
