import type { Status } from "../core/status.js";
import type { Part } from "../core/system.js";
import type { Answer, Column, NamedArray } from "./conclusion.js";
import type { Study } from "./schema.js";
import type { RunContext } from "./system.js";
import type { InputFile } from "./table.js";

/** Most rows that the series of a run may have. */
export const MOST_ROWS = 1_000_000;

/** A column of the series with its values; NaN where nothing was measured. */
export interface Series extends Column {
  readonly values: Float64Array;
}

/** What a run was and what it found. Nothing in it depends on the machine or the clock. */
export interface Manifest {
  readonly format: "separatrix-run/1";
  readonly title: string;
  readonly status: Status;
  readonly seed: number;
  /** Without `output`, which is not part of the question. */
  readonly study: Omit<Study, "output">;
  readonly versions: { readonly separatrix: string };
  /** The data files that went in. */
  readonly inputs: readonly InputFile[];
  /** What was to be done, and how much of it was: optimizer steps of a training run, random products of a minimum. */
  readonly steps: { readonly planned: number; readonly done: number; readonly unit: string };
  readonly network: {
    readonly name: string;
    readonly parameters: number;
    /** What is counted. Default "parameter". */
    readonly unit?: string;
    readonly layout: readonly Part[];
  };
  /** In words, one sentence an entry. */
  readonly verdict: readonly string[];
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly answers: readonly Answer[];
  readonly series: readonly Column[];
  readonly arrays: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: "f64" }>>;
}

/** What a run took, on the machine it ran on. Kept apart from the results. */
export interface Clock {
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string;
  readonly threads: number;
  /** Seconds. */
  readonly total: number;
  /** Seconds spent advancing the system, tangents included. */
  readonly steps?: number;
  /** Seconds of one optimizer step without tangents, on average. */
  readonly gradientStep?: number;
  /** Seconds spent measuring, by question. */
  readonly questions: Readonly<Record<string, number>>;
  /** Seconds that pieces of work took, by name. */
  readonly pieces?: Readonly<Record<string, number>>;
  /** What following the eigenvalues cost, as a share of the time of the optimizer steps alone; null when they were not followed. */
  readonly eigenvalueShare?: number | null;
}

/** A finished run, in memory. */
export interface RunRecord {
  readonly manifest: Manifest;
  readonly series: readonly Series[];
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly clock: Clock;
}

/** What a run has found out, before it becomes a record. */
export interface Findings extends Pick<Manifest, "status" | "steps" | "network" | "verdict" | "answers"> {
  readonly series: readonly Series[];
  readonly inputs?: readonly InputFile[];
  readonly facts?: Manifest["facts"];
  readonly arrays?: Readonly<Record<string, NamedArray>>;
  /** What of the clock the run knows better. */
  readonly clock?: Partial<Clock>;
}

/** The record of a run that ends now. */
export function recordOf(study: Study, context: RunContext, started: Date, findings: Findings): RunRecord {
  const { series, inputs = [], facts = {}, arrays = {}, clock, status, steps, network, verdict, answers } = findings;
  const { output: _, ...asked } = study;
  const finished = new Date();
  return {
    manifest: {
      format: "separatrix-run/1",
      title: study.title,
      status,
      seed: study.seed,
      study: asked,
      versions: { separatrix: context.version },
      inputs,
      steps,
      network,
      verdict,
      facts,
      answers,
      series: series.map(({ values: _values, ...column }) => column),
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: "f64" as const }])),
    },
    series,
    arrays,
    clock: {
      started: started.toISOString(),
      finished: finished.toISOString(),
      threads: context.threadCount,
      total: (finished.getTime() - started.getTime()) / 1000,
      questions: {},
      ...clock,
    },
  };
}

/** Columns with their values, from rows of numbers. */
export const seriesOf = (columns: readonly Column[], rows: readonly (readonly number[])[]): Series[] =>
  columns.map((column, i) => ({ ...column, values: Float64Array.from(rows, (row) => row[i]!) }));

/** Columns with their values, in the same order. */
export const seriesFrom = (columns: readonly Column[], values: readonly ArrayLike<number>[]): Series[] =>
  columns.map((column, i) => ({ ...column, values: Float64Array.from(values[i]!) }));
