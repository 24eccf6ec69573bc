import type { Status } from "../../core/status.js";
import type { Column, NamedArray } from "../conclusion.js";
import { StudyError } from "../problem.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count } from "../words.js";
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
  { name: "order_limit", unit: "1", description: "order parameter of infinitely many units on the graph's limit" },
];

const numbers = (r: OrderRow): number[] => [r.graph + 1, r.coupling, r.relative, ...r.up, ...r.down, r.theory];

/** What ends a run in the middle of a question. */
class Stopped extends Error {}

/** Puts a population to its questions, one after the other. */
export async function conduct(study: Study, bench: PopulationBench, context: RunContext, started: Date): Promise<RunRecord> {
  const asked = (populationQuestions as readonly PopulationQuestion[]).filter((q) =>
    study.questions.some((s) => s.type === q.name),
  );
  const answers: PopulationAnswer[] = [];
  const seconds: Record<string, number> = {};
  let status: Status = "ok";
  try {
    for (const [q, question] of asked.entries()) {
      const place = study.questions.findIndex((s) => s.type === question.name);
      const from = performance.now();
      const breathe = async (done: number, note: string): Promise<void> => {
        context.onProgress?.({ done: Math.floor(100 * (q + done)), total: 100 * asked.length, unit: "part", note });
        await new Promise((resolve) => setTimeout(resolve));
        if (context.signal?.aborted) throw new Stopped();
      };
      try {
        answers.push(await question.ask(study.questions[place] as never, bench, breathe));
      } catch (error) {
        if (error instanceof StudyError)
          throw new StudyError(error.problems.map((p) => ({ ...p, path: ["questions", place, ...p.path] })));
        if (error instanceof RangeError) throw new StudyError([{ path: ["questions", place], message: error.message }]);
        throw error;
      }
      seconds[question.name] = (performance.now() - from) / 1000;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    status = "aborted";
  }
  context.onProgress?.({ done: 100 * asked.length, total: 100 * asked.length, unit: "part", note: "" });
  const rows = answers.flatMap((a) => a.rows ?? []);
  const arrays: Record<string, NamedArray> = Object.assign({}, ...answers.map((a) => a.arrays ?? {}));
  const steps = answers.reduce((s, a) => s + a.steps, 0);
  const { output: _, ...question } = study;
  const finished = new Date();
  return {
    manifest: {
      format: "separatrix-run/1",
      title: study.title,
      status,
      seed: study.seed,
      study: question,
      versions: { separatrix: context.version },
      inputs: [],
      steps: { planned: steps, done: steps, unit: "time step" },
      network: {
        name: `Kuramoto oscillators on ${count(bench.graphs.length, "graph")}`,
        parameters: bench.units,
        unit: "unit",
        layout: [{ name: "phases", shape: [bench.units], offset: 0 }],
      },
      verdict: [
        ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
        `Oscillators with ${bench.density.name} frequencies on ${count(bench.graphs.length, "graph")}; theory is that of infinitely many on the graph's limit.`,
        ...answers.flatMap((a) => a.sentences),
      ],
      facts: Object.assign({}, ...answers.map((a) => a.facts ?? {})),
      answers: answers.flatMap((a) => a.answers),
      series: COLUMNS,
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: "f64" as const }])),
    },
    series: COLUMNS.map((column, i) => ({ ...column, values: Float64Array.from(rows, (row) => numbers(row)[i]!) })),
    arrays,
    clock: {
      started: started.toISOString(),
      finished: finished.toISOString(),
      threads: context.threadCount,
      total: (finished.getTime() - started.getTime()) / 1000,
      questions: seconds,
    },
  };
}
