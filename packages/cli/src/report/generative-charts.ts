import { show, type RunRecord } from "#dynamics";
import type { Bundle } from "./bundle.js";
import type { Chart, Curve } from "./chart.js";
import type { Field } from "./field.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** Points as single dots: broken lines of one point each. */
function scatter(name: string, points: Float64Array): Curve {
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = 0; i < points.length; i += 2) {
    x.push(points[i]!, points[i]!);
    y.push(points[i + 1]!, NaN);
  }
  return { name, x, y, broken: true, dots: true };
}

/** The charts of a trained diffusion model: when it decides, where its flow stretches, and what it draws. */
export function generativeCharts({ manifest, series, arrays }: Run): (Chart | Field | Bundle)[] {
  const table = (name: string): Float64Array | undefined => arrays[name]?.data;
  const losses = table("losses");
  const learning: Chart = {
    title: "Learning to denoise",
    description: `Mean square of the noise that the network leaves in a batch, over the training, ending at ${show(losses?.at(-1) ?? NaN)}.`,
    caption:
      "Mean square of the noise left in a batch of noised samples; 1 is all of it. What remains cannot be told from the data.",
    x: "hundreds of steps",
    y: "noise left",
    curves: losses ? [{ name: "loss of a batch", x: Array.from(losses, (_, i) => i + 1), y: losses }] : [],
  };
  const stretch = arrays["stretch"];
  if (!stretch) return [learning];
  const value = (name: string): number => manifest.answers.find((a) => a.name === name)?.value ?? NaN;
  return [
    ...decision(series, value),
    stretching(stretch.data, table("fates")!, table("centres")!, stretch.shape[0]!, Number(manifest.facts["half"])),
    ...(
      [
        ["samples_diffusion", "stochastic", "reverse diffusion"],
        ["samples_flow", "deterministic", "probability flow"],
      ] as const
    ).map(([name, kind, process]): Chart => ({
      title: `What the ${kind} sampler draws`,
      description: `Points drawn by the ${process} over the data in the plane.`,
      caption: `Dots of the second colour are drawn by the ${process} with the learnt score, from pure noise; those of the first are the data.`,
      x: "first coordinate",
      y: "second coordinate",
      curves: [scatter("data", table("data")!), scatter(`${kind} sampler`, table(name)!)],
    })),
    learning,
  ];
}

function decision(series: Run["series"], value: (name: string) => number): Bundle[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const decided = value("decision_time");
  if (Number.isNaN(decided)) return [];
  // The axis runs down: the greater time stands on the left, where the first name is written.
  const marks = [
    { name: "predicted by the covariance", x: value("speciation_time") },
    { name: "measured: half way", x: decided },
  ].sort((a, b) => b.x - a.x);
  return [
    {
      title: "When the stochastic sampler decides",
      description: `Share of twins that end in one class over the time at which they part; half way at t = ${show(decided)}, predicted ${show(value("speciation_time"))}.`,
      caption:
        "Two samplers go on from one noised sample with noise of their own. If they part early (left, much noise), they end in one class by chance; if they part late (right), always. In between the sampler makes up its mind. Dashed: the same for the exact score of the data, by Bayes.",
      x: "time of the noise at which twins part (sampling runs from left to right)",
      y: "share that ends in one class",
      x0: column("time"),
      reverse: true,
      wide: true,
      thin: { name: "", rows: [] },
      strong: [
        { name: "twins in one class, learnt score", y: column("together") },
        { name: "exact score of the data", y: column("exact"), dashed: true },
      ],
      marks: marks.filter((m) => Number.isFinite(m.x)),
    },
  ];
}

function stretching(values: Float64Array, fates: Float64Array, centres: Float64Array, n: number, half: number): Field {
  // Between two classes: by how much the end is nearer to the one than to the other.
  const nearer =
    centres.length === 4
      ? Float64Array.from({ length: n * n }, (_, i) => {
          const away = (c: number): number =>
            Math.hypot(fates[2 * i]! - centres[2 * c]!, fates[2 * i + 1]! - centres[2 * c + 1]!);
          return away(0) - away(1);
        })
      : undefined;
  return {
    title: "Where the deterministic sampler stretches its starts",
    description: `Finite-time Lyapunov exponent of the probability flow from noise to data over the plane of starts, from ${show(values.reduce((a, b) => Math.min(a, b), Infinity))} to ${show(values.reduce((a, b) => Math.max(a, b), -Infinity))} per unit of time.`,
    caption:
      "Each point is a start, a sample of pure noise. Light: starts a hair apart become points far apart. The flow has no fork, but it tears along the line between the starts of two classes.",
    x: "first coordinate of the start",
    y: "second coordinate of the start",
    xRange: [-half, half],
    yRange: [-half, half],
    rows: n,
    columns: n,
    values,
    colors: { label: "exponent (nat per unit of time)" },
    ...(nearer ? { zero: { name: "starts between the two classes", values: nearer } } : {}),
  };
}
