import type { Status } from "../../core/status.js";
import type { Interpolation } from "../../training/interpolation.js";
import { askInTurn, turnsOf } from "../asking.js";
import type { Answer, Column, NamedArray } from "../conclusion.js";
import { recordOf, seriesOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import type { InputFile } from "../table.js";
import { count, show } from "../words.js";
import type { ExponentRow, MinimumAnswer, MinimumBench, MinimumQuestion } from "./question.js";
import { minimumQuestions } from "./questions/index.js";

const COLUMNS: readonly Column[] = [
  { name: "learning_rate", unit: "step size", description: "step size of SGD" },
  { name: "batch_size", unit: "sample", description: "samples of an SGD step" },
  {
    name: "lambda",
    unit: "nat/step",
    description: "characteristic exponent of SGD at the minimum; NaN where theory gives its sign without it",
  },
  { name: "lambda_error", unit: "nat/step", description: "its standard error" },
  { name: "sign", unit: "1", description: "-1 or 1 where the sign is certain, 0 where it is not" },
];

/** Puts a minimum to its questions, one after the other. */
export async function conduct(
  study: Study,
  minimum: Interpolation,
  files: readonly InputFile[],
  sgd: Pick<MinimumBench, "batchSize" | "sampling" | "loss">,
  context: RunContext,
  started: Date,
): Promise<RunRecord> {
  const found: Status =
    minimum.status === "diverged"
      ? "diverged"
      : minimum.status === "ok" && minimum.regime !== "overdetermined"
        ? "ok"
        : "not-converged";
  const turns = found === "ok" ? turnsOf(study, minimumQuestions as readonly MinimumQuestion[]) : [];
  const bench: MinimumBench = { minimum, gram: minimum.gram(sgd.loss), seed: study.seed, threads: context.threads, ...sgd };
  const { answers, seconds, status } = await askInTurn(
    turns.map((turn) => ({
      ...turn,
      weight: turn.question.weight,
      ask: (breathe, before: ReadonlyMap<string, MinimumAnswer>): Promise<MinimumAnswer> =>
        turn.question.ask(turn.spec, bench, before, breathe),
    })),
    context,
  );
  const stopped = status !== "ok" || context.signal?.aborted;
  return record(study, minimum, files, context, { status: stopped ? "aborted" : found, started, answers, seconds });
}

interface Outcome {
  readonly status: Status;
  readonly started: Date;
  readonly answers: readonly MinimumAnswer[];
  readonly seconds: Readonly<Record<string, number>>;
}

function record(
  study: Study,
  minimum: Interpolation,
  files: readonly InputFile[],
  context: RunContext,
  { status, started, answers, seconds }: Outcome,
): RunRecord {
  const { architecture, theta } = minimum;
  const rows = answers.flatMap((a) => a.rows ?? []);
  const arrays: Record<string, NamedArray> = {
    parameters: { shape: [theta.length], data: theta },
    ...Object.assign({}, ...answers.map((a) => a.arrays ?? {})),
  };
  const done = answers.reduce((n, a) => n + (a.products ?? 0), 0);
  return recordOf(study, context, started, {
    status,
    inputs: files,
    steps: { planned: done, done, unit: "random product" },
    network: { name: architecture.name, parameters: architecture.size, layout: architecture.layout },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
      found(minimum, status),
      ...answers.flatMap((a) => a.sentences),
    ],
    facts: {
      minimumLoss: minimum.loss,
      rank: minimum.rank,
      regime: minimum.regime,
      iterations: minimum.iterations,
      ...Object.assign({}, ...answers.map((a) => a.facts ?? {})),
    },
    answers: [lossOf(minimum), ...answers.flatMap((a) => a.answers)],
    series: seriesOf(COLUMNS, rows.map(numbers)),
    arrays,
    clock: { questions: seconds },
  });
}

const numbers = ({ learningRate, batchSize, exponent: e }: ExponentRow): number[] => [
  learningRate,
  batchSize,
  e.value,
  e.error,
  e.sign === "negative" ? -1 : e.sign === "positive" ? 1 : 0,
];

function found(minimum: Interpolation, status: Status): string {
  const { architecture, data, loss, rank, regime, iterations, explanation } = minimum;
  const equations = data.samples * architecture.outputs;
  const what = `${architecture.name} has ${count(architecture.size, "parameter")} for ${count(equations, "equation")} (${count(data.samples, "sample")}); after ${count(iterations, "Gauss-Newton step")} the loss is ${show(loss)}`;
  if (status === "aborted" && minimum.status !== "ok")
    return `No interpolating minimum was found by then; where the search began: ${what}.`;
  if (status === "not-converged" || status === "diverged")
    return `NO INTERPOLATING MINIMUM to ask about: ${what}${explanation ? `: ${explanation}` : ""}.`;
  return regime === "overparametrised"
    ? `The network passes through all its data: ${what}. The minima near this one form a manifold of dimension ${show(architecture.size - rank, 12)}.`
    : `The network passes through all its data: ${what}${explanation ? `; ${explanation}` : ""}.`;
}

const lossOf = ({ loss, status, tolerance, iterations, explanation }: Interpolation): Answer => ({
  name: "loss",
  label: "loss at the minimum",
  value: loss,
  error: 0,
  unit: "loss",
  status,
  method: `Levenberg-Marquardt in sample space, ${iterations} steps; interpolates below ${tolerance}`,
  sources: ["Levenberg 1944", "Marquardt 1963"],
  cost: {},
  ...(explanation === undefined ? {} : { explanation }),
});
