import { scalarMath } from "#engine";
import type { Attractor, Attractors } from "../../analysis/attractors.js";
import { basinEntropy } from "../../analysis/basin-entropy.js";
import type { BasinFraction, Basins } from "../../analysis/basins.js";
import { TO_INFINITY, UNDECIDED } from "../../analysis/outcomes.js";
import type { StartGrid } from "../../analysis/starts.js";
import type { UncertaintyExponent } from "../../analysis/uncertainty-exponent.js";
import type { Answer, Column, Conclusion, NamedArray } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, percent, show, withError } from "../words.js";
import type { BasinsAsked, BasinsSpec } from "./system.js";

export interface BasinsRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly spec: BasinsSpec;
  readonly asked: BasinsAsked;
  readonly name: string;
  readonly described: string;
  readonly components: readonly string[];
  readonly picture: StartGrid;
  /** Undefined where the run was stopped before. */
  readonly found: Attractors | undefined;
  readonly image: Basins | undefined;
  readonly alpha: UncertaintyExponent | undefined;
  /** What the questions on the boundary say. */
  readonly boundary: readonly Conclusion[];
  readonly dim: number;
  readonly kind: string;
}

const columns: Column[] = [
  { name: "label", unit: "1", description: "number of the attractor from 1; 0: infinity; -1: undecided; -2: the system failed" },
  { name: "starts", unit: "1", description: "starts of the picture that end there" },
  { name: "share", unit: "1", description: "their share" },
];

/** Labels as a reader counts: attractors from 1, infinity 0. */
const shown = (label: number): number => label + 1;

/** An outcome in words. */
function outcome(label: number, attractors: readonly Attractor[], components: readonly string[]): string {
  if (label === TO_INFINITY) return "infinity";
  if (label < 0) return label === UNDECIDED ? "undecided" : "the system failed";
  const { extent, low, high } = attractors[label]!;
  const where = components.map((name, c) =>
    extent === "point"
      ? `${name} = ${place(0.5 * (low[c]! + high[c]!))}`
      : `${name} from ${place(low[c]!)} to ${place(high[c]!)}`,
  );
  return `${extent === "point" ? "a point" : "a set"}, ${where.join(", ")}`;
}

const place = (v: number): string => (Math.abs(v) < 5e-4 ? "0" : show(v, 3));

