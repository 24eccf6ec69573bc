import { fillNormal, random } from "../../core/random.js";
import type { Status } from "../../core/status.js";
import type { Bench } from "./bench.js";
import { explainDivergence } from "./divergence.js";
import { attach } from "./attach.js";
import type { Answer, Column, NamedArray } from "../conclusion.js";
import type { SharpnessAsker } from "./questions/sharpness.js";
import { recordOf, seriesOf, type Manifest, type RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { show } from "../words.js";
import { earlier, filesOf, type TrainingMemory } from "./memory.js";
import { news } from "./news.js";
import { stopwatch } from "./stopwatch.js";

/** A final loss this many times the first is no training. */
const GROWN = 1000;
/** Rows where no question says how many. */
const DEFAULT_ROWS = 200;
const TANGENT_STREAM = 1_000_001;

const STEP: Column = { name: "step", unit: "step", description: "optimizer steps done" };
const LOSS: Column = { name: "loss", unit: "loss", description: "loss on the training samples" };

/** The run itself: moves the system, calls the questions when they are due, and collects what they say. */
export async function drive(study: Study, bench: Bench, context: RunContext): Promise<RunRecord> {
  const { run, steps } = bench;
  const askers = attach(study, bench);
  const all = [...askers.values()];
  const columns = [STEP, LOSS, ...all.flatMap((a) => a.columns ?? [])];
  const rows: number[][] = [];
  const initial = run.state.slice();
  const kept = run.state.slice();
  const tangents = all.reduce((k, a) => Math.max(k, a.tangents ?? 0), 0);
  const before = earlier(context, bench, { tangents, columns: columns.length, askers });
  const started = before?.started ?? new Date().toISOString();
  const time = stopwatch(before?.spent);

  const riding = tangents > 0 ? run.tangent(tangents) : undefined;
  if (riding) fillNormal(riding.tangents, random(study.seed, TANGENT_STREAM));
  const mover = riding ?? run;
  const rowEvery = all.some((a) => a.every && a.rows !== false) ? Infinity : Math.ceil(steps / DEFAULT_ROWS);
  const cadences = [rowEvery, ...all.map((a) => a.every ?? Infinity)];
  const due = (every: number, at: number, last: boolean): boolean => last || at % every === 0;

  /** Everything that is due at the present state. Where nothing rides along, the observing step is the run's own next step. */
  const visit = (at: number, last: boolean): Status => {
    kept.set(mover.state);
    for (const asker of all) if (riding && asker.along && due(asker.every!, at, last)) asker.along(riding.tangents, at);
    const measuring = [...askers].filter(([, a]) => a.every && a.rows !== false && due(a.every, at, last));
    if (measuring.length === 0 && !due(rowEvery, at, last)) return "ok";
    if (riding) run.reset(kept, at);
    for (const [name, asker] of measuring) time.question(name, () => asker.measure?.(at));
    const { status, loss } = time.observe(() => bench.look(), riding === undefined);
    const row = [at, loss, ...all.flatMap((a) => a.values?.(at) ?? [])];
    rows.push(row);
    context.onProgress?.({
      done: at,
      total: steps,
      unit: "step",
      note: news(columns, row, run.optimizer.threshold),
    });
    return riding ? "ok" : status;
  };

  let status: Status = "ok";
  let at = 0;
  if (before) {
    at = before.at;
    mover.reset(before.state, before.time);
    riding?.tangents.set(before.tangents!);
    kept.set(before.kept);
    for (let i = 0; i < before.rows.length; i += columns.length)
      rows.push(Array.from(before.rows.subarray(i, i + columns.length)));
  }
  /** The host's turn; and, when it is time for it, all that the run carries is put away. */
  const pause = async (): Promise<void> => {
    await time.breathe();
    if (!context.checkpoints?.due()) return;
    await context.checkpoints.save({
      inputs: filesOf(bench),
      at,
      time: mover.time,
      state: mover.state.slice(),
      tangents: riding?.tangents.slice() ?? null,
      kept: kept.slice(),
      rows: Float64Array.from(rows.flat()),
      askers: Object.fromEntries([...askers].map(([name, asker]) => [name, asker.remember()])),
      started,
      spent: time.spent(),
    } satisfies TrainingMemory);
  };

  // A run that goes on has made its visit at this time already.
  for (let visited = before !== undefined; ; visited = false) {
    const aborted = context.signal?.aborted ?? false;
    const last = !visited && (aborted || at >= steps);
    if (!visited) status = visit(at, last);
    if (status !== "ok") break;
    if (last) {
      status = aborted && at < steps ? "aborted" : "ok";
      break;
    }
    if (!visited) await pause();
    const next = Math.min(steps, ...cadences.map((every) => (Math.floor(at / every) + 1) * every));
    while (status === "ok" && mover.time < next && !context.signal?.aborted) {
      const stretch = Math.min(next - mover.time, time.stretch());
      status = time.move(stretch, () => mover.step(stretch));
      if (status === "ok") await pause();
    }
    at = mover.time;
    if (status !== "ok") break;
  }
  if (status !== "diverged") run.reset(kept, at);

  const answers = new Map<string, Answer>();
  const conclusions = all.map((asker) => {
    const conclusion = asker.conclude({ status, time: at, answers });
    for (const answer of conclusion.answers) answers.set(answer.name, answer);
    return conclusion;
  });
  const lossRows = rows.map(([t, loss]) => ({ time: t!, loss: loss! }));
  const failure =
    status === "diverged"
      ? explainDivergence(bench, at, lossRows, bench.learningRate, askers.get("sharpness") as SharpnessAsker | undefined, initial)
      : undefined;
  const opening =
    failure?.sentences ??
    grown(lossRows) ??
    (status === "aborted" ? [`The run was STOPPED at step ${at} of ${steps}; what follows holds up to there.`] : []);
  const size = run.parameters.length;
  const parameters = kept.slice(0, size);
  const statistics = kept.slice(size, run.network.parameters.length);
  const arrays: Record<string, NamedArray> = {
    parameters_initial: { shape: [parameters.length], data: initial.slice(0, parameters.length) },
    parameters: { shape: [parameters.length], data: parameters },
    ...(statistics.length > 0 ? { running_statistics: { shape: [statistics.length], data: statistics } } : {}),
    ...Object.assign({}, ...conclusions.map((c) => c.arrays ?? {})),
  };
  return recordOf(study, context, new Date(started), {
    status,
    inputs: bench.data.files,
    steps: { planned: steps, done: at, unit: "step" },
    network: {
      name: run.architecture.name,
      parameters: run.architecture.size,
      layout: run.network.architecture.layout,
    },
    verdict: [...opening, ...conclusions.flatMap((c) => c.sentences)],
    facts: Object.assign({}, ...conclusions.map((c) => c.facts ?? {}), failure?.facts ?? {}) as Manifest["facts"],
    answers: [finalLoss(lossRows, status), ...answers.values()],
    series: seriesOf(columns, rows),
    arrays,
    clock: {
      ...time.result(at, riding !== undefined),
      pieces: Object.assign({}, ...conclusions.map((c) => c.seconds ?? {})) as Record<string, number>,
    },
  });
}

/** A run that was cut off while its loss grew has finite parameters, and still did not train. */
function grown(rows: readonly { readonly loss: number }[]): string[] | undefined {
  const [first, last] = [rows[0]?.loss ?? NaN, rows.at(-1)?.loss ?? NaN];
  return last > GROWN * first
    ? [
        `The loss GREW from ${show(first)} to ${show(last)}: the run was cut off while it diverged, and what follows describes such a state.`,
      ]
    : undefined;
}

function finalLoss(rows: readonly { readonly time: number; readonly loss: number }[], status: Status): Answer {
  const last = rows.at(-1);
  return {
    name: "loss",
    label: `training loss at step ${last?.time ?? 0}`,
    value: last?.loss ?? NaN,
    error: 0,
    unit: "loss",
    status,
    method: "exact, up to rounding",
    sources: [],
    cost: {},
  };
}
