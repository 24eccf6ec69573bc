import * as Plot from "@observablehq/plot";
import { base, framed, type Labels } from "./frame.js";
import { escape } from "./html.js";

/** A curve: x and y values of the same length; y may have NaN, which leave no gap but are passed over. */
export interface Curve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Half-width of a band around it. */
  readonly band?: ArrayLike<number>;
  /** The half-widths as bars at each point, in place of a band. */
  readonly bars?: boolean;
  readonly dots?: boolean;
  /** Where y is NaN the line is broken: many lines as one curve. */
  readonly broken?: boolean;
}

export interface Chart extends Labels {
  readonly log?: boolean;
  readonly percent?: boolean;
  readonly curves: readonly Curve[];
  /** A horizontal line with a name. */
  readonly level?: { readonly name: string; readonly value: number };
  /** Whole numbers on the x axis only, each with a tick. */
  readonly discrete?: boolean;
  /** A logarithmic x axis; all x are above 0. */
  readonly logX?: boolean;
}

/** More points than this cannot be told apart in a figure. */
const MOST_POINTS = 1200;
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "4 2"];

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

function points({ x, y, band, broken }: Curve, log: boolean): Point[] {
  const all: Point[] = [];
  for (let i = 0; i < x.length; i++) {
    // Axes of numbers without all their digits have no ticks.
    const value = Math.abs(y[i]!) < 1e-290 ? 0 : y[i]!;
    const half = band?.[i] ?? 0;
    if ((Number.isFinite(value) && (!log || value > 0)) || (broken && Number.isNaN(value)))
      all.push({ x: x[i]!, y: value, low: value - (half || 0), high: value + (half || 0) });
  }
  return broken ? all : thin(all);
}

/** Keeps the least and the greatest of each stretch, so that spikes stay. */
function thin(all: readonly Point[]): Point[] {
  const size = Math.ceil((2 * all.length) / MOST_POINTS);
  if (size <= 2) return [...all];
  const kept: Point[] = [];
  for (let from = 0; from < all.length; from += size) {
    const stretch = all.slice(from, from + size);
    const least = stretch.reduce((a, b) => (b.y < a.y ? b : a));
    const greatest = stretch.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(least.x < greatest.x ? [least, greatest] : least === greatest ? [least] : [greatest, least]));
  }
  return kept;
}

/** A figure: an inline SVG with title and description, a legend in text, and a caption. Colours are those of the page. */
export function figure(chart: Chart, id: string, { width = 640, height = 320 } = {}): string {
  const curves = chart.curves
    .map((curve, i) => ({
      ...curve,
      points: points(curve, chart.log ?? false),
      color: `var(--c${(i % 5) + 1})`,
      dash: DASHES[i % 5]!,
    }))
    .filter((c) => c.points.length > 0);
  if (curves.length === 0) return "";
  const wholes = chart.discrete
    ? { ticks: [...new Set(curves.flatMap((c) => c.points.map((p) => p.x)))].sort((a, b) => a - b) }
    : {};
  const common = base(chart, { width, height });
  const svg = Plot.plot({
    ...common,
    x: {
      ...common.x,
      ...wholes,
      ...(chart.logX ? { type: "log" as const, ticks: 6 } : {}),
      tickFormat: chart.discrete ? "d" : (v: number) => (chart.logX && v < 1e-3 ? v.toExponential() : v.toLocaleString("en-US")),
    },
    y: {
      ...common.y,
      grid: true,
      type: chart.log ? "log" : "linear",
      ...(chart.percent ? { percent: true } : {}),
      ...ticks(
        chart,
        curves.flatMap((c) => c.points),
      ),
    },
    marks: [
      ...curves
        .filter((c) => c.band && !c.bars)
        .map((c) => Plot.areaY(c.points, { x: "x", y1: "low", y2: "high", fill: c.color, fillOpacity: 0.2 })),
      ...(chart.level
        ? [
            Plot.ruleY([chart.level.value], {
              stroke: "var(--level)",
              strokeWidth: 1.5,
              strokeDasharray: "2 2",
            }),
          ]
        : []),
      ...curves.map((c) =>
        Plot.line(c.points, {
          x: "x",
          y: "y",
          stroke: c.color,
          strokeWidth: 1.75,
          ...(c.dash === "none" ? {} : { strokeDasharray: c.dash }),
        }),
      ),
      ...curves
        .filter((c) => c.band && c.bars)
        .map((c) => Plot.ruleX(c.points, { x: "x", y1: "low", y2: "high", stroke: c.color, strokeWidth: 1.5 })),
      ...curves.filter((c) => c.dots).map((c) => Plot.dot(c.points, { x: "x", y: "y", fill: c.color, r: 4 })),
    ],
  });
  return framed(svg, chart, id, legend(curves, chart.level));
}

/** Few ticks on a logarithmic axis: powers of ten, or 1-2-5 where they span little. */
function ticks({ log, level }: Chart, all: readonly Point[]): object {
  if (!log) return {};
  const values = [...all.map((p) => p.y), ...(level ? [level.value] : [])];
  const decades = Math.log10(Math.max(...values) / Math.min(...values));
  const format = (v: number): string => (v >= 1e-3 && v < 1e4 ? String(v) : v.toExponential().replace("e+", "e"));
  if (decades > 12) return { ticks: 8, tickFormat: format };
  const from = Math.floor(Math.log10(Math.min(...values)));
  const steps = decades > 3 ? [1] : [1, 2, 5];
  const candidates = Array.from({ length: Math.ceil(decades) + 2 }, (_, i) =>
    steps.map((s) => Number(`${s}e${from + i}`)),
  ).flat();
  return {
    ticks: candidates.filter((v) => v >= Math.min(...values) * 0.999 && v <= Math.max(...values) * 1.001),
    tickFormat: format,
  };
}

function legend(curves: readonly { name: string; color: string; dash: string }[], level: Chart["level"]): string {
  const sample = (color: string, dash: string): string =>
    `<svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke="${color}" stroke-width="2.5"${dash === "none" ? "" : ` stroke-dasharray="${dash}"`}/></svg>`;
  const entries = [
    ...curves.map((c) => [c.name, sample(c.color, c.dash)]),
    ...(level ? [[level.name, sample("var(--level)", "2 2")]] : []),
  ];
  return `<ul class="legend">${entries.map(([name, mark]) => `<li>${mark} ${escape(name!)}</li>`).join("")}</ul>`;
}
