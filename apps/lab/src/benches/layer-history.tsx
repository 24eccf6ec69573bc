import { useMemo } from "preact/hooks";
import type { Columns } from "../parts/columns.js";
import type { Line } from "../parts/line.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";

const COLORS = ["--c1", "--c2", "--c3", "--c4", "--c5"];

/** Slopes and kept pairs over the steps, with bands of one standard error. */
export function Histories({ rows, depth }: { readonly rows: Float64Array; readonly depth: number }) {
  const { slopes, kept } = useMemo(() => {
    // Step; slope and error of each layer; pairs kept and error of each hidden layer; pairs kept from the inputs on.
    const wide = 1 + 2 * (depth + 1) + 3 * depth;
    const count = Math.floor(rows.length / wide);
    const column = (of: (row: Float64Array) => number): (number | null)[] =>
      Array.from({ length: count }, (_, i) => {
        const value = of(rows.subarray(i * wide, (i + 1) * wide));
        return Number.isFinite(value) ? value : null;
      });
    const band = (at: number, scale: number) =>
      [0, -1, 1].map((sign) => column((row) => scale * (row[at]! + sign * row[at + 1]!)));
    const time = column((row) => row[0]!) as number[];
    return {
      slopes: [time, ...Array.from({ length: depth + 1 }, (_, l) => band(1 + 2 * l, 1)).flat(), time.map(() => 0)] as Columns,
      kept: [
        time,
        ...Array.from({ length: depth }, (_, l) => band(3 + 2 * depth + 2 * l, 100)).flat(),
        ...Array.from({ length: depth - 1 }, (_, l) => column((row) => 100 * row[4 + 4 * depth + l]!)),
      ] as Columns,
    };
  }, [rows, depth]);
  const banded = (label: string, tint: string): Line[] => [
    { label, color: tint, width: 2 },
    { label: `${label}, low`, color: tint, width: 0, silent: true },
    { label: `${label}, high`, color: tint, width: 0, silent: true, band: true },
  ];
  const layers = Array.from({ length: depth }, (_, l) => l);
  const last = (data: Columns, at: number): string => show(Number(data[at]?.[data[at].length - 1] ?? NaN), 3);
  return (
    <>
      <LineChart
        title="Slopes of the rank distributions over the steps"
        summary={`Slope of each layer over the steps, with bands of one standard error; now ${[...layers, depth].map((l) => `${l === depth ? "outputs" : `layer ${l + 1}`} ${last(slopes, 1 + 3 * l)}`).join(", ")}.`}
        x="step"
        y="slope"
        data={slopes}
        lines={[
          ...layers.flatMap((l) => banded(`layer ${l + 1}`, COLORS[l]!)),
          ...banded("outputs", "--ink"),
          { label: "theory, random weights", color: "--level", dash: [6, 4] },
        ]}
      />
      <LineChart
        title="Pairs of samples kept in order over the steps"
        summary={`Percentage of the pairs of samples whose order a layer keeps of its linear part, over the steps; now ${layers.map((l) => `layer ${l + 1} ${last(kept, 1 + 3 * l)}`).join(", ")}.`}
        x="step"
        y="pairs kept (%)"
        data={kept}
        lines={[
          ...layers.flatMap((l) => banded(`layer ${l + 1}, against its linear part`, COLORS[l]!)),
          ...layers.slice(1).map((l) => ({ label: `layers 1 to ${l + 1} together`, color: COLORS[l]!, dash: [5, 3] })),
        ]}
      />
      <p class="under">All pairs are kept by a network without activations, half of them by chance. Bands: one standard error.</p>
    </>
  );
}
