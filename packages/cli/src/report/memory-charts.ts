import type { RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";
import type { PhaseDiagram } from "./phase-diagram.js";

/** What is drawn of each target: its column, its name, the error that keeping the order costs. */
const TARGETS = [
  { column: "error_minus", formula: "-x", bound: 1 },
  { column: "error_square", formula: "x²", bound: 0.5 },
];

/** The charts of the memory of delay equations: trained errors over the capacity, and what theory allows at which time. */
export function memoryCharts({
  manifest,
  series,
  arrays,
}: Pick<RunRecord, "manifest" | "series" | "arrays">): (Chart | PhaseDiagram)[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const capacity = column("capacity");
  const delays = Number(manifest.facts["delays"]);
  const turning = arrays["turning"]!.data;
  const rows = Array.from({ length: turning.length / 2 }, (_, i) => ({ time: turning[2 * i]!, at: turning[2 * i + 1]! }));
  const end = Math.max(1.1, capacity.at(-1) ?? 0);
  return [
    ...TARGETS.map(({ column: name, formula, bound }): Chart => {
      const errors = column(name);
      const top = Math.max(...errors.filter(Number.isFinite));
      return {
        title: `Learning ${formula} in ${delays} delays`,
        description: `Largest error of trained scalar delay equations on ${formula} over the memory capacity, beside the bound ${bound} for maps that keep the order of their inputs.`,
        caption: `Left of 1/e the field cannot let inputs change places, and no training comes below ${bound}; right of it the error falls as soon as there is time enough.`,
        x: "memory capacity K τ: Lipschitz constant times delay",
        y: "largest error",
        wide: true,
        curves: [
          { name: "best training", x: capacity, y: errors, dots: true },
          { name: "1/e", x: [1 / Math.E, 1 / Math.E], y: [0, top] },
        ],
        level: { name: `best that keeps the order, ${bound}`, value: bound },
      };
    }),
    {
      title: "When inputs can change places",
      description: "Phases over the memory capacity and the time: order kept for ever up to 1/e, kept so far, or open to change.",
      caption:
        "Exact, for every scalar field whose slopes in x and in its past add up to K at most: the boundary is the first zero of x' = -K x(t - τ).",
      wide: true,
      x: "memory capacity K τ",
      y: "time (delays)",
      rows: rows.map((r) => String(r.time)),
      cells: rows.flatMap(({ time, at }) => [
        { row: String(time), x1: 0, x2: Math.min(1 / Math.E, end), phase: "for ever" },
        { row: String(time), x1: 1 / Math.E, x2: at, phase: "so far" },
        ...(at < end ? [{ row: String(time), x1: at, x2: end, phase: "open" }] : []),
      ]),
      phases: [
        { name: "for ever", color: "var(--c1)", label: "order kept for ever" },
        { name: "so far", color: "var(--c5)", label: "order kept up to this time" },
        { name: "open", color: "var(--c2)", label: "inputs can change places" },
      ],
      marks: [{ name: "1/e", at: rows.map(() => 1 / Math.E), dash: "none" }],
    },
  ];
}
