import type { RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of a population and its limit: how each distance falls, and what the population has to show besides. */
export function limitCharts(run: Run): Chart[] {
  return [...distances(run), ...pictures(run)];
}

function distances({ manifest, series }: Run): Chart[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)?.values ?? new Float64Array(0);
  const number = column("measure");
  const unit = manifest.network.unit ?? "unit";
  const rates = manifest.answers.filter((a) => a.name.startsWith("rate_") && a.label.startsWith("measured exponent"));
  return rates.map((rate, m): Chart => {
    const rows = Array.from(number.keys()).filter((i) => number[i] === m + 1);
    const of = (what: string): number[] => rows.map((i) => column(what)[i]!);
    const what = rate.label.replace(/^.*?: /, "");
    const predicted = manifest.answers.find((a) => a.name === rate.name.replace("rate_", "predicted_"))!;
    const bound = predicted.label.includes("at most");
    const name = (v: number): string => (Object.is(v, -0) || v === 0 ? "constant" : `n^(${v})`);
    return {
      title: what.charAt(0).toUpperCase() + what.slice(1),
      description: `${what}, for ${rows.length} numbers of ${unit}s, with the fitted power law and the predicted one.`,
      caption: `Measured exponent ${rate.value.toFixed(3)} ± ${rate.error.toFixed(3)}, predicted ${bound ? "at most " : ""}${predicted.value}: ${predicted.method}. The band is one standard error.`,
      x: `number of ${unit}s n`,
      y: "distance",
      log: true,
      logX: true,
      curves: [
        { name: "measured", x: of("units"), y: of("distance"), band: of("distance_error"), dots: true },
        { name: "fitted", x: of("units"), y: of("fitted") },
        { name: `predicted ${bound ? "bound " : ""}${name(predicted.value)}`, x: of("units"), y: of("predicted") },
      ],
    };
  });
}

/** Pictures that the population has itself framed. */
function pictures({ manifest, arrays }: Run): Chart[] {
  const charts: Chart[] = [];
  for (let i = 1; typeof manifest.facts[`picture_${i}`] === "string"; i++) {
    const { name, curves, ...frame } = JSON.parse(manifest.facts[`picture_${i}`] as string) as Omit<Chart, "curves"> & {
      readonly name: string;
      readonly curves: readonly { readonly name: string; readonly dots: boolean }[];
    };
    charts.push({
      ...frame,
      curves: curves.map((curve, c) => {
        const { shape, data } = arrays[`${name}_${c + 1}`]!;
        return { ...curve, x: data.subarray(0, shape[1]), y: data.subarray(shape[1]!) };
      }),
    });
  }
  return charts;
}
