import { scalarMath } from "#engine";
import { convergenceRate, type ConvergenceRate } from "../../limits/convergence-rate.js";
import { askInTurn } from "../asking.js";
import type { Answer, Column, NamedArray } from "../conclusion.js";
import { overRuns } from "../over-runs.js";
import { refuse, StudyError } from "../problem.js";
import { recordOf, seriesOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { show, withError } from "../words.js";
import type { Beside, Growing, Measure, Picture, PopulationEntry } from "./growing.js";
import type { Question } from "./system.js";

const COLUMNS: readonly Column[] = [
  { name: "measure", unit: "1", description: "number of the distance, from 1" },
  { name: "units", unit: "unit", description: "number of units n" },
  { name: "distance", unit: "1", description: "distance from the limit, over all runs" },
  { name: "distance_error", unit: "1", description: "its standard error, from the scatter of the runs" },
  { name: "fitted", unit: "1", description: "the fitted power law" },
  { name: "predicted", unit: "1", description: "a power law with the predicted exponent, through the middle of the distances" },
];

/** All sizes of one measure. */
interface Found {
  readonly measure: Measure;
  readonly distances: readonly number[];
  readonly errors: readonly number[];
  readonly rate: ConvergenceRate;
}

/** Runs all sizes and reports how the distances fall. */
export async function conduct(
  entry: PopulationEntry,
  spec: unknown,
  study: Study,
  context: RunContext,
  started: Date,
): Promise<RunRecord> {
  const { sizes, runs } = study.questions[0] as unknown as Question;
  if (new Set(sizes).size < 3)
    refuse(["questions", 0, "sizes"], `${sizes.join(", ")} given; give at least three different sizes`);
  if (typeof runs !== "number" && runs.length !== sizes.length)
    refuse(
      ["questions", 0, "runs"],
      `${runs.length} numbers of runs given for ${sizes.length} sizes; give one number, or one for each size`,
    );
  const growing = await at(["system", "population"], async () =>
    entry.grow(spec as never, { read: context.read, threads: context.threads, seed: study.seed }),
  );
  const { answers, seconds, status, done } = await askInTurn<{ found: Found[]; beside: Beside }>(
    [
      {
        name: "convergence-report",
        place: 0,
        weight: sizes.length,
        async ask(breathe) {
          const found = await measureAll(
            growing,
            sizes,
            typeof runs === "number" ? sizes.map(() => runs) : runs,
            study.seed,
            breathe,
          );
          await breathe(1, "what else there is to say");
          return { found, beside: growing.beside?.(sizes, study.seed) ?? { answers: [], sentences: [] } };
        },
      },
    ],
    context,
  );
  const [answer] = answers;
  const found = answer?.found ?? [];
  const beside = answer?.beside ?? { answers: [], sentences: [] };
  const pictures = beside.pictures ?? [];
  return recordOf(study, context, started, {
    status,
    steps: { planned: sizes.length, done, unit: "size" },
    network: { name: growing.name, parameters: Math.max(...sizes), unit: growing.unit, layout: [] },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED before it had an answer."] : []),
      `${growing.name}, from ${sizes[0]} to ${sizes.at(-1)} ${growing.unit}s, beside the limit: ${growing.limit}.`,
      ...found.map((f) => capital(sentence(f))),
      ...beside.sentences,
    ],
    facts: {
      ...beside.facts,
      ...Object.fromEntries(pictures.map((p, i) => [`picture_${i + 1}`, frameOf(p)])),
    },
    answers: [...found.flatMap(answersOf), ...beside.answers],
    series: seriesOf(
      COLUMNS,
      found.flatMap((f, m) => rowsOf(f, sizes, m)),
    ),
    arrays: { ...beside.arrays, ...Object.assign({}, ...pictures.map(arraysOf)) },
    clock: { questions: seconds },
  });
}

/** What a population refuses is the fault of that place in the study. */
async function at<T>(path: readonly string[], make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof StudyError) throw new StudyError(error.problems.map((p) => ({ ...p, path: [...path, ...p.path] })));
    if (error instanceof RangeError) refuse(path, error.message);
    throw error;
  }
}

