import type { Status } from "../../core/status.js";
import type { Architecture } from "../../networks/architecture.js";
import type { NamedArray } from "../conclusion.js";
import { recordOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { StudyData } from "../table.js";
import type { PropagationAnswer } from "./question.js";

interface Outcome {
  readonly network: Architecture;
  readonly theta: Float64Array;
  readonly data: StudyData | undefined;
  readonly status: Status;
  readonly sentences: readonly string[];
  readonly answers: readonly PropagationAnswer[];
  readonly planned: number;
  readonly done: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly started: Date;
  readonly context: RunContext;
}

/** What was asked of the signal in a network, as a run's record. */
export function record(study: Study, outcome: Outcome): RunRecord {
  const { network, theta, data, status, sentences, answers, planned, done, seconds, started, context } = outcome;
  const arrays: Record<string, NamedArray> = {
    parameters: { shape: [theta.length], data: theta },
    ...Object.assign({}, ...answers.map((a) => a.arrays ?? {})),
  };
  const series = answers.flatMap((a) => a.series ?? []);
  return recordOf(study, context, started, {
    status,
    inputs: data?.files ?? [],
    steps: { planned, done, unit: "grid point" },
    network: { name: network.name, parameters: network.size, layout: network.layout },
    verdict: [...sentences, ...answers.flatMap((a) => a.sentences)],
    facts: Object.assign({}, ...answers.map((a) => a.facts ?? {})),
    answers: answers.flatMap((a) => a.answers),
    series,
    arrays,
    clock: { questions: seconds },
  });
}
