import { z } from "zod";
import { scalarMath } from "#engine";
import { batchMeans, type BatchMeansMemory } from "../../../analysis/batch-means.js";
import { fillNormal, random } from "../../../core/random.js";
import type { System } from "../../../core/system.js";
import { refuse } from "../../problem.js";
import { count, show, withError } from "../../words.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import type { Bench } from "../bench.js";
import type { Outcome, Question } from "../question.js";
import { distance, length } from "./synchronisation/distance.js";
import { pastsOf, pullback, type PullbackMemory } from "./synchronisation/pullback.js";

const schema = z
  .strictObject({
    type: z.literal("synchronisation"),
    every: z.int().min(1).default(10).describe("Steps between measurements of the distances"),
    starts: z.int().min(1).max(32).default(4).describe("Further starts that meet the same batches as the run"),
    spread: z
      .number()
      .gt(0)
      .optional()
      .describe("Distance of these starts from that of the run; default: initial parameters of other seeds"),
    transient: z.int().min(0).default(0).describe("Steps at the start that do not count for the rate"),
    pasts: z
      .int()
      .min(0)
      .max(64)
      .default(12)
      .describe("Starts further and further before the end, compared there with the run (pullback); 0: none"),
  })
  .describe(
    "Whether starts that meet the same batches run together, forwards and from further in the past, at the rate of the Lyapunov exponent; needs lyapunov",
  );

type Spec = z.infer<typeof schema>;

type SynchronisationMemory = {
  readonly shared: Float64Array;
  readonly own: Float64Array;
  readonly time: number;
  readonly failed: boolean;
  readonly logs: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly means: BatchMeansMemory;
  readonly counted: readonly [number, number];
  readonly past: PullbackMemory;
};

/** A distance below this share of the parameters' norm is rounding. */
const ROUNDING = 1e-12;
const START_STREAM = 1_000_003;

export const synchronisation: Question<Spec> = {
  name: "synchronisation",
  description: "whether starts that meet the same batches run together, at the rate of the Lyapunov exponent",
  schema,
  needs: ["lyapunov"],
  attach({ every, starts, spread, transient, pasts }, bench) {
    const { run, batchSize, steps } = bench;
    if (batchSize === undefined) refuse(["type"], "synchronisation is by the noise of batches; give system.batches a size");
    if (transient >= steps) refuse(["transient"], `${transient} given; the run has ${steps} steps`);
    const size = run.parameters.length;
    const others = initialStates(bench, starts, spread);
    const shared: System = run.batch(starts);
    // Copy 0 has the batches of the run itself, and is left out.
    const own: System = (run as { batch(n: number, options: { noise: "own" }): System }).batch(2, { noise: "own" });
    shared.reset(others);
    const past = pullback(bench, others.slice(0, run.dim), pastsOf(steps, every, pasts), ROUNDING);
    const first = new Float64Array(starts);
    let last = new Float64Array(starts).fill(NaN);
    let logs = new Float64Array(starts).fill(NaN);
    let [apart, time, failed] = [NaN, 0, false];
    let counted: [number, number] = [NaN, NaN];
    const means = batchMeans(1, 8);

    const measure = (now: number): void => {
      past.measure(now);
      if (failed) return;
      if (shared.step(now - time) !== "ok" || own.step(now - time) !== "ok") {
        failed = true;
        return;
      }
      const floor = ROUNDING * Math.max(length(run.parameters), 1e-300);
      const distances = Float64Array.from({ length: starts }, (_, i) =>
        distance(run.parameters, shared.state.subarray(i * run.dim, i * run.dim + size)),
      );
      if (now === 0) first.set(distances);
      const present = distances.map((d) => (d > floor ? scalarMath.log(d) : NaN));
      // The starts share their noise, so their mean in an interval is one observation.
      const changes = Array.from(present, (l, i) => l - logs[i]!).filter(Number.isFinite);
      if (time >= transient && now > time && changes.length > 0) {
        means.push([changes.reduce((a, b) => a + b, 0) / changes.length], now - time);
        counted = [Number.isNaN(counted[0]) ? time : counted[0], now];
      }
      apart = distance(run.parameters, own.state.subarray(run.dim, run.dim + size));
      [logs, last, time] = [present, distances, now];
    };
    return {
      every,
      measure,
      columns: [
        ...Array.from({ length: starts }, (_, i) => ({
          name: `distance_${i + 1}`,
          unit: "parameter",
          description: `distance of start ${i + 1} from the run under the same batches`,
        })),
        {
          name: "distance_own",
          unit: "parameter",
          description: "distance of a run from the same start under batches of its own",
        },
      ],
      values: (now) => (now === time && !failed ? [...last, apart] : new Array<number>(starts + 1).fill(NaN)),
      remember: () => ({
        shared: shared.state.slice(),
        own: own.state.slice(),
        time,
        failed,
        logs: logs.slice(),
        first: first.slice(),
        last: Float64Array.of(...last, apart),
        means: means.remember(),
        counted,
        past: past.remember(),
      }),
      recall(memory: SynchronisationMemory) {
        past.recall(memory.past);
        [time, failed, logs] = [memory.time, memory.failed, memory.logs.slice()];
        shared.reset(memory.shared, time);
        own.reset(memory.own, time);
        first.set(memory.first);
        [last, apart] = [memory.last.slice(0, starts), memory.last[starts]!];
        counted = [...memory.counted];
        means.recall(memory.means);
      },
      conclude(outcome) {
        const seen = { first, last, apart, failed, counted, every, size: length(run.parameters) };
        return together(conclude(seen, means.result(), outcome), past.conclude(outcome));
      },
    };
  },
};

