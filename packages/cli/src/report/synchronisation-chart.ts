import { type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** How far starts are from the run under the same batches, beside what the Lyapunov exponent predicts. */
export function synchronisationChart({ manifest, series, arrays }: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
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
    ...pullbackChart(arrays, exponent),
  ];
}

/** How far a start is from the run at the end, by how long before the end it was put there. */
function pullbackChart(arrays: RunRecord["arrays"], exponent: number): Chart[] {
  const [past, distance] = [arrays["pullback_past"]?.data, arrays["pullback_distance"]?.data];
  if (!past || !distance || past.length < 2) return [];
  const least = distance.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), Infinity);
  const line = past.map((n) => distance[0]! * Math.exp(exponent * (n - past[0]!)));
  return [
    {
      title: "Pullback: starts from further and further in the past",
      description: `Distance from the run at its end on a logarithmic axis, for one start put ${past[0]} to ${past.at(-1)} steps before the end under the run's batches.`,
      caption:
        "Each dot is a run of its own: the same start, put further in the past to the right, all seen at the same last step. Where they fall the last state depends on the batches alone, not on the start.",
      x: "steps before the end",
      y: "distance at the end",
      log: true,
      curves: [
        { name: "distance at the end", x: past, y: distance, dots: true },
        ...(Number.isFinite(exponent)
          ? [{ name: "slope of the Lyapunov exponent", x: past, y: line.map((v) => (v >= least ? v : NaN)) }]
          : []),
      ],
    },
  ];
}
