import { binomialInterval } from "../../core/confidence.js";
import type { QuadraticNoise } from "../../analysis/quadratic-noise.js";
import type { Answer, Column } from "../conclusion.js";
import { recordOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, percent, show, withError } from "../words.js";
import type { ProbabilisticStability, Spec } from "./system.js";

/** What was found at one step size. */
export interface Row {
  readonly eta: number;
  readonly lambda: number;
  readonly error: number;
  readonly meanSquare: number;
  readonly mean: number;
  /** Share of the runs that ended near the point, and of those that ended as far outside. */
  readonly converged: number;
  readonly left: number;
}

const COLUMNS: readonly (readonly [keyof Row, Column])[] = [
  ["eta", { name: "learning_rate", unit: "step size", description: "step size of SGD" }],
  [
    "lambda",
    {
      name: "lambda",
      unit: "nat/step",
      description: "almost sure growth: E log |1 - eta h|, or the exponent of random products",
    },
  ],
  ["error", { name: "lambda_error", unit: "nat/step", description: "its standard error; 0 where it is in closed form" }],
  ["meanSquare", { name: "mean_square_growth", unit: "nat/step", description: "growth of the root mean square" }],
  ["mean", { name: "mean_growth", unit: "nat/step", description: "growth of the mean, which is gradient descent's" }],
  ["converged", { name: "converged", unit: "1", description: "share of the SGD runs that ended near the point" }],
  ["left", { name: "left", unit: "1", description: "share that ended as far outside" }],
];

/** An almost sure growth with its standard error, 0 in closed form. */
export interface Exponent {
  readonly lambda: number;
  readonly error: number;
}

/** A step size at which the exponent changes its sign. */
interface Edge {
  readonly value: number;
  readonly error: number;
}

/** A range of step sizes with a negative exponent. */
interface Interval {
  readonly from: Edge;
  readonly to: Edge;
}

/** Standard errors below 0 that count as below 0. */
const SURE = 3;
/** Halvings of a step of the grid where exponents are estimates. */
const HALVINGS = 12;

interface Found {
  readonly spec: Spec;
  readonly study: Study;
  readonly asked: ProbabilisticStability;
  readonly noise: QuadraticNoise;
  readonly rows: readonly Row[];
  /** The exponent at any step size. */
  readonly at: (eta: number) => Exponent;
  readonly context: RunContext;
  readonly started: Date;
}

const edge = ({ value, error }: Edge): string => withError(value, error);

/** What the growths and the runs say, as a run's record. */
export function conclude({ spec, study, asked, noise, rows, at, context, started }: Found): RunRecord {
  const aborted = rows.length < asked.count;
  const intervals = stable(noise, rows, at);
  const range = rows.length > 0 ? `from ${show(rows[0]!.eta)} to ${show(rows.at(-1)!.eta)}` : "";
  const edges = intervals
    .flatMap(({ from, to }) => [from, to])
    .filter((e) => e.value > rows[0]!.eta && e.value < rows.at(-1)!.eta);
  return recordOf(study, context, started, {
    status: aborted ? "aborted" : "ok",
    steps: { planned: asked.count, done: rows.length, unit: "step size" },
    network: {
      name: `${spec.hessians.length} quadratic loss${spec.hessians.length === 1 ? "" : "es"} in ${count(noise.dim, "dimension")}`,
      parameters: noise.dim,
      layout: [{ name: "theta", shape: [noise.dim], offset: 0 }],
    },
    verdict: [
      ...(aborted
        ? [`The run was STOPPED after ${rows.length} of ${asked.count} step sizes; what follows holds for these.`]
        : []),
      intervals.length > 0
        ? `SGD CONVERGES IN PROBABILITY, that is λ < 0, for step sizes ${intervals.map(({ from, to }) => `${edge(from)} to ${edge(to)}`).join(" and ")}, of those ${range}${intervals.length > 1 ? ": a disconnected set" : ""}.`
        : `SGD converges in probability at NONE of the step sizes ${range}.`,
      thresholds(noise),
      ...beyond(noise, rows),
      ...agreement(rows, asked),
    ],
    facts: {
      stableIntervals: intervals.length,
      thresholdMean: noise.thresholds.mean,
      thresholdMeanSquare: noise.thresholds.meanSquare,
    },
    answers: [
      answer(
        "threshold_mean",
        "step size up to which the mean does not grow (gradient descent)",
        noise.thresholds.mean,
        "halving of a spectral radius",
      ),
      answer(
        "threshold_mean_square",
        "step size up to which the mean square does not grow",
        noise.thresholds.meanSquare,
        "halving of a spectral radius",
      ),
      ...edges.map(({ value, error }, i) =>
        answer(
          `edge_${i + 1}`,
          "step size at which the exponent changes its sign",
          value,
          noise.exponent
            ? "halving of the closed form"
            : "halving with common random numbers; standard error of the exponent over its slope, and half the last bracket",
          error,
        ),
      ),
    ],
    series: COLUMNS.map(([key, column]) => ({ ...column, values: Float64Array.from(rows, (r) => r[key]) })),
    arrays: {},
  });
}

