import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** Charts of how a network sorts its samples, and of how far its classes reach. */
export function frameworkCharts(run: Run): Chart[] {
  return [
    order(run),
    rankSlopes(run),
    rankTrend(run),
    rankDistributions(run),
    linearMap(run),
    organisation(run),
    radii(run),
    reach(run),
    weightNoise(run),
  ].filter((chart): chart is Chart => chart !== undefined && chart.curves.length > 0);
}

/** A curve of the series over the steps, for each column whose name matches; the first group of the pattern goes into its name. */
function over({ series }: Run, pattern: RegExp, name: (found: string) => string): Curve[] {
  const step = series.find((s) => s.name === "step")!.values;
  return series.flatMap((s): Curve[] => {
    const found = pattern.exec(s.name)?.[1];
    if (found === undefined || !s.values.some(Number.isFinite)) return [];
    const band = series.find((e) => e.name === `${s.name}_error`)?.values;
    return [{ name: name(found), x: step, y: s.values, ...(band ? { band } : {}) }];
  });
}

const ends = ({ y }: Curve): string => {
  const values = Array.from(y).filter(Number.isFinite);
  return `from ${show(values[0]!, 3)} to ${show(values.at(-1)!, 3)}`;
};
const told = (curves: readonly Curve[]): string => curves.map((c) => `${c.name} ${ends(c)}`).join("; ");

/** What a run numbers: its layers, or its activations where layers do not say all about them. */
const thing = (run: Run): string => (run.manifest.facts["activations"] ? "activation" : "layer");

function order(run: Run): Chart {
  const curves = [
    ...over(run, /^order_layer_(\d+)$/, (l) => `${thing(run)} ${l}`),
    // For the first layer this is the same.
    ...over(run, /^order_projection_([2-9]\d*)$/, (l) => `${thing(run)}s 1 to ${l} together`),
  ];
  return {
    title: `Order kept by the ${thing(run)}s`,
    description: `Share of the pairs of samples whose order a layer keeps, over the steps: ${told(curves)}.`,
    caption: `For each unit behind ${thing(run) === "layer" ? "a layer, its field with that layer's activation" : "an activation, its field with that activation"} is compared with its field without: the share of pairs of samples that stand in the same order, ties allowed, mean over the units. All are kept by a linear ${thing(run) === "layer" ? "layer" : "one"}, half by chance. The band is one standard error.`,
    x: "step",
    y: "pairs in order (%)",
    percent: true,
    curves,
  };
}

/** Numbers of the layers or activations whose ranks were followed, the outputs last. */
const ranked = ({ series }: Run): number[] => series.flatMap((s) => /^rank_slope_(\d+)$/.exec(s.name)?.[1] ?? []).map(Number);

function rankSlopes(run: Run): Chart {
  const last = ranked(run).at(-1);
  const curves = over(run, /^rank_slope_(\d+)$/, (l) => (Number(l) === last ? "outputs" : `${thing(run)} ${l}`));
  return {
    title: `How steeply each ${thing(run)} ranks samples by class`,
    description: `Slope of the rank distribution over the steps: ${told(curves)}.`,
    caption:
      "Each unit ranks the samples by its field, signed by its weight towards a class in the linear map above it. The slope says how far samples of the class have moved to the top: 0 by chance, 6 at most for small classes. The band is one standard error.",
    x: "step",
    y: "slope",
    curves,
    level: { name: "0", value: 0 },
  };
}

function rankTrend(run: Run): Chart {
  const curves = over(run, /^rank_(trend)$/, () => "rise");
  return {
    title: `Early or late ${thing(run)}s`,
    description: `Rise of the slopes from the first hidden layer to the last, over the steps: ${told(curves)}.`,
    caption:
      "Below 0 early layers rank the samples more steeply by class, above 0 late ones do. A line through the slopes of the hidden layers; the band is one standard error.",
    x: "step",
    y: "rise of the slopes",
    curves,
    level: { name: "alike", value: 0 },
  };
}

function rankDistributions(run: Run): Chart | undefined {
  const { arrays } = run;
  const numbers = ranked(run);
  const after = arrays["rank_density"];
  const before = arrays["rank_density_initial"];
  if (!after || !before) return undefined;
  const [layers, bins] = after.shape as [number, number];
  const x = Array.from({ length: bins }, (_, b) => (b + 0.5) / bins);
  const row = (data: Float64Array, l: number): Float64Array => data.subarray(l * bins, (l + 1) * bins);
  const curves = [
    { name: `${thing(run)} ${numbers[0]} before training`, x, y: row(before.data, 0) },
    // The outputs are far steeper: on their scale the layers would all look flat.
    ...Array.from({ length: Math.max(1, layers - 1) }, (_, l) => ({
      name: `${thing(run)} ${numbers[l]} after training`,
      x,
      y: row(after.data, l),
    })),
  ];
  return {
    title: "Rank distributions",
    description: `Density of the relative rank of samples of a class among all samples; at the top rank it is ${curves.map((c) => `${show(c.y.at(-1)!, 3)} (${c.name})`).join(", ")}.`,
    caption:
      "Where the samples of a class stand in the units' rankings of all samples: 1 at the right is the top. A level line at 1 means that the ranking does not know the class.",
    x: "relative rank",
    y: "density",
    curves,
    level: { name: "no order", value: 1 },
  };
}

