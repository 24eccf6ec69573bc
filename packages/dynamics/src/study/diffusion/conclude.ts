import type { ChangeOfStability } from "../../analysis/change-of-stability.js";
import { binomialInterval } from "../../core/confidence.js";
import type { Answer, Column } from "../conclusion.js";
import { recordOf, seriesFrom, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { percent, show } from "../words.js";

export interface BreakingRun {
  readonly study: Study;
  readonly context: RunContext;
  readonly started: Date;
  readonly spec: { readonly centre: number; readonly width: number };
  readonly schedule: string;
  readonly end: number;
  readonly critical: ChangeOfStability;
  readonly bimodal: ChangeOfStability;
  /** Of the probability flow at 0. */
  readonly flowChange: ChangeOfStability;
  /** Of the noise, from the data's side up. */
  readonly times: Float64Array;
  readonly resting: Float64Array;
  readonly paths: Float64Array;
  readonly kept: number;
  readonly flows: Float64Array;
  readonly starts: Float64Array;
  /** Share of the samples that end above 0. */
  readonly right: number;
  readonly count: number;
  readonly aborted: boolean;
}

const columns: Column[] = [
  { name: "time", unit: "1", description: "time of the noise: 0 is the data" },
  { name: "resting", unit: "1", description: "resting point of the reverse drift above 0; 0 where there is none" },
];

/** Whether the deterministic sampler changes its mind at 0. */
const forks = ({ status, value, before }: ChangeOfStability): string =>
  status === "ok"
    ? `changes its stability at 0 at t = ${show(value, 6)}`
    : `has no such time: at 0 it ${before > 0 ? "pushes away" : "draws in"} throughout`;

/** What a diffusion's symmetry breaking comes to, as a run's record. */
export function conclude(run: BreakingRun): RunRecord {
  const { study, context, started, spec, critical, bimodal, times, resting, paths, kept, flows, starts, right, count } = run;
  const answer = (name: string, label: string, { before: _b, after: _a, all: _all, ...estimate }: ChangeOfStability): Answer => ({
    ...estimate,
    name,
    label,
    unit: "1",
  });
  const [low, high] = binomialInterval(Math.round(right * count), count, 0.95);
  const n = times.length;
  const found = critical.status === "ok";
  const forked = resting.some((x) => x > 0);
  return recordOf(study, context, started, {
    status: run.aborted ? "aborted" : "ok",
    steps: { planned: n, done: n, unit: "row" },
    network: {
      name: `two classes under ${run.schedule} noise`,
      parameters: 1,
      unit: "component",
      layout: [{ name: "x", shape: [1], offset: 0 }],
    },
    verdict: [
      ...(run.aborted ? ["The run was STOPPED; the sample paths are not complete."] : []),
      found && !forked
        ? `The reverse drift turns outward at 0 below t = ${show(critical.value, 8)} without a fork: the data are wider than the noise, and there is nothing to decide.`
        : found && bimodal.status !== "ok" && spec.width >= spec.centre
          ? `The reverse drift turns outward at 0 below t = ${show(critical.value, 8)}, but the density has ONE PEAK at all times, since the classes are as wide as they lie apart: there is nothing to decide.`
          : found
            ? `The reverse diffusion BREAKS ITS SYMMETRY at t = ${show(critical.value, 8)}: before it (more noise) its drift has one resting point, after it two, and a sample commits itself to a class.`
            : `The reverse diffusion does not break its symmetry between t = ${show(times[0]!)} and ${show(run.end)}: ${critical.explanation}.`,
      bimodal.status === "ok"
        ? `The density itself has two peaks only below t = ${show(bimodal.value, 8)}, which is ${found && bimodal.value < critical.value ? "later in the sampling than" : "not the same as"} the breaking.`
        : "The density has the same number of peaks at all these times.",
      `The probability flow, the deterministic sampler of the same densities, ${forks(run.flowChange)}; its paths never cross, so each start has its class from the beginning.`,
      `Of ${count} samples of the reverse diffusion started at 0, ${percent(right)} ended above 0 (95 % interval ${percent(low!)} to ${percent(high!)}; symmetry asks for 50 %).`,
    ],
    facts: { schedule: run.schedule, centre: spec.centre, width: spec.width, end: run.end },
    answers: [
      answer("critical_time", "time at which the reverse drift breaks its symmetry", critical),
      answer("bimodal_time", "time at which the density becomes bimodal", bimodal),
    ],
    series: seriesFrom(columns, [times, resting]),
    arrays: { paths: { shape: [kept, n], data: paths }, flow_paths: { shape: [starts.length, n], data: flows } },
  });
}
