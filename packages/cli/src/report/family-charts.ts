import { show, type RunRecord } from "#dynamics";
import { marks, stretches } from "./branches.js";
import type { Chart } from "./chart.js";
import type { OrbitDiagram } from "./orbit-diagram.js";

/** The charts of a family of maps: its orbits, and the exponent under them. */
export function familyCharts({
  manifest,
  series,
  arrays,
}: Pick<RunRecord, "manifest" | "series" | "arrays">): (Chart | OrbitDiagram)[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const parameters = column("parameter");
  const name = String(manifest.facts["parameter"]);
  const { shape, data } = arrays["orbits"]!;
  const [count, record, dim] = shape as [number, number, number];
  const first = Float64Array.from({ length: count * record }, (_, i) => data[i * dim]!);
  const exponents = column("lyapunov_1");
  const branches = stretches(arrays);
  const periodic = column("period").filter((p) => p > 0).length;
  return [
    {
      title: "Where the orbits end up",
      description: `Orbit diagram: the last states over the ${name} from ${show(parameters[0]!)} to ${show(parameters.at(-1)!)}; ${periodic} of ${count} orbits are periodic.`,
      caption: `Each column holds the last states of one orbit. Where a column is a few dots the orbit is periodic.${branches.length > 0 ? " Lines are branches of fixed and periodic points: solid where they attract, dashed where they do not. A solid line without dots attracts other starts than this one." : ""}`,
      x: name,
      y: dim === 1 ? "state" : "first component of the state",
      parameters,
      states: first,
      record,
      stretches: branches,
      bifurcations: marks(arrays),
    },
    {
      title: "Lyapunov exponent of each orbit",
      description: `Largest Lyapunov exponent over the ${name}, between ${show(Math.min(...exponents.filter(Number.isFinite)))} and ${show(Math.max(...exponents.filter(Number.isFinite)))} per step.`,
      caption: "Below 0 neighbouring orbits meet; it touches 0 where a period doubles; above 0 they part: chaos.",
      wide: true,
      x: name,
      y: "exponent (1/step)",
      curves: [
        {
          name: "largest exponent ± standard error",
          x: parameters,
          y: exponents,
          band: column("lyapunov_1_error"),
        },
      ],
      level: { name: "0", value: 0 },
    },
    ...across({ series }, name),
  ];
}

/** The exponent across the set on which the family lives; none unless a run asked for it. */
function across({ series }: Pick<RunRecord, "series">, parameter: string): Chart[] {
  const found = series.find((s) => s.name === "transverse");
  if (!found) return [];
  const of = (name: string): Float64Array => series.find((s) => s.name === name)!.values;
  const finite = found.values.filter(Number.isFinite);
  return [
    {
      title: "Exponent across the set of these orbits",
      description: `${found.description} over the ${parameter}, between ${show(finite.reduce((a, b) => Math.min(a, b), Infinity))} and ${show(finite.reduce((a, b) => Math.max(a, b), -Infinity))} per step.`,
      caption: `The ${found.description}. At 0 it stays as it is, as along a curve of minima; below 0 orbits beside the set are drawn to it.`,
      wide: true,
      x: parameter,
      y: "exponent (1/step)",
      curves: [{ name: "exponent across ± standard error", x: of("parameter"), y: found.values, band: of("transverse_error") }],
      level: { name: "0", value: 0 },
    },
  ];
}
