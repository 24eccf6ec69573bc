import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** How much a two-layer ReLU network bends along its training, beside what flatness allows; none unless a run asked for it. */
export function variationChart({ series }: Pick<RunRecord, "series">): Chart[] {
  const of = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const norm = of("variation_norm");
  if (!norm) return [];
  const step = of("step")!;
  const curve = (name: string, label: string): Curve => ({ name: label, x: step, y: of(name)! });
  const known = norm.filter(Number.isFinite);
  return [
    {
      title: "How much the function bends, beside what flatness allows",
      description: `The weighted variation norm of the network over the steps, from ${show(known[0] ?? NaN)} to ${show(known.at(-1) ?? NaN)}, with three upper bounds.`,
      caption:
        "The norm adds up how much each unit bends the function among the data. The two bounds at the run's own sharpness hold at every step; the last holds for minima that are stable at this step size: a larger step size leaves smoother functions.",
      x: "step",
      y: "variation norm",
      log: true,
      curves: [
        curve("variation_norm", "norm of the network"),
        curve("variation_bound_sharper", "bound, sharper form"),
        curve("variation_bound", "bound λ/2 − 1/2 + (R + 1)√(2L)"),
        curve("variation_bound_stable", "with 1/η for λ/2"),
      ],
    },
  ];
}
