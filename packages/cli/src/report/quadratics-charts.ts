import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

/** The charts of quadratic losses under SGD: three growths over the step size, and what became of runs. */
export function quadraticsCharts({ series }: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const x = column("learning_rate");
  const lambda = column("lambda");
  const range = `learning rate from ${show(x[0]!)} to ${show(x.at(-1)!)}`;
  const share = (name: string): number => column(name).filter((v) => v > 0.5).length;
  return [
    {
      title: "Three kinds of stability over the learning rate",
      description: `Growth per step of almost every run, of the root mean square and of the mean over the ${range}; almost every run shrinks at ${lambda.filter((v) => v < 0).length} of ${x.length} step sizes.`,
      caption:
        "Each curve is stable where it is below 0. The exponent is never above the root mean square, so SGD can converge in probability where rare runs make the mean square, or even the mean, grow.",
      x: "learning rate η",
      y: "growth (1/step)",
      curves: [
        { name: "almost every run: the exponent λ", x, y: lambda, band: column("lambda_error") },
        { name: "root mean square", x, y: column("mean_square_growth") },
        { name: "mean (gradient descent)", x, y: column("mean_growth") },
      ],
      level: { name: "0", value: 0 },
    },
    {
      title: "What became of runs",
      description: `Share of the runs that ended near the point, and of those that ended as far outside, over the ${range}; most converged at ${share("converged")} step sizes and most left at ${share("left")}.`,
      caption:
        "Where λ is below 0 in the figure above runs end near the point, where it is above 0 they leave; close to 0 they are under way.",
      wide: true,
      x: "learning rate η",
      y: "share of runs (%)",
      percent: true,
      curves: [
        { name: "converged", x, y: column("converged") },
        { name: "left", x, y: column("left") },
      ],
    },
  ];
}
