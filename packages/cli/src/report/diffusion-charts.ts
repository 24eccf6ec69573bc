import { show, type RunRecord } from "#dynamics";
import type { Bundle } from "./bundle.js";

/** The charts of a diffusion: the stochastic sampler with the resting points of its drift, and the deterministic one. */
export function diffusionCharts({ manifest, series, arrays }: Pick<RunRecord, "manifest" | "series" | "arrays">): Bundle[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const time = column("time");
  const resting = column("resting");
  const rows = (name: string): Float64Array[] => {
    const { shape, data } = arrays[name]!;
    return Array.from({ length: shape[0]! }, (_, i) => data.slice(i * shape[1]!, (i + 1) * shape[1]!));
  };
  const value = (name: string): number => manifest.answers.find((a) => a.name === name)!.value;
  const critical = value("critical_time");
  const bimodal = value("bimodal_time");
  const marks = [
    { name: "symmetry breaks", x: critical },
    { name: "two peaks", x: bimodal },
  ].filter((m) => Number.isFinite(m.x));
  const two = resting.map((x) => (x > 0 ? x : NaN));
  const zero = (above: boolean): Float64Array => time.map((t) => (t >= critical === above ? 0 : NaN));
  const shared = {
    x: "time of the noise (sampling runs from left to right)",
    y: "x",
    x0: time,
    reverse: true,
    wide: true,
  } as const;
  return [
    {
      ...shared,
      title: "The stochastic sampler commits itself where its drift forks",
      description: `Sample paths of the reverse diffusion from noise to data, and the resting points of its drift: one above t = ${show(critical)}, two below.`,
      caption:
        "Thin lines are samples. The drift pulls them to its resting points: one on the left; at the fork it becomes unstable (dashed) and two take its place.",
      thin: { name: "samples of the reverse diffusion", rows: rows("paths") },
      strong: [
        { name: "stable resting point of the drift", y: two },
        { name: "stable resting point of the drift", y: two.map((x) => -x) },
        { name: "stable resting point of the drift", y: zero(true) },
        { name: "unstable resting point", y: zero(false), dashed: true },
      ],
      marks,
    },
    {
      ...shared,
      title: "The deterministic sampler has no fork",
      description: "Paths of the probability flow from noise to data: they never cross.",
      caption:
        "The probability flow carries the same densities, but its paths never cross: what a start becomes is settled from the beginning.",
      thin: { name: "paths of the probability flow", rows: rows("flow_paths") },
      strong: [],
      marks,
    },
  ];
}