/** What became of the starts, as a run's record. */
export function conclude(run: BasinsRun): RunRecord {
  const { study, context, started, spec, asked, components, picture, found, image, alpha, boundary } = run;
  const total = spec.columns * spec.rows;
  const stopped = image === undefined;
  const attractors = found?.attractors ?? [];
  const fractions = (image?.fractions ?? []).filter((f) => f.count > 0 || f.label >= 0);
  const side = Math.min(asked.side, spec.columns, spec.rows);
  const entropy = image && basinEntropy({ labels: image.labels, columns: spec.columns, rows: spec.rows, side });
  const answers: Answer[] = image
    ? [
        ...fractions.map((f) => share(f, outcome(f.label, attractors, components), image)),
        ...(entropy
          ? [
              { ...entropy, name: "basin_entropy", label: `basin entropy in boxes of ${side} x ${side} starts` },
              ...(entropy.mixed > 1
                ? [{ ...entropy.boundary, name: "boundary_basin_entropy", label: "basin entropy of the boxes on a boundary" }]
                : []),
            ]
          : []),
        ...(alpha
          ? [
              { ...alpha, name: "uncertainty_exponent", label: "uncertainty exponent" },
              { ...alpha, value: alpha.dimension, name: "boundary_dimension", label: "dimension of the boundary in the picture" },
            ]
          : []),
        ...boundary.flatMap((said) => said.answers),
      ]
    : [];
  const arrays: Record<string, NamedArray> = image
    ? {
        basins: { shape: [spec.rows, spec.columns], data: Float64Array.from(image.labels, shown) },
        arrivals: { shape: [spec.rows, spec.columns], data: Float64Array.from(image.arrivals) },
        ...points(attractors, run.dim),
        ...Object.assign({}, ...boundary.map((said) => said.arrays)),
      }
    : {};
  const values = [fractions.map((f) => shown(f.label)), fractions.map((f) => f.count), fractions.map((f) => f.value)].map((v) =>
    Float64Array.from(v),
  );
  const [x, y] = picture.axes;
  return recordOf(study, context, started, {
    status: stopped ? "aborted" : image.status,
    steps: { planned: total, done: stopped ? 0 : total, unit: "start" },
    network: { name: run.name, parameters: run.dim, layout: [{ name: "x", shape: [run.dim], offset: 0 }] },
    verdict: [
      ...(stopped ? ["The run was STOPPED before all starts were decided; there is no picture."] : []),
      ...(image
        ? [
            `Of ${count(total, "start")} ${fractions.map((f) => `${percent(f.value)} end at ${f.label >= 0 ? `attractor ${shown(f.label)} (${outcome(f.label, attractors, components)})` : f.label === TO_INFINITY ? "infinity" : `none: ${outcome(f.label, attractors, components)}`}`).join("; ")}.`,
          ]
        : []),
      `${run.described}; ${components[x]} from ${show(picture.ranges[0][0])} to ${show(picture.ranges[0][1])}, ${components[y]} from ${show(picture.ranges[1][0])} to ${show(picture.ranges[1][1])}.`,
      ...(found
        ? [
            `${count(attractors.length, "attractor")} found from ${count(found.starts, "random start")}, of which ${count(found.escaped, "start")} went to infinity. Sets closer than ${show(found.tolerance)} count as one.`,
          ]
        : []),
      ...(found?.explanation ? [`Of the search: ${found.explanation}.`] : []),
      ...(image?.explanation ? [`Of the picture: ${image.explanation}.`] : []),
      ...(entropy && entropy.mixed > 1
        ? [
            `Basin entropy ${withError(entropy.value, entropy.error)}, on the boundary ${withError(entropy.boundary.value, entropy.boundary.error)} nat: ${entropy.fractal ? "more than log 2 = 0.693, so the boundary is FRACTAL." : "not above log 2 = 0.693 for certain, which leaves open whether the boundary is fractal."}`,
          ]
        : []),
      ...(alpha && Number.isFinite(alpha.value)
        ? [
            `Uncertainty exponent ${withError(alpha.value, alpha.error)}: knowing the start 10 times better leaves ${percent(shrink(alpha))} of the uncertain outcomes uncertain; the boundary has dimension ${withError(alpha.dimension, alpha.error)}${kindOf(alpha)}`,
          ]
        : alpha?.explanation
          ? [`No uncertainty exponent: ${alpha.explanation}.`]
          : []),
      ...boundary.flatMap((said) => said.sentences),
    ],
    facts: {
      system: run.name,
      x: components[x]!,
      y: components[y]!,
      xFrom: picture.ranges[0][0],
      xTo: picture.ranges[0][1],
      yFrom: picture.ranges[1][0],
      yTo: picture.ranges[1][1],
      xIndex: x,
      yIndex: y,
      look: asked.interval * (run.kind === "flow" ? spec.dt : 1),
      unit: run.kind === "flow" ? "time" : "steps",
      outcomes: JSON.stringify(fractions.map((f) => [shown(f.label), outcome(f.label, attractors, components)])),
    },
    answers,
    series: seriesFrom(columns, values),
    arrays,
  });
}

const share = ({ label, value, error, count: n }: BasinFraction, what: string, { method, sources, cost }: Basins): Answer => ({
  name:
    label >= 0
      ? `share_${shown(label)}`
      : label === TO_INFINITY
        ? "share_infinity"
        : `share_${label === UNDECIDED ? "undecided" : "failed"}`,
  label: `share of starts that end at ${what} (${n})`,
  value,
  error,
  unit: "1",
  status: "ok",
  method,
  sources,
  cost,
});

const shrink = ({ value }: UncertaintyExponent): number => scalarMath.exp(-value * scalarMath.log(10));

/** Points of the attractors: number of the attractor, then the state. */
function points(attractors: readonly Attractor[], dim: number): Record<string, NamedArray> {
  const all = attractors.flatMap(({ net }, k) =>
    Array.from({ length: net.size }, (_, i) => [k + 1, ...net.points.subarray(i * dim, (i + 1) * dim)]),
  );
  return all.length > 0 ? { attractors: { shape: [all.length, dim + 1], data: Float64Array.from(all.flat()) } } : {};
}

/** What the exponent says of the boundary: 1 is that of a smooth one. */
function kindOf({ value, error }: { readonly value: number; readonly error: number }): string {
  if (value + 3 * error < 1) return ", FRACTAL.";
  return value + 2 * error < 1
    ? "; fractal or smooth is UNDECIDED: more pairs would tell."
    : ", as a smooth one has within two standard errors.";
}