async function measureAll(
  growing: Growing,
  sizes: readonly number[],
  runs: readonly number[],
  seed: number,
  breathe: (share: number, note: string) => Promise<void>,
): Promise<Found[]> {
  const { measures } = growing;
  const certain = measures.every((m) => m.certain);
  const distances = measures.map((): number[] => []);
  const errors = measures.map((): number[] => []);
  for (const [s, n] of sizes.entries()) {
    const squares: number[][] = measures.map(() => []);
    const trials = certain ? 1 : runs[s]!;
    for (let run = 0; run < trials; run++) {
      await breathe((s + run / trials) / sizes.length, `${n} ${growing.unit}s, run ${run + 1}`);
      // Whole thousands apart: populations take further streams of their seed.
      growing.sample(n, seed + 1000 * (run + 1)).forEach((d, m) => squares[m]!.push(d * d));
    }
    squares.forEach((all, m) => {
      const { value, error } = overRuns(all, measures[m]!.average);
      distances[m]!.push(value);
      errors[m]!.push(error);
    });
  }
  return measures.map((measure, m) => ({
    measure,
    distances: distances[m]!,
    errors: errors[m]!,
    rate: convergenceRate(sizes, distances[m]!, errors[m]!),
  }));
}

/** An interval that holds an exponent this far from theory's, the distance between laws that are common, does not tell them apart. */
const APART = 0.5;

/**
 * Whether theory and measurement fit: within the 95 % interval, a hundredth wider for what is a power law only in the limit. An interval that would agree with
 * another law as well tells nothing.
 */
function judgement({ measure: { predicted, relation, slack = 0.01 }, rate }: Found): string {
  const [low, high] = rate.interval;
  const bound = relation === "at-most";
  if (low > predicted + slack || (!bound && high < predicted - slack)) return "which is NOT what was measured";
  if (high < predicted + APART && (bound || low > predicted - APART)) return "which agrees";
  return `UNDECIDED: the 95 % interval, ${show(low, 3)} to ${show(high, 3)}, is too wide to tell; more sizes make it narrower, and more runs`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const power = (exponent: number): string => `n^(${show(exponent, 3)})`;
const theory = ({ predicted, relation }: Measure): string => `${relation === "equal" ? "" : "at most "}${power(predicted)}`;

function sentence(found: Found): string {
  const { measure, distances, rate } = found;
  if (rate.status !== "ok") return `${measure.label}: NO RATE: ${rate.explanation ?? ""}.`;
  return `${measure.label}: from ${show(distances[0]!, 3)} to ${show(distances.at(-1)!, 3)}, like n^(${rate.error > 1e-3 ? withError(rate.value, rate.error) : show(rate.value, 4)}); theory: ${theory(measure)} (${measure.reason}), ${judgement(found)}.`;
}

function answersOf({ measure, rate }: Found): Answer[] {
  const { name, label, predicted, relation, reason, sources, average } = measure;
  return [
    {
      ...rate,
      // Rounding is no error bar worth showing.
      error: rate.error < 1e-12 ? 0 : rate.error,
      name: `rate_${name}`,
      label: `measured exponent of n: ${label}`,
      method: `${rate.method} of the ${average.replaceAll("-", " ")} over runs; standard error of the slope`,
      sources,
    },
    {
      name: `predicted_${name}`,
      label: `predicted exponent of n${relation === "equal" ? "" : ", at most"}: ${label}`,
      value: predicted,
      error: 0,
      unit: "1",
      status: "ok",
      method: reason,
      sources,
      cost: {},
    },
  ];
}

function rowsOf({ measure, distances, errors, rate }: Found, sizes: readonly number[], m: number): number[][] {
  const logs = distances.map((d, i) => scalarMath.log(d) - measure.predicted * scalarMath.log(sizes[i]!));
  const middle = scalarMath.exp(logs.reduce((a, b) => a + b, 0) / sizes.length);
  return sizes.map((n, i) => [
    m + 1,
    n,
    distances[i]!,
    errors[i]!,
    rate.factor * scalarMath.pow(n, rate.value),
    middle * scalarMath.pow(n, measure.predicted),
  ]);
}

/** Titles and labels of a picture, for whoever draws it from the record. */
function frameOf({ curves, ...frame }: Picture): string {
  return JSON.stringify({ ...frame, curves: curves.map(({ name, dots = false }) => ({ name, dots })) });
}

const arraysOf = ({ name, curves }: Picture): Record<string, NamedArray> =>
  Object.fromEntries(
    curves.map(({ x, y }, i) => [
      `${name}_${i + 1}`,
      { shape: [2, x.length], data: Float64Array.from([...Array.from(x), ...Array.from(y)]) },
    ]),
  );
