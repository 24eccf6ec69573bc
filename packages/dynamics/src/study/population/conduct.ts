import type { NearestFrequencies } from "../../limits/nearest-frequencies.js";
import { askInTurn, turnsOf } from "../asking.js";
import type { Column, NamedArray } from "../conclusion.js";
import { recordOf, seriesOf, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count, show } from "../words.js";
import type { OrderRow, PopulationAnswer, PopulationBench, PopulationQuestion } from "./question.js";
import { populationQuestions } from "./questions/index.js";

const COLUMNS: readonly Column[] = [
  { name: "graph", unit: "1", description: "number of the graph, from 1" },
  { name: "coupling", unit: "coupling", description: "coupling K" },
  { name: "relative_coupling", unit: "1", description: "K over the predicted critical coupling of the graph" },
  { name: "order_up", unit: "1", description: "mean order parameter, coupling raised from an incoherent start" },
  { name: "order_up_deviation", unit: "1", description: "its standard deviation in time" },
  { name: "order_down", unit: "1", description: "mean order parameter, coupling lowered from a coherent start" },
  { name: "order_down_deviation", unit: "1", description: "its standard deviation in time" },
  {
    name: "order_limit",
    unit: "1",
    description: "order parameter of infinitely many units on the graph's limit, coupling raised",
  },
  { name: "order_limit_down", unit: "1", description: "the same, coupling lowered" },
  {
    name: "growth_limit",
    unit: "1/time",
    description: "rate at which order grows out of incoherence in the limit; empty where there is no such rate",
  },
];

const numbers = (r: OrderRow): number[] => [r.graph + 1, r.coupling, r.relative, ...r.up, ...r.down, ...r.theory, r.growth];

/** Whether frequencies of a file look like the density that theory takes for them. */
function lookOf({ frequencies, center, width, distance, usual }: NearestFrequencies): string {
  return `The frequencies of the file are taken for ${frequencies.name} ones of center ${show(center)} and width ${show(width)}: the shares below a frequency differ by ${show(distance, 2)}${distance <= usual ? `, by chance up to ${show(usual, 2)}` : `, which is MORE than the ${show(usual, 2)} of chance: theory is that of another population`}.`;
}

/** Puts a population to its questions, one after the other. */
export async function conduct(study: Study, bench: PopulationBench, context: RunContext, started: Date): Promise<RunRecord> {
  const { answers, seconds, status } = await askInTurn(
    turnsOf(study, populationQuestions as readonly PopulationQuestion[]).map((turn) => ({
      ...turn,
      weight: 1,
      check: () => turn.question.check?.(turn.spec, bench),
      ask: (breathe): Promise<PopulationAnswer> => turn.question.ask(turn.spec, bench, breathe),
    })),
    context,
  );
  const rows = answers.flatMap((a) => a.rows ?? []);
  const arrays: Record<string, NamedArray> = Object.assign({}, ...answers.map((a) => a.arrays ?? {}));
  const steps = answers.reduce((s, a) => s + a.steps, 0);
  return recordOf(study, context, started, {
    status,
    inputs: bench.files,
    steps: { planned: steps, done: steps, unit: "time step" },
    network: {
      name: `Kuramoto oscillators on ${count(bench.graphs.length, "graph")}`,
      parameters: bench.units,
      unit: "unit",
      layout: [{ name: "phases", shape: [bench.units], offset: 0 }],
    },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
      `${bench.density ? `Oscillators with ${bench.density.name} frequencies` : "Identical oscillators"}${bench.noise > 0 ? ` and noise D = ${show(bench.noise)}` : ""} on ${count(bench.graphs.length, "graph")}; theory is that of infinitely many on the graph's limit.`,
      ...(bench.nearest ? [lookOf(bench.nearest)] : []),
      ...answers.flatMap((a) => a.sentences),
    ],
    facts: Object.assign({}, ...answers.map((a) => a.facts ?? {})),
    answers: answers.flatMap((a) => a.answers),
    series: seriesOf(COLUMNS, rows.map(numbers)),
    arrays,
    clock: { questions: seconds },
  });
}
