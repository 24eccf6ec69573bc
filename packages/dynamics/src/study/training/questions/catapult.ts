import { z } from "zod";
import { eigenpairs } from "../../../analysis/eigenpairs.js";
import { sharpness, type SharpnessMemory } from "../../../analysis/sharpness.js";
import { catapultPhase } from "../../../training/catapult.js";
import { gaussNewton } from "../../../training/gauss-newton.js";
import { gradientDescent } from "../../../training/optimizers/gradient-descent.js";
import { training, type Training } from "../../../training/training.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { Bench } from "../bench.js";
import type { Outcome, Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("catapult"),
    factors: z
      .array(z.number().gt(0).max(1000))
      .min(1)
      .max(12)
      .default([1, 1.8, 2.5, 3.5, 4.5])
      .describe("Step sizes of the runs, in units of 1 / lambda0: below 2 lazy, 2 to 4 catapult, above 4 divergent"),
    every: z.int().min(1).default(1).describe("Steps between measurements"),
    curvatureEvery: z.int().min(1).optional().describe("Steps between measurements of the sharpness; default: every"),
  })
  .describe("Gradient descent from the run's start at step sizes on either side of 2 / lambda0 and 4 / lambda0");

type Spec = z.infer<typeof schema>;
type Phase = ReturnType<typeof catapultPhase>;

/** One of the runs side by side. */
interface Flight {
  readonly factor: number;
  readonly stepSize: number;
  readonly phase: Phase;
  readonly run: Training;
  readonly curvature: ReturnType<typeof sharpness>;
  readonly losses: number[];
  readonly curvatures: number[];
  lost: boolean;
}

type CatapultMemory = {
  readonly times: Float64Array;
  readonly flights: readonly {
    readonly state: Float64Array;
    readonly time: number;
    readonly lost: boolean;
    readonly losses: Float64Array;
    readonly curvatures: Float64Array;
    readonly curvature: SharpnessMemory;
  }[];
};

/** A loss this many times the first has been thrown up: the margin is for rounding and the last bits of lambda0. */
const THROWN = 1.05;
const TOLERANCE = 1e-8;
const SOURCE = "Lewkowycz, Bahri, Dyer, Sohl-Dickstein, Gur-Ari 2020";

export const catapult: Question<Spec> = {
  name: "catapult",
  description:
    "gradient descent at step sizes on either side of 2 / lambda0 and 4 / lambda0: lazy, thrown over a hill, or divergent",
  schema,
  attach({ factors, every, curvatureEvery = every }, bench) {
    const { run, data, loss, seed, optimizer, batchSize } = bench;
    if (optimizer.type !== "gradient-descent" || optimizer.schedule)
      refuse(["type"], "the boundaries 2 / lambda0 and 4 / lambda0 are those of gradient descent with a constant learning rate");
    if (batchSize !== undefined) refuse(["type"], "the catapult is that of full batches; leave out system.batches");
    const { architecture } = run;
    const initial = run.parameters.slice();
    const start = gaussNewton({ architecture, data: data.train, loss })(initial);
    const lambda = eigenpairs(start, { k: 1, tolerance: TOLERANCE, seed }).value[0]!;
    if (!(lambda > 0)) refuse(["type"], `the curvature lambda0 at the start is ${lambda}: no step size is large there`);
    const flights = factors.map((factor): Flight => {
      const stepSize = factor / lambda;
      const own = training({ architecture, data: data.train, loss, optimizer: gradientDescent({ stepSize }), initial });
      const curvature = sharpness(own, { seed, tolerance: 1e-3, maxProducts: 100 });
      const phase = catapultPhase({ stepSize, lambda });
      return { factor, stepSize, phase, run: own, curvature, losses: [], curvatures: [], lost: false };
    });
    let times: number[] = [];
    const look = (f: Flight, time: number, curved: boolean): void => {
      if (!f.lost && f.run.step(time - (times.at(-1) ?? 0)) !== "ok") f.lost = true;
      f.losses.push(f.lost ? NaN : f.run.landscape.value(f.run.parameters));
      // Far up the hill the eigenvalue may overflow: then it is not known there.
      f.curvatures.push(f.lost || !curved ? NaN : f.curvature.measure().pairs.value[0]!);
    };
    return {
      every,
      measure(time) {
        const curved = time % curvatureEvery === 0 || time >= bench.steps;
        for (const f of flights) look(f, time, curved);
        times.push(time);
      },
      remember: () => ({
        times: Float64Array.from(times),
        flights: flights.map((f) => ({
          state: f.run.state.slice(),
          time: f.run.time,
          lost: f.lost,
          losses: Float64Array.from(f.losses),
          curvatures: Float64Array.from(f.curvatures),
          curvature: f.curvature.remember(),
        })),
      }),
      recall(memory: CatapultMemory) {
        times = [...memory.times];
        memory.flights.forEach((m, i) => {
          const f = flights[i]!;
          f.lost = m.lost;
          if (m.state.every(Number.isFinite)) f.run.reset(m.state, m.time);
          f.losses.splice(0, Infinity, ...m.losses);
          f.curvatures.splice(0, Infinity, ...m.curvatures);
          f.curvature.recall(m.curvature);
        });
      },
      conclude: (outcome) => conclude(flights, lambda, times, bench, outcome),
    };
  },
};