const answer = (name: string, label: string, value: number, method: string, error = 1e-12 * value): Answer => ({
  name,
  label,
  value,
  error: Number.isFinite(value) ? error : 0,
  unit: "step size",
  status: "ok",
  method,
  sources: ["Ziyin, Li, Galanti, Ueda 2023"],
  cost: {},
});

/** Whether the exponent is below 0, by more than its error where it is an estimate: along directions without curvature it is 0, give or take rounding. */
const negative = ({ lambda, error }: Exponent): boolean => lambda < -SURE * error;

/** The ranges of step sizes where the exponent is negative, by halving between neighbours: to the last bits in closed form, else with common random numbers. */
function stable({ exponent }: QuadraticNoise, rows: readonly Row[], at: (eta: number) => Exponent): Interval[] {
  const found: Interval[] = [];
  const crossing = (i: number): Edge => {
    const [before, after] = [rows[i - 1]!, rows[i]!];
    let [low, high] = [before.eta, after.eta];
    const inside = negative(before);
    // Where one side is no more than 0 within its error there is no change of sign to be halved towards.
    const other = inside ? after : before;
    const sign = other.lambda > SURE * other.error ? (e: Exponent): boolean => e.lambda < 0 : negative;
    for (let k = 0; k < (exponent ? 60 : HALVINGS); k++) {
      const middle = 0.5 * (low + high);
      if (sign(at(middle)) === inside) low = middle;
      else high = middle;
    }
    const value = 0.5 * (low + high);
    const slope = Math.abs(after.lambda - before.lambda) / (after.eta - before.eta);
    return { value, error: exponent ? 0 : 0.5 * (high - low) + at(value).error / slope };
  };
  const end = (row: Row): Edge => ({ value: row.eta, error: 0 });
  let from: Edge | undefined;
  rows.forEach((row, i) => {
    if (negative(row) && from === undefined) from = i === 0 ? end(row) : crossing(i);
    if (!negative(row) && from !== undefined) {
      found.push({ from, to: crossing(i) });
      from = undefined;
    }
  });
  if (from !== undefined) found.push({ from, to: end(rows.at(-1)!) });
  return found;
}

function thresholds({ thresholds: { mean, meanSquare } }: QuadraticNoise): string {
  const of = (t: number, what: string): string =>
    t === 0
      ? `${what} grows at every step size`
      : t === Infinity
        ? `${what} never grows`
        : `${what} does not grow up to ${show(t)}`;
  return `${of(mean, "The mean, which is gradient descent,")}; ${of(meanSquare, "the mean square")}.`;
}

/** Where the three kinds of stability part. */
function beyond({ thresholds: { mean, meanSquare } }: QuadraticNoise, rows: readonly Row[]): string[] {
  const found = rows.filter((r) => negative(r) && r.eta > Math.max(mean, meanSquare));
  return found.length === 0
    ? []
    : [
        `At ${count(found.length, "step size")} above both thresholds, such as ${show(found[Math.floor(found.length / 2)]!.eta)}, SGD still converges in probability: rare runs carry the mean away, almost all go to the point.`,
      ];
}

/** Whether the runs do what the sign says, where it can be told in so many steps. */
function agreement(rows: readonly Row[], { runs, steps, near }: ProbabilisticStability): string[] {
  const shares = rows.map((r) => ({ ...r, sure: [Math.round(r.converged * runs), Math.round(r.left * runs)] as const }));
  const most = (k: number): boolean => binomialInterval(k, runs, 0.95)[0] > 0.5;
  const decided = shares.filter(({ sure }) => most(sure[0]) || most(sure[1]));
  const right = decided.filter(({ lambda, sure }) => most(sure[0]) === lambda < 0).length;
  if (rows.length === 0) return [];
  return [
    `Of ${count(runs, "run")} of ${count(steps, "step")} at each step size, most ended below ${show(near)} of their first distance, or above ${show(1 / near)} times it, at ${decided.length} of ${count(rows.length, "step size")}${decided.length > 0 ? `; there they agree with the sign of λ at ${right} (${percent(right / decided.length)})` : ", so that they say nothing of the sign of λ; take more steps"}.`,
  ];
}
