import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** Numbers over a rectangle of the plane, as colours, with curves and points on top. */
export interface Field extends Labels {
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
  /** rows x columns, the row of the least y first, at the middles of cells; NaN where nothing is known. */
  readonly values: Float64Array;
  /** What the colours mean. */
  readonly colors: { readonly label: string; readonly format?: (value: number) => string; readonly symmetric?: boolean };
  /** Curves through points. */
  readonly curves?: readonly { readonly name: string; readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }[];
  /** Words on the picture, about their middle. */
  readonly labels?: readonly { readonly text: string; readonly x: number; readonly y: number }[];
  /** The curve on which another field of the same grid is zero. */
  readonly zero?: { readonly name: string; readonly values: Float64Array };
  readonly dots?: readonly {
    readonly name: string;
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
    readonly symbol: "circle" | "cross";
    readonly large?: boolean;
  }[];
}

// Dark to light with evenly growing lightness, so that it reads in grey as well; the second scale is light in the middle.
const SEQUENTIAL = ["#20123a", "#40256b", "#5f3f8f", "#7a5fa6", "#9384b3", "#afa9bf", "#cfcccd", "#efece0"];
const DIVERGING = ["#17467f", "#3f75b0", "#84abd0", "#c5d6e3", "#f2f0ea", "#edcdb4", "#dd996b", "#bd6229", "#7f3609"];
const LEVELS = 24;

/** A field as an HTML figure; "" without a finite number. */
export function fieldFigure(field: Field, id: string, { width = 640, height = 320 } = {}): string {
  const { xRange, yRange, columns, rows, values, colors, curves = [], labels = [], zero, dots = [] } = field;
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  if (!(high > -Infinity)) return "";
  if (colors.symmetric) [low, high] = [-Math.max(-low, high), Math.max(-low, high)];
  if (high === low) high = low + 1;
  const palette = colors.symmetric ? DIVERGING : SEQUENTIAL;
  const common = base(field, { width, height: Math.max(height, 420) });
  const place = { width: columns, height: rows, x1: xRange[0], x2: xRange[1], y1: yRange[0], y2: yRange[1] };
  const thresholds = Array.from({ length: LEVELS }, (_, i) => low + ((high - low) * i) / LEVELS);
  const clipped = Float64Array.from(values, (v) => (Number.isNaN(v) ? low : Math.max(low, Math.min(high, v))));
  const svg = Plot.plot({
    ...common,
    x: { ...common.x, domain: [...xRange], tickFormat: (v: number) => v.toLocaleString("en-US") },
    y: { ...common.y, domain: [...yRange] },
    color: {
      type: "linear",
      domain: palette.map((_, i) => low + ((high - low) * i) / (palette.length - 1)),
      range: palette,
      clamp: true,
    },
    marks: [
      // What lies below the first threshold has no contour of its own.
      Plot.rect([low], { x1: xRange[0], x2: xRange[1], y1: yRange[0], y2: yRange[1], fill: () => low }),
      Plot.contour(Array.from(clipped), { ...place, fill: (v: number) => v, thresholds, stroke: "none" }),
      ...(zero ? along(crossings(field, zero.values), true) : []),
      ...curves.flatMap((c) => along([Array.from(c.x, (x, i) => ({ x, y: c.y[i]! }))], false)),
      ...labels.map((l) =>
        Plot.text([l], { x: "x", y: "y", text: "text", fill: "#ffffff", stroke: "#000000", strokeWidth: 3, fontSize: 17 }),
      ),
      ...dots.map((d) =>
        Plot.dot(
          Array.from(d.x, (x, i) => ({ x, y: d.y[i]! })).filter(
            (p) => p.x >= xRange[0] && p.x <= xRange[1] && p.y >= yRange[0] && p.y <= yRange[1],
          ),
          {
            x: "x",
            y: "y",
            r: d.large ? 7 : 3,
            symbol: d.symbol === "circle" ? "circle" : "times",
            ...(d.symbol === "circle"
              ? { fill: d.large ? "#d8262c" : "#ffffff", stroke: d.large ? "#ffffff" : "#000000", strokeWidth: d.large ? 2 : 1 }
              : { stroke: "#000000", strokeWidth: 2 }),
          },
        ),
      ),
    ],
  });
  return framed(svg, field, id, legend(field, palette, low, high));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Lines that can be seen on any colour: black on white. */
function along(lines: readonly (readonly Point[])[], round: boolean): Plot.Markish[] {
  const all = lines.flatMap((points, z) => points.map((p) => ({ ...p, z })));
  const common = { x: "x", y: "y", z: "z", clip: true, strokeLinecap: round ? ("round" as const) : ("butt" as const) };
  return [
    Plot.line(all, { ...common, stroke: "#ffffff", strokeWidth: 5 }),
    Plot.line(all, { ...common, stroke: "#000000", strokeWidth: 2 }),
  ];
}

/** Where a field of the same grid passes zero: a piece of line in each square of four neighbours that has both signs. */
function crossings({ xRange, yRange, columns, rows }: Field, values: Float64Array): Point[][] {
  const at = (i: number, j: number): number => values[j * columns + i]!;
  const point = (i: number, j: number): Point => ({
    x: xRange[0] + ((xRange[1] - xRange[0]) * (i + 0.5)) / columns,
    y: yRange[0] + ((yRange[1] - yRange[0]) * (j + 0.5)) / rows,
  });
  const found: Point[][] = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ] as const;
      const ends = corners.flatMap(([a, b], k): Point[] => {
        const [c, d] = corners[(k + 1) % 4]!;
        const [u, v] = [at(a, b), at(c, d)];
        if (u > 0 === v > 0) return [];
        const t = u / (u - v);
        return [point(a + t * (c - a), b + t * (d - b))];
      });
      for (let e = 0; e + 1 < ends.length; e += 2) found.push([ends[e]!, ends[e + 1]!]);
    }
  }
  return found;
}

function legend({ colors, curves = [], zero, dots = [] }: Field, palette: readonly string[], low: number, high: number): string {
  const format = colors.format ?? ((v: number): string => v.toPrecision(3));
  const stops = palette.map((c, i) => `<rect x="${i * 14}" width="14" height="12" fill="${c}"/>`).join("");
  const bar = `${escape(format(low))} <svg width="${palette.length * 14}" height="12" aria-hidden="true">${stops}</svg> ${escape(format(high))}`;
  const line = `<svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke="#fff" stroke-width="5"/><line x1="0" x2="28" y1="5" y2="5" stroke="#000" stroke-width="2"/></svg>`;
  const dot = ({ symbol, large }: NonNullable<Field["dots"]>[number]): string =>
    symbol === "circle"
      ? `<svg width="18" height="14" aria-hidden="true"><circle cx="9" cy="7" r="${large ? 6 : 3}" fill="${large ? "#d8262c" : "#fff"}" stroke="${large ? "#fff" : "#000"}" stroke-width="${large ? 2 : 1}"/></svg>`
      : `<svg width="18" height="14" aria-hidden="true"><rect width="18" height="14" fill="#ddd"/><path d="M5 3L13 11M13 3L5 11" stroke="#000" stroke-width="2"/></svg>`;
  const entries = [
    `${escape(colors.label)}: ${bar}`,
    ...[...curves, ...(zero ? [zero] : [])].map((c) => `${line} ${escape(c.name)}`),
    ...dots.map((d) => `${dot(d)} ${escape(d.name)}`),
  ];
  return `<ul class="legend">${entries.map((e) => `<li>${e}</li>`).join("")}</ul>`;
}