function conclude(
  flights: readonly Flight[],
  lambda: number,
  times: readonly number[],
  { run }: Bench,
  { time, status }: Outcome,
): Conclusion {
  const seen = flights.map((f) => ({ ...f, ...judge(f) }));
  const answer = (
    name: string,
    label: string,
    value: number,
    unit: string,
    method: string,
    failure: Pick<Answer, "status" | "explanation"> = LOST,
  ): Answer => ({
    name,
    label,
    value,
    error: Number.isFinite(value) && name === "lambda_0" ? TOLERANCE * value : 0,
    unit,
    status: "ok",
    method,
    sources: [SOURCE],
    cost: { steps: time * flights.length },
    ...(Number.isFinite(value) ? {} : failure),
  });
  const agrees = seen.filter((s) => s.phase === s.observed).length;
  const grid = (of: (f: Flight) => readonly number[]) => ({
    shape: [flights.length, times.length],
    data: Float64Array.from(flights.flatMap(of)),
  });
  return {
    answers: [
      answer(
        "lambda_0",
        "largest eigenvalue of the Gauss-Newton matrix at the start",
        lambda,
        "loss/parameter^2",
        "Lanczos, matrix-free",
      ),
      answer(
        "lazy_boundary",
        "step size 2 / lambda0 up to which training is lazy",
        2 / lambda,
        "step size",
        "exact given lambda0",
      ),
      answer(
        "catapult_boundary",
        "step size 4 / lambda0 beyond which the wide linear model diverges",
        4 / lambda,
        "step size",
        "exact given lambda0",
      ),
      ...seen.map((s, i) =>
        answer(
          `catapult_${i + 1}`,
          `step size times final sharpness at η = ${show(s.factor)}/λ0 (${s.observed}); at rest it is at most 2`,
          s.observed === "divergent" || s.observed === "undecided" ? NaN : s.stepSize * s.end,
          "1",
          "largest Hessian eigenvalue, residual 1e-3",
          s.observed === "undecided" ? { status: "step-limit", explanation: tooShort(s, time, status) } : LOST,
        ),
      ),
    ],
    sentences: [
      `At the start the curvature is λ0 = ${show(lambda)}: for the wide linear model theory predicts lazy training up to η = 2/λ0 = ${show(2 / lambda)}, a catapult up to 4/λ0 = ${show(4 / lambda)}, and divergence beyond.`,
      ...seen.map(
        (s) =>
          `η = ${show(s.stepSize)} = ${show(s.factor)}/λ0 was ${s.observed === s.phase ? s.observed : `${s.observed} (predicted: ${s.phase})`}: ` +
          (s.observed === "divergent"
            ? "the run left the finite numbers."
            : s.observed === "undecided"
              ? `${tooShort(s, time, status)}.`
              : `the loss rose to at most ${show(s.most / s.losses[0]!, 3)} times the first and ended at ${show(s.last)}, with ηλ = ${show(s.stepSize * s.end)}${s.stepSize * s.end < 2 ? ", below 2" : ", NOT below 2: not at rest yet"}.`),
      ),
      `${agrees} of ${flights.length} runs went as predicted${agrees < flights.length ? ` for the wide linear model, which ${run.architecture.name} need not be: for other networks 4/λ0 is a rule of thumb` : ""}.`,
    ],
    arrays: {
      catapult_learning_rate: { shape: [flights.length], data: Float64Array.from(flights, (f) => f.stepSize) },
      catapult_step: { shape: [times.length], data: Float64Array.from(times) },
      catapult_loss: grid((f) => f.losses),
      catapult_sharpness: grid((f) => f.curvatures),
    },
    facts: { lambda0: lambda, catapultRuns: flights.length, catapultAsPredicted: agrees },
  };
}

type Judged = ReturnType<typeof judge>;

const LOST = { status: "diverged", explanation: "the run left the finite numbers" } as const;

/** What is known of a run that is still up the hill when the study ends, and what to change. */
const tooShort = ({ last, losses }: Flight & Judged, time: number, status: Outcome["status"]): string =>
  `after ${count(time, "step")} its loss still stands at ${show(last / losses[0]!, 3)} times the first, so it may come down or leave yet; ` +
  (status === "diverged"
    ? "the study's own run diverged there and ended all: give it a smaller learningRate"
    : "take more steps");

/** What became of a run: the greatest and the last loss, the last known sharpness, and the phase that they show, if they show one. */
function judge({ losses, curvatures, lost }: Flight): { most: number; last: number; end: number; observed: Phase | "undecided" } {
  const most = losses.reduce((m, l) => (l > m ? l : m), 0);
  const last = losses.at(-1) ?? NaN;
  const end = curvatures.findLast(Number.isFinite) ?? NaN;
  const up = most > THROWN * losses[0]!;
  const observed = lost ? "divergent" : up && !(last <= losses[0]!) ? "undecided" : up ? "catapult" : "lazy";
  return { most, last, end, observed };
}
