import { kaplanYorke } from "../../analysis/kaplan-yorke.js";
import type { LyapunovSpectrum } from "../../analysis/lyapunov.js";
import type { NamedFlow } from "../../catalogue/flows.js";
import type { Status } from "../../core/status.js";
import type { FlowSystem } from "../../flow/flow.js";
import type { Answer, Column, Conclusion } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, percent, show, withError } from "../words.js";

export interface FlowRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly named: NamedFlow;
  readonly parameters: Readonly<Record<string, number>>;
  readonly system: FlowSystem;
  readonly status: Status;
  /** Rows asked for, intervals before them, intervals done. */
  readonly planned: number;
  readonly warm: number;
  readonly done: number;
  readonly dt: number;
  readonly times: Float64Array;
  readonly states: Float64Array;
  /** Rows x k, the estimates so far; NaN where none was taken. */
  readonly exponents: Float64Array;
  readonly k: number;
  readonly found: LyapunovSpectrum | undefined;
  /** What the ways to a gradient cost, where that was asked. */
  readonly gradients: Conclusion | undefined;
}

/** What the exponents say about the attractor, in words. */
function meaning({ value, error }: LyapunovSpectrum): string {
  const first = value[0]!;
  // A flow that does not rest has an exponent 0 along itself, measured to its error.
  const near = 3 * error[0]! + 1e-3;
  if (first > near)
    return "The first exponent is more than three standard errors above 0: neighbours part exponentially, the motion is CHAOTIC.";
  if (first < -near) return "All exponents are below 0: the motion ends in a POINT AT REST.";
  return "The first exponent is 0 within its error and none is above: the motion is PERIODIC or quasi-periodic.";
}

/** The exponents of a spectrum, one answer each. */
export const exponentAnswers = ({ value, error, sum: _sum, batches: _b, correlation: _c, ...rest }: LyapunovSpectrum): Answer[] =>
  Array.from(value, (v, i) => ({
    ...rest,
    value: v,
    error: error[i]!,
    name: `lyapunov_${i + 1}`,
    label: `Lyapunov exponent ${i + 1}`,
  }));

/** A spectrum in words: what it means, and its numbers. */
export const exponentSentences = (found: LyapunovSpectrum): string[] => [
  meaning(found),
  `Lyapunov exponents: ${Array.from(found.value, (v, i) => withError(v, found.error[i]!)).join("; ")} per unit of time.`,
];

/** The column of an exponent as it is estimated over time. */
export const exponentColumns = (k: number): Column[] =>
  Array.from({ length: k }, (_, i) => ({
    name: `lyapunov_${i + 1}`,
    unit: "1/time",
    description: `exponent ${i + 1} as estimated up to this time`,
  }));

/** A flow's run as a record. */
export function conclude(run: FlowRun): RunRecord {
  const { study, context, started, named, system, planned, warm, done, times, states, exponents, k, found } = run;
  const dim = named.components.length;
  const rows = Math.max(0, done - warm) + (run.status === "ok" ? 1 : 0);
  const stopped = run.status === "ok" && done < warm + planned;
  const columns: Column[] = [
    { name: "time", unit: "1", description: "time of the flow" },
    ...named.components.map((name) => ({ name, unit: "1", description: `component ${name} of the state` })),
    ...exponentColumns(k),
  ];
  const pick = (data: Float64Array, width: number, i: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => data[row * width + i]!);
  const values = [
    times.slice(0, rows),
    ...named.components.map((_, i) => pick(states, dim, i)),
    ...Array.from({ length: k }, (_, i) => pick(exponents, k, i)),
  ];
  const answers: Answer[] = [];
  const sentences: string[] = [];
  if (found && found.status === "ok") {
    answers.push(...exponentAnswers(found));
    answers.push({
      ...found.sum,
      name: "lyapunov_sum",
      label: k === dim ? "sum of all exponents: mean divergence" : `sum of the first ${k} exponents`,
    });
    sentences.push(...exponentSentences(found));
    if (k === dim) {
      const dimension = kaplanYorke(found, dim);
      answers.push({ ...dimension, name: "kaplan_yorke", label: "Kaplan-Yorke dimension of the attractor" });
      sentences.push(`Kaplan-Yorke dimension: ${withError(dimension.value, dimension.error)}.`);
    }
  } else if (found?.explanation) sentences.push(`The exponents are unknown: ${found.explanation}.`);
  const { gradients } = run;
  answers.push(...(gradients?.answers ?? []));
  sentences.push(...(gradients?.sentences ?? []));
  const { work } = system;
  return recordOf(study, context, started, {
    status: stopped ? "aborted" : run.status,
    steps: { planned: warm + planned, done, unit: "interval" },
    network: { name: named.name, parameters: dim, unit: "component", layout: system.layout },
    verdict: [
      ...(stopped ? [`The run was STOPPED at t = ${show(system.time)}; what follows holds up to there.`] : []),
      ...(system.explanation ? [`The flow FAILED: ${system.explanation}`] : []),
      ...(work.stabilityBound > work.accepted / 2
        ? [
            `The problem is STIFF: ${percent(work.stabilityBound / work.accepted)} of the steps were held down by stability and not by accuracy. Try solver: rodas5p, which is for such problems.`,
          ]
        : []),
      ...sentences,
      `The flow ${named.name} (${named.description}) with ${Object.entries(run.parameters)
        .map(([name, value]) => `${name} = ${show(value)}`)
        .join(", ")}, followed to t = ${show(system.time, 6)}.`,
      `${count(work.accepted, "step")} of the solver, ${count(work.rejected, "try")} more refused, ${count(work.evaluations, "evaluation")} of the field.`.replace(
        "trys",
        "tries",
      ),
    ],
    facts: {
      field: named.name,
      components: named.components.join(","),
      accepted: work.accepted,
      rejected: work.rejected,
      stabilityBound: work.stabilityBound,
      ...gradients?.facts,
    },
    answers,
    series: seriesFrom(columns, values),
    arrays: gradients?.arrays ?? {},
    clock: { pieces: gradients?.seconds ?? {} },
  });
}
