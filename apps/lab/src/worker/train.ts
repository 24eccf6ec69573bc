import { buildTraining, edgeOfStability, eigenpairs, parseStudy, StudyError, type Bench, type TrainingSpec } from "#dynamics";
import { threads as startThreads } from "#engine";
import type { Host, Work } from "./protocol/jobs.js";
import type { LiveFrame, LiveInput, LiveStart, RateChange } from "./protocol/train.js";
import { sha256 } from "../parts/sha256.js";
import { reader } from "./read-table.js";
import { cellsOf, tilesOf } from "./weights.js";

/** Milliseconds of computing between two looks at the messages, and between two pictures. */
const SLICE = 25;
const FRAME = 50;
const MOST_STEPS = 2_000_000;
const CELLS = { line: 160, square: 48 };

/** A run at work: what steps and measures. It is built anew when the learning rate changes, and goes on from the same state. */
interface Live {
  readonly bench: Bench;
  readonly learningRate: number;
}

/**
 * A training study run live: played, paused, stepped, its learning rate changed on the way.
 *
 * The state after n steps depends on the study and the changes alone, not on how it was played: measurements fall on fixed steps and
 * look at the state without touching it.
 */
export const train: Work<"train"> = async (input, host) => {
  const { study, locate } = parseStudy(input.text, "study.yaml");
  if (study.system.kind !== "training")
    throw new Error(`a study of kind ${study.system.kind} was given; the training bench plays studies of kind training`);
  try {
    const spec = study.system as unknown as TrainingSpec;
    const pool = await startThreads(1);
    const build = async (learningRate: number): Promise<Live> => ({
      learningRate,
      bench: await buildTraining(
        { ...spec, optimizer: { ...spec.optimizer, learningRate } },
        { seed: study.seed, read: reader(input.files), threads: pool },
      ),
    });
    const every = (study.questions as readonly { type: string; every?: number }[]).find((q) => q.type === "sharpness")?.every;
    return await play(input, host, build, await build(spec.optimizer.learningRate), every ?? 10);
  } catch (error) {
    throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
  }
};

async function play(
  { until, changes }: LiveInput,
  host: Host<"train">,
  build: (learningRate: number) => Promise<Live>,
  first: Live,
  every: number,
): Promise<null> {
  let live = first;
  const { data } = live.bench;
  const view = viewOf(data.train.inputs, data.inputs);
  const grid = view && gridOf(view, data.outputs);
  const tiles = tilesOf(live.bench.run.architecture.layout);
  host.news(startOf(live.bench, every, view, tiles));

  const planned: RateChange[] = changes.toSorted((a, b) => a.at - b.at);
  const heard: { rate?: number; steps: number } = { steps: 0 };
  let [playing, speed, target] = [false, Infinity, Math.min(until, MOST_STEPS)];
  let wake = (): void => undefined;
  host.onOrder((order) => {
    if (order.playing !== undefined) playing = order.playing;
    if (order.speed !== undefined) speed = order.speed;
    if (order.steps !== undefined) heard.steps += order.steps;
    if (order.learningRate !== undefined) heard.rate = order.learningRate;
    wake();
  });

  const eigen = leading(2);
  const applied: RateChange[] = [];
  const curvature = { time: [] as number[], sharpness: [] as number[] };
  let losses: number[] = [];
  let measured: number[] = [];
  let from = 0;
  let status = "ok";
  let seen = { loss: NaN, accuracy: NaN };
  let rate = { steps: 0, since: performance.now(), value: 0 };

  const measure = (): void => {
    const { run } = live.bench;
    const pairs = eigen(run);
    measured.push(run.time, pairs.value[0]!, pairs.error[0]!, pairs.value[1] ?? NaN, run.optimizer.thresholdAt(run.time));
    curvature.time.push(run.time);
    curvature.sharpness.push(pairs.value[0]!);
  };
  const step = (): void => {
    if (live.bench.run.time % every === 0 && curvature.time.at(-1) !== live.bench.run.time) measure();
    const look = live.bench.look();
    seen = look;
    losses.push(look.loss);
    status = look.status;
    rate.steps++;
  };
  const change = async (learningRate: number): Promise<void> => {
    const { state, time } = live.bench.run;
    const [kept, at] = [state.slice(), time];
    applied.push({ at, learningRate });
    live = await build(learningRate);
    live.bench.run.reset(kept, at);
    curvature.time.length = curvature.sharpness.length = 0;
  };
  const changeAsPlanned = async (): Promise<void> => {
    while (planned[0] && planned[0].at <= live.bench.run.time) await change(planned.shift()!.learningRate);
  };
  const frame = (): LiveFrame => {
    const { run } = live.bench;
    const now = performance.now();
    if (now - rate.since > 400) rate = { steps: 0, since: now, value: (1000 * rate.steps) / (now - rate.since) };
    const threshold = run.optimizer.thresholdAt(run.time);
    const verdict = curvature.time.length > 0 ? edgeOfStability(curvature, { threshold }) : undefined;
    const picture = grid && status === "ok" ? run.evaluate(grid).predictions : null;
    const news: LiveFrame = {
      kind: "frame",
      from,
      losses: Float64Array.from(losses),
      measured: Float64Array.from(measured),
      time: run.time,
      loss: seen.loss,
      accuracy: seen.accuracy,
      learningRate: live.learningRate,
      changes: [...applied],
      threshold,
      regime: verdict?.regime ?? "unknown",
      ratio: verdict?.ratio ?? NaN,
      picture,
      weights: cellsOf(run.parameters, tiles),
      playing: playing || run.time < target,
      status,
      stepsPerSecond: rate.value,
      digest: playing || run.time < target ? null : digestOf(run.parameters),
    };
    from += losses.length;
    [losses, measured] = [[], []];
    return news;
  };

  measure();
  await changeAsPlanned();
  host.news(frame());
  let [owed, last, drawn] = [0, performance.now(), 0];
  // Whether the page has not yet been told where the run came to rest.
  let moved = false;
  for (;;) {
    const { time } = live.bench.run;
    await changeAsPlanned();
    const { rate: wanted } = heard;
    if (wanted !== undefined && time >= target) {
      delete heard.rate;
      await change(wanted);
      moved = true;
    }
    const replaying = time < target;
    if (!replaying && !playing && heard.steps === 0) {
      if (moved) host.news(frame());
      moved = false;
      await new Promise<void>((resolve) => (wake = resolve));
      last = performance.now();
      continue;
    }
    const began = performance.now();
    owed =
      replaying || speed === Infinity
        ? Infinity
        : Math.min(owed === Infinity ? 0 : owed, speed) + (speed * (began - last)) / 1000;
    last = began;
    if (heard.steps > 0 && !replaying && !playing) {
      owed = heard.steps;
      heard.steps = 0;
    }
    while (owed >= 1 && status === "ok" && live.bench.run.time < MOST_STEPS && performance.now() - began < SLICE) {
      const { run } = live.bench;
      if (replaying && run.time >= target) break;
      if (planned[0] && planned[0].at <= run.time) await changeAsPlanned();
      step();
      owed--;
    }
    if (status !== "ok" || live.bench.run.time >= MOST_STEPS) {
      playing = false;
      target = 0;
      heard.steps = 0;
    }
    moved = true;
    if (status !== "ok" || performance.now() - drawn > FRAME) {
      drawn = performance.now();
      host.news(frame());
    }
    if (owed < 1) await new Promise((resolve) => setTimeout(resolve, 12));
    else await host.breathe();
    if (status !== "ok") return null;
  }
}

