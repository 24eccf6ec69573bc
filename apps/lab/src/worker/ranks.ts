import { buildTraining, parseStudy, StudyError, type Bench, type TrainingSpec } from "#dynamics";
import { threads as startThreads } from "#engine";
import { sha256 } from "../parts/sha256.js";
import { historyOf, layersOf, numbersOf, type LayersAsked } from "./layers-seen.js";
import { neuronOf } from "./neuron.js";
import type { Host, Work } from "./protocol/jobs.js";
import { MOST_STEPS, type LayersSeen, type RanksInput } from "./protocol/ranks.js";
import { reader } from "./read-table.js";

/** Milliseconds of computing between two looks at the messages, and between two pictures. */
const SLICE = 25;
const FRAME = 80;

interface Asking {
  readonly type: string;
  readonly every?: number;
  readonly samples?: number;
  readonly pairs?: number;
}

/**
 * The layers of a network in training, live: how much order they keep and how steeply they rank the samples by class.
 *
 * What is told after n steps depends on the study, n and the threshold alone: measurements fall on fixed steps, and on the step where the run rests.
 */
export const ranks: Work<"ranks"> = async (input, host) => {
  const { study, locate } = parseStudy(input.text, "study.yaml");
  if (study.system.kind !== "training")
    throw new Error(`a study of kind ${study.system.kind} was given; this bench shows studies of kind training`);
  const spec = study.system as unknown as TrainingSpec;
  const asking = (type: string): Asking => {
    const found = (study.questions as readonly Asking[]).find((q) => q.type === type);
    if (!found) throw new Error(`the study does not ask for ${type}`);
    return found;
  };
  const [order, slopes] = [asking("order-preservation"), asking("rank-slopes")];
  const asked = { every: order.every!, samples: { order: order.samples!, ranks: slopes.samples! }, pairs: order.pairs! };
  try {
    const bench = await buildTraining(spec, { seed: study.seed, read: reader({}), threads: await startThreads(1) });
    return await play(input, host, bench, asked, spec.architecture.activation);
  } catch (error) {
    throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
  }
};

async function play(
  { until, threshold: first }: RanksInput,
  host: Host<"ranks">,
  bench: Bench,
  asked: LayersAsked,
  activation: string,
): Promise<null> {
  const { run, data } = bench;
  const { every } = asked;
  const layers = layersOf(bench, asked);
  const history = historyOf(every);
  host.news({
    kind: "start",
    network: run.architecture.name,
    parameters: run.architecture.size,
    classes: data.outputs,
    samples: layers.samples,
    // One unit alone keeps the order of its fields if its activation never falls.
    monotone: neuronOf({ activation, weights: [1, 0], spread: 8 }).reversed === 0,
  });

  let [playing, speed, target, single] = [false, Infinity, Math.min(until, MOST_STEPS), 0];
  let threshold = first;
  let wake = (): void => undefined;
  host.onOrder((order) => {
    playing = order.playing ?? playing;
    if (order.playing === false) target = 0;
    speed = order.speed ?? speed;
    single += order.steps ?? 0;
    threshold = order.threshold ?? threshold;
    wake();
  });

  let seen: LayersSeen | undefined;
  let judged = first;
  let status = "ok";
  /** The measurement of the present step. */
  const see = (): void => {
    if (seen?.at !== run.time) {
      seen = layers.look(threshold);
      judged = threshold;
    }
    if (run.time % every === 0) history.add(seen);
  };
  const tell = (rests: boolean): void => {
    const rows = history.flat();
    host.news({
      kind: "frame",
      time: run.time,
      // Not while it takes single steps: the button that takes them stays as it is.
      playing: !rests && (playing || run.time < target),
      status,
      seen: seen ?? null,
      history: rows,
      digest: rests && seen ? { state: digestOf(run.parameters), drawn: digestOf(numbersOf(seen, rows)) } : null,
    });
  };

  // Whether the page has not yet been told how things stand.
  let moved = true;
  let [owed, last, drawn] = [0, performance.now(), 0];
  for (;;) {
    if (judged !== threshold && seen) {
      seen = { ...seen, orders: layers.judge(threshold) };
      judged = threshold;
      moved = true;
    }
    const replaying = run.time < target;
    if (!replaying && !playing && single === 0) {
      if (moved) {
        see();
        tell(true);
      }
      moved = false;
      await new Promise<void>((resolve) => (wake = resolve));
      last = performance.now();
      continue;
    }
    moved = true;
    const began = performance.now();
    const free = replaying || (playing && speed === Infinity);
    if (free) owed = Infinity;
    else if (playing) owed = Math.min(owed === Infinity ? 0 : owed, speed) + (speed * (began - last)) / 1000;
    else owed = single;
    last = began;
    while (owed >= 1 && status === "ok" && run.time < MOST_STEPS && performance.now() - began < SLICE) {
      if (replaying && run.time >= target) break;
      if (run.time % every === 0) see();
      status = run.step(1);
      owed--;
    }
    if (status !== "ok") {
      // There is nothing to be measured any more; what was before stands in the history.
      seen = undefined;
      tell(true);
      return null;
    }
    if (run.time >= MOST_STEPS) playing = false;
    // Single steps are for a run at rest.
    single = replaying || playing || run.time >= MOST_STEPS ? 0 : owed;
    if (performance.now() - drawn > FRAME) {
      drawn = performance.now();
      tell(false);
    }
    if (owed < 1) await new Promise((resolve) => setTimeout(resolve, 12));
    else await host.breathe();
  }
}

const digestOf = (x: Float64Array): string => sha256(new Uint8Array(x.slice().buffer));
