import { kaplanYorke } from "../../analysis/kaplan-yorke.js";
import type { LyapunovSpectrum } from "../../analysis/lyapunov.js";
import type { NamedDelay } from "../../catalogue/delay-equations.js";
import type { Status } from "../../core/status.js";
import type { Part } from "../../core/system.js";
import type { Answer, Column } from "../conclusion.js";
import { exponentAnswers, exponentColumns, exponentSentences } from "../flow/conclude.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { show, withError } from "../words.js";

export interface DelayRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly named: NamedDelay;
  readonly parameters: Readonly<Record<string, number>>;
  readonly status: Status;
  readonly failure: string | undefined;
  /** Rows asked for, rows before them, rows done, rows kept. */
  readonly planned: number;
  readonly warm: number;
  readonly done: number;
  readonly rows: number;
  readonly times: Float64Array;
  readonly states: Float64Array;
  /** Rows x k, the estimates so far; NaN where none was taken. */
  readonly exponents: Float64Array;
  readonly k: number;
  readonly found: LyapunovSpectrum | undefined;
  /** The last time. */
  readonly end: number;
  /** Rows and steps of the solver in one delay. */
  readonly perDelay: number;
  readonly steps: number;
  /** Numbers in the state, and what they are. */
  readonly size: number;
  readonly layout: readonly Part[];
}

/** A delay equation's run as a record. */
export function conclude(run: DelayRun): RunRecord {
  const { study, context, started, named, planned, warm, done, rows, k, found, perDelay } = run;
  const dim = named.components.length;
  const stopped = run.status === "ok" && done < warm + planned;
  const columns: Column[] = [
    { name: "time", unit: "1", description: "time of the equation" },
    ...named.components.map((name) => ({ name, unit: "1", description: `component ${name} of the present` })),
    ...named.components.map((name) => ({
      name: `${name}_delayed`,
      unit: "1",
      description: `component ${name} one delay before`,
    })),
    ...exponentColumns(k),
  ];
  const pick = (data: Float64Array, width: number, i: number, back = 0): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => (row < back ? NaN : data[(row - back) * width + i]!));
  const values = [
    run.times.slice(0, rows),
    ...named.components.map((_, i) => pick(run.states, dim, i)),
    ...named.components.map((_, i) => pick(run.states, dim, i, perDelay)),
    ...Array.from({ length: k }, (_, i) => pick(run.exponents, k, i)),
  ];
  const answers: Answer[] = [];
  const sentences: string[] = [];
  if (found && found.status === "ok") {
    answers.push(...exponentAnswers(found));
    sentences.push(...exponentSentences(found));
    const dimension = kaplanYorke(found, run.size);
    if (dimension.status === "ok") {
      answers.push({ ...dimension, name: "kaplan_yorke", label: "Kaplan-Yorke dimension of the attractor" });
      sentences.push(
        `Kaplan-Yorke dimension: ${withError(dimension.value, dimension.error)}, in a space of pasts that has infinitely many.`,
      );
    }
  } else if (found?.explanation) sentences.push(`The exponents are unknown: ${found.explanation}.`);
  return recordOf(study, context, started, {
    status: stopped ? "aborted" : run.status,
    steps: { planned: warm + planned, done, unit: "row" },
    network: { name: named.name, parameters: run.size, layout: run.layout },
    verdict: [
      ...(stopped ? [`The run was STOPPED at t = ${show(run.end)}; what follows holds up to there.`] : []),
      ...(run.failure ? [`The equation FAILED: ${run.failure}.`] : []),
      ...sentences,
      `The delay equation ${named.name} (${named.description}) with ${Object.entries(run.parameters)
        .map(([name, value]) => `${name} = ${show(value)}`)
        .join(", ")}, followed to t = ${show(run.end, 6)}.`,
      `${run.steps} steps of the solver in one delay; the past is kept as ${run.size} numbers.`,
    ],
    facts: { equation: named.name, components: named.components.join(","), delay: run.parameters["tau"]!, perDelay },
    answers,
    series: seriesFrom(columns, values),
  });
}