const digestOf = (x: Float64Array): string => sha256(new Uint8Array(x.slice().buffer));

/** The k leading eigenpairs that the optimizer's threshold bounds, each time from where the last ended. */
function leading(k: number) {
  let warm: Float64Array | undefined;
  return (run: Bench["run"]) => {
    const pairs = eigenpairs(run.effectiveHessian(k), {
      k: Math.min(k, run.parameters.length),
      tolerance: 0.02,
      maxProducts: (warm ? 4 : 30) * k,
      ...(warm ? { warm } : {}),
    });
    if (pairs.status !== "diverged") warm = pairs.vectors;
    return pairs;
  };
}

function startOf(
  { run, data, steps, optimizer }: Bench,
  every: number,
  view: LiveStart["view"],
  tiles: LiveStart["tiles"],
): LiveStart {
  return {
    kind: "start",
    network: run.architecture.name,
    parameters: run.architecture.size,
    optimizer: optimizer.type,
    every,
    planned: steps,
    inputs: data.inputs,
    outputs: data.outputs,
    view,
    samples: view ? { inputs: Float64Array.from(data.train.inputs), targets: Float64Array.from(data.train.targets) } : null,
    preconditioned: run.optimizer.preconditioner !== undefined,
    tiles,
  };
}

/** The box about the data with a margin, where they have one or two coordinates. */
function viewOf(inputs: ArrayLike<number>, width: number): LiveStart["view"] {
  if (width > 2) return null;
  const [from, to]: [number[], number[]] = [[], []];
  for (let j = 0; j < width; j++) {
    const values = Array.from(inputs).filter((_, i) => i % width === j);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const margin = 0.12 * (most - least || 1);
    from.push(least - margin);
    to.push(most + margin);
  }
  return { from, to, cells: width === 1 ? CELLS.line : CELLS.square };
}

/** The points of a view as a data set without targets, row by row from below. */
function gridOf({ from, to, cells }: NonNullable<LiveStart["view"]>, outputs: number) {
  const at = (j: number, i: number): number => from[j]! + ((to[j]! - from[j]!) * (i + 0.5)) / cells;
  const rows = from.length === 1 ? 1 : cells;
  const inputs = Array.from({ length: rows * cells }, (_, i) =>
    from.length === 1 ? [at(0, i)] : [at(0, i % cells), at(1, Math.floor(i / cells))],
  ).flat();
  return { samples: rows * cells, inputs, targets: new Float64Array(rows * cells * outputs) };
}