function linearMap(run: Run): Chart {
  const bent = run.manifest.facts["linearMapBends"];
  const linear = (l: string): string => (l === "0" ? `all ${thing(run)}s linear` : `linear above ${thing(run)} ${l}`);
  const bare = (l: string): string => (l === "0" ? "without activations" : `without activations above ${l}`);
  const curves = over(run, /^linear_map_error_(\d+)$/, bent ? bare : linear);
  return {
    title: bent ? "Error without activations" : "Error of the linear map",
    description: `Relative error of the network with activations replaced by the identity, over the steps: ${told(curves)}.`,
    caption: `Euclidean distance between the outputs of the network and those of ${bent ? `the network without activations, which is no linear map (${String(bent)})` : "its linear substitution map"}, relative to the size of the outputs.`,
    x: "step",
    y: "relative error (%)",
    percent: true,
    curves,
  };
}

function organisation(run: Run): Chart {
  const curves = over(run, /^effective_rank_(\w+)$/, (name) => name);
  return {
    title: "Effective rank of the weights",
    description: `Effective rank of each weight matrix over the steps: ${told(curves)}.`,
    caption:
      "The exponential of the entropy of the singular values: as many directions as would carry the matrix if all weighed the same.",
    x: "step",
    y: "effective rank",
    curves,
  };
}

function radii({ arrays, manifest }: Run): Chart | undefined {
  const table = arrays["basin_by_class"];
  if (!table) return undefined;
  const columns = table.shape[1]!;
  const rows = Array.from({ length: table.shape[0]! }, (_, r) => table.data.subarray(r * columns, (r + 1) * columns));
  const x = rows.map((r) => r[0]!);
  const of = (name: string, i: number, dots: boolean): Curve => ({ name, x, y: rows.map((r) => r[i]!), dots });
  const threshold = Number(manifest.facts["basinThreshold"]);
  return {
    title: "Basins by class: noise on the inputs",
    description: `Median noise radius by class: ${rows.map((r) => `${r[0]}: ${show(r[3]!, 3)}`).join(", ")}.`,
    caption: `Standard deviation of the noise on every input at which a sample keeps its class with probability ${threshold}: the median and the quartiles of each class.`,
    x: "class",
    y: "noise per input",
    discrete: true,
    curves: [of("upper quartile", 4, false), of("median", 3, true), of("lower quartile", 2, false)].filter((c) =>
      Array.from(c.y).some(Number.isFinite),
    ),
  };
}

/** Two distributions over one axis: what the network tells apart, and how far apart the samples are. */
function reach({ arrays }: Run): Chart | undefined {
  const worst = arrays["basin_worst_distances"]?.data;
  if (!worst) return undefined;
  const nearest = arrays["basin_nearest_distances"]?.data;
  // Along principal directions some samples keep their class for very long, which would press all else to the left.
  const most = 1.5 * Math.max(...[...worst, ...(nearest ?? [])].filter(Number.isFinite));
  const stairs = (name: string, values: Float64Array): Curve => {
    const sorted = values.filter((v) => v <= most).sort();
    return {
      name,
      x: [0, ...sorted],
      y: [0, ...Array.from(sorted, (_, i) => (i + 1) / values.length)],
    };
  };
  const along = ["forward", "backward"].flatMap((way) => {
    const found = arrays[`basin_principal_${way}`];
    return found ? [found.data.subarray(0, found.shape[1])] : [];
  });
  const first = Float64Array.from(along.flatMap((v) => Array.from(v)));
  const curves = [
    stairs("to another class, worst direction", worst),
    ...(nearest ? [stairs("to the nearest training sample", nearest)] : []),
    ...(first.length > 0 ? [stairs("to another class, along the first principal direction", first)] : []),
  ];
  return {
    title: "How far samples are from other classes and from each other",
    description: `Share of samples within a distance; within ${show(0.5 * most, 3)} it is ${curves.map((c) => `${show(100 * within(c, 0.5 * most), 3)} % ${c.name}`).join(", ")}.`,
    caption:
      "Share of the samples that are closer than a distance (Euclidean). Where the curve of the worst direction lies left of that of the nearest training sample, basins do not reach from the training samples to new ones.",
    x: "distance",
    y: "share of samples (%)",
    percent: true,
    curves,
  };
}

/** The height of a staircase at a place. */
function within({ x, y }: Curve, place: number): number {
  const last = Array.from(x).findLastIndex((v) => v <= place);
  return y[last] ?? 0;
}

function weightNoise({ arrays, manifest }: Run): Chart | undefined {
  const [x, y, band] = ["amplitudes", "shares", "errors"].map((name) => arrays[`weight_basin_${name}`]?.data);
  if (!x || !y || !band) return undefined;
  const threshold = Number(manifest.facts["basinThreshold"]);
  return {
    title: "Basin of the weights",
    description: `Share of samples that keep their class under noise on the weights, from ${show(y[0]!, 3)} at ${show(x[0]!, 3)} to ${show(y.at(-1)!, 3)} at ${show(x.at(-1)!, 3)} standard deviations.`,
    caption:
      "Normal noise on all weight matrices, in standard deviations of their entries; biases stay. The radius is where the curve passes the dotted line.",
    x: "noise (standard deviations of the weights)",
    y: "samples that keep their class (%)",
    percent: true,
    curves: [{ name: "mean over the draws ± standard error", x, y, band }],
    level: { name: `probability ${threshold}`, value: threshold },
  };
}
