import type { RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** Most classes with a colour of their own: each takes two curves. */
const MOST_CLASSES = 2;

/** The ways of samples through a network, and where they end. */
export function pathCharts({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">): Chart[] {
  const [paths, classes] = [arrays["paths"], arrays["path_classes"]];
  if (!paths || !classes) return [];
  const [count, times] = paths.shape as [number, number];
  const units = Number(manifest.facts["pathUnits"]);
  const labels = [...new Set(classes.data)].sort((a, b) => a - b);
  const shown = labels.length <= MOST_CLASSES ? labels : [undefined];
  const named = (label: number | undefined): string => {
    if (label === undefined) return "all samples";
    if (manifest.facts["pathClasses"] === "classes") return `class ${label}`;
    return label === 0 ? "targets below 0" : "targets from 0";
  };
  const of = (label: number | undefined, first: number): { x: number[]; y: number[] } => {
    const [x, y]: [number[], number[]] = [[], []];
    for (let i = 0; i < count; i++) {
      if (label !== undefined && classes.data[i] !== label) continue;
      for (let t = first; t < times; t++) {
        x.push(paths.data[(i * times + t) * 2]!);
        y.push(paths.data[(i * times + t) * 2 + 1]!);
      }
      x.push(x.at(-1)!);
      y.push(NaN);
    }
    return { x, y };
  };
  const ways = shown.map((label): Curve => ({ name: named(label), ...of(label, 0), broken: true }));
  const ends = shown.map((label): Curve => ({
    name: `where they end: ${named(label)}`,
    ...of(label, times - 1),
    broken: true,
    dots: true,
  }));
  return [
    {
      title: "The ways of samples through the network",
      description: `${count} samples from layer to layer in the plane of units 1 and ${units}.`,
      caption: `Each line is one sample, from its input to the last state before the readout (dot). ${
        units === 2
          ? "The picture shows the whole state: in a flow these lines never meet at the same time."
          : `The state has ${units} units; lines may cross in this picture.`
      }`,
      wide: true,
      x: "first unit",
      y: units === 2 ? "second unit" : "last unit",
      curves: [...ways, ...ends],
    },
  ];
}
