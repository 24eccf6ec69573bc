import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";
import type { Portrait } from "./portrait.js";
import { settlingChart } from "./settling-chart.js";

/** Delays that the figures can show: of the attractor, and over time. */
const SHOWN = { portrait: 120, time: 24 };

/** The charts of a delay equation: x against its past, x over time, and the exponents settling. */
export function delayCharts(run: Pick<RunRecord, "manifest" | "series" | "arrays">): (Chart | Portrait)[] {
  const { manifest, series } = run;
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const names = String(manifest.facts["components"]).split(",");
  const [tau, perDelay] = [Number(manifest.facts["delay"]), Number(manifest.facts["perDelay"])];
  const time = column("time");
  // The end of the run: by then it has come to where it stays.
  const last = (values: Float64Array, delays: number): Float64Array => values.slice(-delays * perDelay);
  const first = names[0]!;
  return [
    {
      title: `${first} now against ${first} one delay ago`,
      description: `${manifest.network.name}: ${first}(t) over ${first}(t - ${show(tau)}), the last ${Math.min(SHOWN.portrait, Math.floor(time.length / perDelay))} delays.`,
      caption:
        "One line through the last states in order; it starts at the dot. A closed loop is a periodic motion, a band with many strands a chaotic one, a point an equilibrium.",
      x: `${first}(t - ${show(tau)})`,
      y: `${first}(t)`,
      path: { x: last(column(`${first}_delayed`), SHOWN.portrait), y: last(column(first), SHOWN.portrait) },
    },
    {
      title: "Over time",
      description: `Components of ${manifest.network.name} over the last ${SHOWN.time} delays.`,
      caption: `The end of the run, ${SHOWN.time} delays of ${show(tau)}; series.parquet holds all of it.`,
      x: "time",
      y: "x",
      wide: true,
      curves: names.slice(0, 5).map((name) => ({ name, x: last(time, SHOWN.time), y: last(column(name), SHOWN.time) })),
    },
    ...settlingChart(run, " Above 0: neighbouring pasts part. The one at 0 belongs to a shift in time."),
  ];
}