const together = (a: Conclusion, b: Conclusion): Conclusion => ({
  answers: [...a.answers, ...b.answers],
  sentences: [...a.sentences, ...b.sentences],
  ...(b.arrays ? { arrays: b.arrays } : {}),
  facts: { ...a.facts, ...b.facts },
});

/** States of the further starts, one after the other: theta of another seed or beside that of the run, with the memory at its start. */
function initialStates({ run, seed }: Bench, starts: number, spread: number | undefined): Float64Array {
  const { dim } = run;
  const size = run.parameters.length;
  const states = new Float64Array(starts * dim);
  for (let i = 0; i < starts; i++) {
    states.set(run.state, i * dim);
    if (spread === undefined) {
      states.set(run.architecture.initial(seed + 1 + i), i * dim);
      continue;
    }
    const direction = fillNormal(new Float64Array(size), random(seed, START_STREAM + i));
    const scale = spread / length(direction);
    for (let j = 0; j < size; j++) states[i * dim + j]! += scale * direction[j]!;
  }
  return states;
}

interface Seen {
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** From a run with batches of its own. */
  readonly apart: number;
  readonly failed: boolean;
  readonly counted: readonly [number, number];
  readonly every: number;
  /** Norm of the parameters at the end. */
  readonly size: number;
}

function conclude(
  { first, last, apart, failed, counted: [from, to], every, size }: Seen,
  { mean, error, count: batches }: { mean: Float64Array; error: Float64Array; count: number },
  { status, time, answers }: Outcome,
): Conclusion {
  if (status === "diverged") return { answers: [], sentences: [] };
  const few = `only ${batches} intervals of ${every} steps before the distances were down to rounding; measure more often (every)`;
  const ended = failed ? "diverged" : batches < 4 ? "not-converged" : "ok";
  const known = ended === "ok";
  const rate: Answer = {
    name: "synchronisation_rate",
    label: `rate at which starts under the same batches part or meet, steps ${show(from, 12)} to ${show(to, 12)}`,
    value: known ? mean[0]! : NaN,
    error: known ? error[0]! : NaN,
    unit: "1/step",
    status: ended,
    method: `slope of the mean log distance of ${count(first.length, "start")} down to ${ROUNDING} of the parameters' norm; standard error from ${batches} batch means`,
    sources: ["Arnold 1998"],
    cost: { steps: time * (first.length + 2) },
    ...(known ? {} : { explanation: failed ? "a start left the finite numbers" : few }),
  };
  const [closest, farthest] = [Math.min(...last), Math.max(...last)];
  const together = last.filter((d) => d <= 1e-9 * size).length;
  const facts = {
    startsTogether: together,
    starts: first.length,
    largestDistance: farthest,
    distanceOwnBatches: apart,
  };
  if (failed)
    return {
      answers: [rate],
      sentences: ["Whether starts run together is unknown: one of them left the finite numbers."],
      facts,
    };
  const what =
    together === first.length
      ? `All ${count(first.length, "start")} RUN TOGETHER with the run under the same batches: from up to ${show(Math.max(...first))} apart to ${show(farthest, 2)} at step ${show(time, 12)}.`
      : together > 0
        ? `${together} of ${count(first.length, "start")} RUN TOGETHER with the run under the same batches; the others are up to ${show(farthest)} apart at step ${show(time, 12)}.`
        : `The starts have NOT RUN TOGETHER by step ${show(time, 12)}, though they met the same batches: they are ${show(closest)} to ${show(farthest)} apart, at first ${show(Math.min(...first))} to ${show(Math.max(...first))}.`;
  const exponent = answers.get("lyapunov_1");
  const beside =
    known && exponent && Number.isFinite(exponent.value)
      ? `Their distance changes at the rate ${withError(rate.value, rate.error)} per step; the Lyapunov exponent is ${withError(exponent.value, exponent.error)}, ${agree(rate, exponent)}.`
      : `The rate is unknown: ${known ? "the Lyapunov exponent is" : few}.`;
  return {
    answers: [rate],
    sentences: [what, beside, `A run from the same start with batches of its own is ${show(apart)} away.`],
    facts,
  };
}

function agree(a: Answer, b: Answer): string {
  const error = Math.sqrt(a.error * a.error + b.error * b.error);
  const off = Math.abs(a.value - b.value) / error;
  return off <= 3
    ? "which agrees within the errors"
    : `which is ${show(off, 2)} standard errors off: large distances are not yet those of the linearised step (transient), or the starts lie in other basins`;
}
