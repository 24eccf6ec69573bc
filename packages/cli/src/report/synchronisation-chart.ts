import { type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** How far starts are from the run under the same batches, beside what the Lyapunov exponent predicts. */
export function synchronisationChart({ manifest, series }: Pick<RunRecord, "manifest" | "series">): Chart[] {
  const step = series.find((s) => s.name === "step")!.values;
  const distances = series.filter((s) => /^distance_\d+$/.test(s.name));
  const own = series.find((s) => s.name === "distance_own");
  if (distances.length === 0 || !own) return [];
  const exponent = manifest.answers.find((a) => a.name === "lyapunov_1")?.value ?? NaN;
  const first = distances[0]!.values;
  const least = Math.min(...distances.flatMap((d) => Array.from(d.values.filter((v) => v > 0))));
  // The line ends where the distances do.
  const line = step.map((t) => first[0]! * Math.exp(exponent * (t - step[0]!)));
  const predicted: Curve[] = Number.isFinite(exponent)
    ? [{ name: "slope of the Lyapunov exponent", x: step, y: line.map((v) => (v >= least ? v : NaN)) }]
    : [];
  const starts = distances.map((d, i): Curve => ({ name: `start ${i + 1}, the same batches`, x: step, y: d.values }));
  return [
    {
      title: "Distance of other starts from the run",
      description: `Distance in parameters over the steps on a logarithmic axis for ${starts.length} starts that meet the run's batches, and for one with batches of its own.`,
      caption:
        "Under the same batches a negative exponent draws all starts of a basin to one moving point, as fast as the exponent says, until rounding is left; under batches of its own a run stays apart.",
      x: "step",
      y: "distance",
      log: true,
      curves: [...predicted, { name: "the same start, batches of its own", x: step, y: own.values }, ...starts],
    },
  ];
}
