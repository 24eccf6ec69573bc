import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

/** Cycles that are drawn in the plane. */
const LOOPS = 2;

/** The cycle of the sharpness over the steps, with the displacement under it, and both in one plane as loops. */
export function selfStabilisationCharts({
  manifest,
  series,
  arrays,
}: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
  const column = (name: string): Float64Array | undefined => series.find((s) => s.name === name)?.values;
  const [step, sharpness, displacement] = ["step", "cycle_sharpness", "cycle_displacement"].map(column);
  if (!step || !sharpness || !displacement) return [];
  const seen = Array.from(step.keys()).filter((i) => Number.isFinite(sharpness[i]!));
  if (seen.length < 2) return [];
  const at = (values: Float64Array, which = seen): number[] => which.map((i) => values[i]!);
  const answer = (name: string): number => manifest.answers.find((a) => a.name === name)?.value ?? NaN;
  const threshold = Number(manifest.facts["threshold"]);
  const level = Number.isFinite(threshold) ? { level: { name: `stability threshold ${show(threshold)}`, value: threshold } } : {};
  const predicted = answer("cycle_amplitude_predicted");
  const x = at(step);
  const table = arrays["sharpness_cycles"];
  const width = table?.shape[1] ?? 1;
  const cycles = table
    ? Array.from({ length: table.shape[0]! }, (_, i) => [
        table.data[i * width]!,
        table.data[i * width]! + table.data[i * width + 1]!,
      ])
    : [];
  const curve = arrays["predicted_cycle"]?.data;
  const loops = cycles.slice(-LOOPS).map(([from, to]) => {
    const which = seen.filter((k) => step[k]! >= from! && step[k]! <= to!);
    return {
      name: `measured, steps ${show(Math.round(from!), 12)} to ${show(Math.round(to!), 12)}`,
      x: at(displacement, which),
      y: at(sharpness, which),
      // As it is: the steps are not along the axis.
      broken: true,
    };
  });
  const pairs = curve ? Array.from({ length: curve.length / 2 }, (_, i) => [curve[2 * i]!, curve[2 * i + 1]!]) : [];
  return [
    {
      title: "The cycle of the sharpness",
      description: `Sharpness half way between two steps over the steps; ${cycles.length} whole cycles about the threshold${Number.isFinite(threshold) ? ` ${show(threshold)}` : ""}.`,
      caption:
        "Largest eigenvalue half way between two steps, where the oscillation is in its middle. It rises by itself, and falls while the run oscillates, which the next figure shows.",
      x: "step",
      y: "sharpness",
      curves: [{ name: "sharpness", x, y: at(sharpness) }],
      ...level,
    },
    {
      title: "The oscillation along the leading direction",
      description: `Size of the oscillation over the steps on a logarithmic axis; at most ${show(Math.max(...at(displacement)))}.`,
      caption:
        "Half a step along the leading eigenvector. It grows while the sharpness is above the threshold and dies out while it is below.",
      x: "step",
      y: "displacement",
      log: true,
      curves: [{ name: "displacement", x, y: at(displacement) }],
      ...(predicted > 0 ? { level: { name: `predicted root mean square ${show(predicted)}`, value: predicted } } : {}),
    },
    ...(loops.length > 0
      ? [
          {
            title: "The cycle in the plane",
            description: `Sharpness over the size of the oscillation: the last ${loops.length} cycles as loops${pairs.length > 0 ? ", beside the loop that theory predicts" : ""}.`,
            caption:
              "Clockwise: on the left the sharpness rises without oscillation, above the threshold the oscillation grows, and on the right it pushes the sharpness down.",
            x: "displacement along the leading direction",
            y: "sharpness",
            curves: [
              ...loops,
              ...(pairs.length > 0
                ? [{ name: "predicted from derivatives", x: pairs.map((p) => p[0]!), y: pairs.map((p) => p[1]!), broken: true }]
                : []),
            ],
            ...level,
          },
        ]
      : []),
  ];
}
