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
  const { xRange, yRange, columns, rows, values, colors, curves = [], zero, dots = [] } = field;
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
      ...(zero
        ? [
            Plot.contour(Array.from(zero.values), { ...place, value: (v: number) => v, thresholds: [0], ...OUTLINE }),
            Plot.contour(Array.from(zero.values), { ...place, value: (v: number) => v, thresholds: [0], ...LINE }),
          ]
        : []),
      ...curves.flatMap((c) => {
        const points = Array.from(c.x, (x, i) => ({ x, y: c.y[i]! }));
        return [
          Plot.line(points, { x: "x", y: "y", ...OUTLINE, clip: true }),
          Plot.line(points, { x: "x", y: "y", ...LINE, clip: true }),
        ];
      }),
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

const OUTLINE = { stroke: "#ffffff", strokeWidth: 5, fill: "none" } as const;
const LINE = { stroke: "#000000", strokeWidth: 2, fill: "none" } as const;

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
