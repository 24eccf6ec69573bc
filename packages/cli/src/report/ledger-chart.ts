import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

/** Columns of the array `gradient_methods`: bytes, evaluations, products, the error to the discrete gradient and to the reference. */
const COLUMNS = 5;
/** Less cannot be told from 0. */
const ROUNDING = 1e-16;

/** The ways to a flow's gradient: error over memory, where a study asked for them. */
export function ledgerChart({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">): Chart[] {
  const table = arrays["gradient_methods"]?.data;
  if (!table) return [];
  const names = String(manifest.facts["gradientMethods"]).split(",");
  const steps = Number(manifest.facts["gradientSteps"]);
  const row = (i: number) => {
    const [bytes, evaluations, products, error] = table.slice(i * COLUMNS, (i + 1) * COLUMNS) as unknown as [
      number,
      number,
      number,
      number,
    ];
    return { kilobytes: bytes / 1000, evaluations, products, error };
  };
  const lost = names.filter((_, i) => !Number.isFinite(row(i).error));
  return [
    {
      title: "What each way to the gradient adds to its error, over its memory",
      description: `Memory and relative difference to the exact gradient of the discrete solution for ${names.length} ways to the gradient: ${names.map((name, i) => `${name} ${show(row(i).kilobytes, 3)} kB, ${show(row(i).error, 2)}`).join("; ")}.`,
      caption: `One dot a method: its difference to the exact gradient of the discrete solution, relative; 1e-16, which is rounding, stands for less. The dotted line is what the steps themselves make the gradient wrong by: a method well below it is as good as exact. ${
        lost.length > 0 ? `${lost.join(" and ")} gave no finite number and has no dot. ` : ""
      }Recommended here: ${String(manifest.facts["gradientRecommended"])}.`,
      x: "memory (kB)",
      y: "relative difference",
      log: true,
      logX: true,
      curves: names.map((name, i) => {
        const { kilobytes, evaluations, products, error } = row(i);
        const y = [Math.max(error, ROUNDING)];
        return { name: `${name}: ${show(evaluations)} evaluations, ${show(products)} products`, x: [kilobytes], y, dots: true };
      }),
      ...(Number.isFinite(steps) && steps > 0 ? { level: { name: "error of the steps alone", value: steps } } : {}),
    },
  ];
}
