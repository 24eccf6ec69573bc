import type { RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";
import type { Portrait } from "./portrait.js";
import { settlingChart } from "./settling-chart.js";

/** Rows that a figure over time can show. */
const SHOWN = 1000;

/** The charts of a flow: where it goes, each component over time, and the exponents settling. */
export function flowCharts(run: Pick<RunRecord, "manifest" | "series" | "arrays">): (Chart | Portrait)[] {
  const { manifest, series } = run;
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const names = String(manifest.facts["components"]).split(",");
  const time = column("time");
  const many = time.length > SHOWN;
  // The most telling plane: the two components that move most.
  const spread = (name: string): number => {
    const values = column(name).filter(Number.isFinite);
    return values.reduce((m, v) => Math.max(m, v), -Infinity) - values.reduce((m, v) => Math.min(m, v), Infinity);
  };
  const [a, b] = [...names].sort((p, q) => spread(q) - spread(p)).slice(0, 2);
  const inOrder = [a, b].filter((n) => n !== undefined).sort((p, q) => names.indexOf(p!) - names.indexOf(q!)) as [string, string];
  return [
    ...(names.length > 1
      ? [
          {
            title: `The motion in the plane of ${inOrder[0]} and ${inOrder[1]}`,
            description: `Trajectory of ${manifest.network.name}: ${inOrder[1]} over ${inOrder[0]}, ${time.length} states.`,
            caption: "One line through the states in order; it starts at the dot.",
            x: inOrder[0],
            y: inOrder[1],
            path: { x: column(inOrder[0]), y: column(inOrder[1]) },
          },
        ]
      : []),
    {
      title: many ? "The state over time: its beginning" : "The state over time",
      description: `Components of ${manifest.network.name} over time, ${Math.min(time.length, SHOWN)} of ${time.length} rows.`,
      caption: `Each line is a component of the state.${many ? " Only the beginning is drawn; series.parquet holds all of it." : ""}`,
      x: "time",
      y: "state",
      wide: true,
      curves: names.slice(0, 5).map((name) => ({ name, x: time.slice(0, SHOWN), y: column(name).slice(0, SHOWN) })),
    },
    ...settlingChart(run),
  ];
}
