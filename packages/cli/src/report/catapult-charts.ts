import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** What is higher or lower than this, in units of the first loss or of ηλ, is outside the picture: a divergent run would press all others flat. */
const HIGHEST_LOSS = 1e6;
const LOWEST_LOSS = 1e-12;
const HIGHEST_CURVATURE = 8;

/** The charts of gradient descent at several step sizes from one start: the loss, and step size times sharpness. */
export function catapultCharts({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">): Chart[] {
  const steps = arrays["catapult_step"]?.data;
  if (!steps) return [];
  const rates = arrays["catapult_learning_rate"]!.data;
  const lambda = Number(manifest.facts["lambda0"]);
  const curves = (name: string, scale: (i: number) => number, least: number, most: number): Curve[] =>
    Array.from(rates, (rate, i) => ({
      name: `η = ${show(rate, 3)} = ${show(rate * lambda, 3)}/λ₀`,
      x: steps,
      y: arrays[name]!.data.slice(i * steps.length, (i + 1) * steps.length).map((v) => {
        const y = v * scale(i);
        return y >= least && y <= most ? y : NaN;
      }),
    }));
  const first = arrays["catapult_loss"]!.data[0]!;
  return [
    {
      title: "Loss at step sizes on either side of the boundaries",
      description: `Loss over the steps on a logarithmic axis for ${rates.length} step sizes from ${show(Math.min(...rates))} to ${show(Math.max(...rates))}, all from one start.`,
      caption:
        "Gradient descent from one start. Below 2/λ₀ the loss falls; between 2/λ₀ and 4/λ₀ it is thrown up first; a curve that ends at the upper edge does not come back.",
      x: "step",
      y: "loss",
      log: true,
      curves: curves("catapult_loss", () => 1, LOWEST_LOSS * first, HIGHEST_LOSS * first),
    },
    {
      title: "Step size times sharpness",
      description: `Step size times the largest Hessian eigenvalue over the steps for the same ${rates.length} runs; a minimum is stable where it is below 2.`,
      caption:
        "A run can come to rest only below the dotted line. Those that start above it land below it: they end at flatter minima than they started near.",
      x: "step",
      y: "ηλ",
      curves: curves("catapult_sharpness", (i) => rates[i]!, 0, HIGHEST_CURVATURE),
      level: { name: "2, the limit of stability", value: 2 },
    },
  ];
}
