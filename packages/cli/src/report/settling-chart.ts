import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

/** Estimates of Lyapunov exponents over time, as one chart; none where a run has no such series. */
export function settlingChart({ manifest, series }: Pick<RunRecord, "manifest" | "series">, meaning = ""): Chart[] {
  const exponents = series.filter((s) => s.name.startsWith("lyapunov_"));
  if (exponents.length === 0) return [];
  const time = series.find((s) => s.name === "time")!.values;
  const found = manifest.answers.filter((x) => /^lyapunov_\d/.test(x.name)).map((x) => show(x.value));
  return [
    {
      title: "Lyapunov exponents settling",
      description: `Estimates of ${exponents.length} exponents over time, ending at ${found.join(", ")}.`,
      caption: `Estimates from all that has been seen up to a time; they settle as it grows.${meaning}`,
      x: "time",
      y: "exponent (1/time)",
      wide: true,
      curves: exponents.map((e, i) => ({ name: `exponent ${i + 1}`, x: time, y: e.values })),
      level: { name: "0", value: 0 },
    },
  ];
}
