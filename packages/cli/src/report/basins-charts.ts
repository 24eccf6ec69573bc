import { show, type NamedArray, type RunRecord } from "#dynamics";
import type { Pixels } from "./pixels.js";

// Distinct by hue and by lightness: for eyes that do not tell red from green, and in grey.
const COLORS = ["#2b5c8a", "#e3a02c", "#b3413a", "#5fa777", "#7d4f9e", "#76c5d6", "#8a6d3b", "#d98cb3"];
const INFINITY = "#e9e7e1";
const NOWHERE = "#000000";
// Dark to light with evenly growing lightness.
const TIMES = ["#20123a", "#40256b", "#5f3f8f", "#7a5fa6", "#9384b3", "#afa9bf", "#cfcccd", "#efece0"];

/** The pictures of basins of attraction: where starts end, and how long they take. */
export function basinsCharts({ manifest, arrays }: Pick<RunRecord, "manifest" | "series" | "arrays">): Pixels[] {
  const { basins, arrivals, attractors, edge_state: edge, ways_out: ways } = arrays;
  if (!basins || !arrivals) return [];
  const { facts } = manifest;
  const [rows, columns] = basins.shape as [number, number];
  const number = (name: string): number => Number(facts[name]);
  const outcomes = JSON.parse(String(facts["outcomes"])) as [number, string][];
  const colorOf = (label: number): string =>
    label > 0 ? COLORS[(label - 1) % COLORS.length]! : label === 0 ? INFINITY : NOWHERE;
  const [x, y] = [String(facts["x"]), String(facts["y"])];
  const common = {
    x: `${x} at the start`,
    y: `${y} at the start`,
    xRange: [number("xFrom"), number("xTo")] as const,
    yRange: [number("yFrom"), number("yTo")] as const,
    columns,
    rows,
  };
  /** A column of the rows of an array. */
  const column = ({ shape, data }: NamedArray, c: number): number[] =>
    Array.from({ length: shape[0]! }, (_, i) => data[i * shape[1]! + c]!);
  const seenAlong = (array: NamedArray, first: number): { x: number[]; y: number[] } => ({
    x: column(array, first + number("xIndex")),
    y: column(array, first + number("yIndex")),
  });
  const dots = [
    ...(attractors ? [{ name: "attractor", ...seenAlong(attractors, 1) }] : []),
    ...(edge ? [{ name: "edge state", symbol: "diamond" as const, ...seenAlong(edge, 0) }] : []),
  ];
  const seen = outcomes.filter(([label]) => label > 0 || basins.data.includes(label));
  const times = arrivals.data;
  // As many cells of each colour as equal times allow.
  const sorted = Float64Array.from(times).sort();
  const quantile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const limits = TIMES.slice(1).map((_, i) => quantile((i + 1) / TIMES.length));
  const shade = (t: number): string => TIMES[limits.filter((limit) => t > limit).length]!;
  const [unit, look] = [String(facts["unit"]), number("look")];
  const after = (t: number): string => (unit === "time" ? `time ${show(t * look)}` : `${show(t * look)} steps`);
  return [
    {
      ...common,
      title: "Where each start ends",
      description: `Basins of attraction of ${manifest.network.name}: the outcome of each of ${columns} x ${rows} starts over ${x} and ${y}.`,
      caption: `Each cell is one start, in the colour of what it ends at.${attractors ? ` White dots: the attractors themselves, seen along ${x} and ${y}.` : ""}${edge ? " Red: the edge state, which attracts along the boundary." : ""}${ways ? " White lines: the smallest displacements found that leave a basin." : ""}`,
      pixels: Array.from(basins.data, colorOf),
      key: seen.map(([label, what]) => ({ color: colorOf(label), label: label > 0 ? `${label}: ${what}` : what })),
      ...(dots.length > 0 ? { dots } : {}),
      ...(ways
        ? {
            ways: {
              name: "smallest displacement found out of a basin",
              from: seenAlong(ways, 1),
              to: seenAlong(ways, 1 + (ways.shape[1]! - 1) / 2),
            },
          }
        : {}),
    },
    {
      ...common,
      title: "How long it takes",
      description: `The time until each start has come to its attractor or has gone to infinity, from ${after(sorted[0]!)} to ${after(sorted.at(-1)!)}.`,
      caption:
        "Light cells take long: along a boundary a start stays undecided. Eight colours, each for about as many cells as equal times allow.",
      pixels: Array.from(times, shade),
      key: [
        { color: TIMES[0]!, label: `the fastest, up to ${after(limits[0]!)}` },
        { color: TIMES.at(-1)!, label: `the slowest, from ${after(limits.at(-1)!)} to ${after(sorted.at(-1)!)}` },
      ],
    },
  ];
}
