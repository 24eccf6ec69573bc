import { z } from "zod";
import { constant } from "#engine";
import { centralFlow as makeFlow, type CentralFlow, type CentralFlowMemory } from "../../../analysis/central-flow.js";
import { gradientFlow } from "../../../training/gradient-flow.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, percent, show } from "../../words.js";
import type { Bench } from "../bench.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("central-flow"),
    from: z.int().min(0).default(0).describe("Step of the run at which the flows start, from where the run is then"),
    every: z.int().min(1).default(10).describe("Steps between comparisons"),
    substeps: z.int().min(1).max(1000).default(4).describe("Euler steps of the central flow for one step of the optimizer"),
    gradientFlow: z.boolean().default(true).describe("Whether the gradient flow goes beside it"),
  })
  .describe("Where theory says that the run goes on average at the edge of stability, beside the run itself");

type Spec = z.infer<typeof schema>;

/** A mean loss below this is that of residuals of 1e-12, and says nothing of an oscillation. */
const ROUNDING = 1e-24;

/** A row, as plain data. */
type Row = {
  readonly time: number;
  /** Of the run, averaged over two steps, so that an oscillation of period two does not show. */
  readonly loss: number;
  readonly central: {
    readonly loss: number;
    readonly mean: number;
    readonly sharpness: number;
    readonly distance: number;
    readonly amplitude: number;
  };
  readonly gradient: { readonly loss: number; readonly distance: number };
};

type FlowMemory = {
  readonly rows: readonly Row[];
  readonly flow: CentralFlowMemory | null;
  readonly still: { readonly state: Float64Array; readonly time: number } | null;
  readonly failed: string | null;
};

const NOTHING = { loss: NaN, mean: NaN, sharpness: NaN, distance: NaN, amplitude: NaN };
const SOURCE = "Cohen, Damian, Talwalkar, Kolter, Lee 2024";

export const centralFlow: Question<Spec> = {
  name: "central-flow",
  description: "the central flow of gradient descent or RMSProp beside the run, with the mean loss that it predicts",
  schema,
  attach({ from, every, substeps, gradientFlow: beside }, bench) {
    const { run, optimizer, learningRate, steps } = bench;
    if (!["gradient-descent", "rmsprop"].includes(optimizer.type))
      refuse(["type"], `the central flow is known for gradient-descent and rmsprop; this study trains with ${optimizer.type}`);
    if (bench.batchSize !== undefined) refuse(["type"], "the central flow is that of full batches; leave out system.batches");
    if (optimizer.schedule) refuse(["type"], "the central flow is that of a constant learning rate; leave out the schedule");
    if (from >= steps) refuse(["from"], `the flows start at step ${from}; the run has ${steps}`);
    const rows: Row[] = [];
    let flow: CentralFlow | undefined;
    let still: ReturnType<typeof gradientFlow> | undefined;
    let failed: string | undefined;

    const { beta2, epsilon } = optimizer as { readonly beta2?: number; readonly epsilon?: number };
    const square = (): Float64Array => run.preconditioner().map((p) => (p - (epsilon ?? 0)) ** 2);
    const start = (centre: Float64Array, nu = square): void => {
      flow = makeFlow({
        landscape: run.landscape,
        initial: centre,
        stepSize: learningRate,
        substeps,
        tolerance: 1e-5,
        ...(optimizer.type === "rmsprop" && beta2 !== undefined
          ? { rmsprop: { beta2, epsilon: epsilon ?? 0, square: nu() } }
          : {}),
      });
      if (beside && optimizer.type === "gradient-descent")
        still = gradientFlow({ objective: objective(bench), initial: centre, interval: learningRate });
    };

    const measure = (time: number): void => {
      if (time < from || failed) return;
      const { centre, loss } = ahead(bench, time);
      try {
        if (!flow) start(time === 0 ? run.parameters.slice() : centre);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        failed = `The central flow cannot start at step ${time}: ${error.message}`;
        return;
      }
      const since = time - (rows.at(-1)?.time ?? time);
      const status = flow!.step(since);
      if (status !== "ok")
        failed = `The central flow could not be followed beyond step ${time - since} (${status}): ${status === "diverged" ? "numbers overflow there" : "too many directions are beyond the edge, or their oscillation has no solution; take a smaller learning rate, or start the flow later (from)"}`;
      if (still && still.step(since) !== "ok") still = undefined;
      const seen = status === "ok" ? flow!.look() : undefined;
      rows.push({
        time,
        loss,
        central: seen
          ? {
              loss: seen.loss,
              mean: seen.meanLoss,
              sharpness: seen.values[0]!,
              distance: distance(run.parameters, flow!.parameters),
              amplitude: Math.sqrt(Math.max(0, seen.spread)),
            }
          : NOTHING,
        gradient: still
          ? {
              loss: run.landscape.value(still.parameters),
              distance: distance(run.parameters, still.parameters),
            }
          : NOTHING,
      });
    };
    return {
      every,
      measure,
      columns: COLUMNS.map(([name, unit, description]) => ({ name, unit, description })),
      values(time) {
        const row = rows.at(-1);
        return row?.time === time ? COLUMNS.map(([, , , of]) => of(row)) : COLUMNS.map(() => NaN);
      },
      remember: () => ({
        rows: rows.map((r) => ({ ...r })),
        flow: flow?.remember() ?? null,
        still: still ? { state: still.state.slice(), time: still.time } : null,
        failed: failed ?? null,
      }),
      recall(memory: FlowMemory) {
        rows.splice(0, Infinity, ...memory.rows);
        failed = memory.failed ?? undefined;
        if (!memory.flow) return;
        const { state } = memory.flow;
        const size = run.parameters.length;
        start(state.slice(0, size), () => state.slice(size));
        flow!.recall(memory.flow);
        if (memory.still) still?.reset(memory.still.state, memory.still.time);
        else still = undefined;
      },
      conclude: () => conclude(rows, failed, run.optimizer.threshold),
    };
  },
};

/** Share of the threshold by which runs at the edge are beyond it now and then. */
const BEYOND = 0.1;

const COLUMNS: readonly (readonly [string, string, string, (row: Row) => number])[] = [
  ["two_step_loss", "loss", "loss of the run, averaged over two steps", (r) => r.loss],
  ["central_flow_loss", "loss", "loss at the central flow", (r) => r.central.loss],
  ["central_flow_mean_loss", "loss", "mean loss of the run that the central flow predicts", (r) => r.central.mean],
  ["central_flow_sharpness", "loss/parameter^2", "largest followed eigenvalue at the central flow", (r) => r.central.sharpness],
  ["central_flow_distance", "parameter", "distance of the run from the central flow", (r) => r.central.distance],
  ["central_flow_amplitude", "parameter", "size of the oscillation that the central flow predicts", (r) => r.central.amplitude],
  ["gradient_flow_loss", "loss", "loss at the gradient flow", (r) => r.gradient.loss],
  ["gradient_flow_distance", "parameter", "distance of the run from the gradient flow", (r) => r.gradient.distance],
];

const distance = (a: Float64Array, b: Float64Array): number => Math.sqrt(a.reduce((s, x, i) => s + (x - b[i]!) ** 2, 0));

const objective = ({ run, loss, data }: Bench) => {
  const { samples, inputs, targets } = data.train;
  const x = constant(inputs, [samples, data.inputs]);
  const y = constant(targets, [samples, data.outputs]);
  return (theta: Parameters<typeof run.architecture.apply>[0]) => loss(run.architecture.apply(theta, x), y);
};

/** The middle and the mean loss of this state and the next; the run is left where it was. */
function ahead({ run }: Bench, time: number): { centre: Float64Array; loss: number } {
  const state = run.state.slice();
  const here = run.parameters.slice();
  run.step(1);
  const [loss, centre] = [run.observables.loss![0]!, here.map((x, i) => 0.5 * (x + run.parameters[i]!))];
  run.step(1);
  const next = run.observables.loss![0]!;
  run.reset(state, time);
  return { centre, loss: 0.5 * (loss + next) };
}

function conclude(rows: readonly Row[], failed: string | undefined, threshold: number): Conclusion {
  const half = rows.filter((r) => r.time >= 0.5 * (rows[0]!.time + rows.at(-1)!.time) && Number.isFinite(r.central.mean));
  const last = rows.at(-1);
  if (!last || half.length < 2)
    return {
      answers: [],
      sentences: [failed ? `${failed}.` : "The run was too short to compare with its central flow."],
    };
  const mean = (of: (r: Row) => number): number => half.reduce((s, r) => s + of(r), 0) / half.length;
  const [loss, predicted, away, amplitude, bare] = [
    mean((r) => r.loss),
    mean((r) => r.central.mean),
    mean((r) => r.central.distance),
    mean((r) => r.central.amplitude),
    mean((r) => r.central.loss),
  ];
  const answer = (name: string, label: string, value: number, unit: string, method: string): Answer => ({
    name,
    label,
    value,
    error: NaN,
    unit,
    status: failed ? "not-converged" : "ok",
    method,
    sources: [SOURCE],
    cost: {},
  });
  const gradient = mean((r) => r.gradient.distance);
  const beyond = rows[0]!.central.sharpness / threshold;
  return {
    answers: [
      answer(
        "mean_loss",
        "mean loss of the run over the second half of the comparison",
        loss,
        "loss",
        "mean over the rows, each the mean of two steps",
      ),
      answer(
        "predicted_mean_loss",
        "the same as the central flow predicts it",
        predicted,
        "loss",
        "L(w) + tr(H Sigma) / 2 along the central flow",
      ),
      answer(
        "central_flow_distance",
        "mean distance of the run from its central flow",
        away,
        "parameter",
        "Euclidean, at single steps",
      ),
    ],
    sentences: [
      `From step ${show(rows[0]!.time, 12)} on, over the last ${count(half.length, "comparison")}: the run's mean loss is ${show(loss)}, the central flow from the same start predicts ${show(predicted)} (${loss < ROUNDING ? "both down to rounding" : `${percent(predicted / loss - 1, 2)} off; without the oscillation it would be ${show(bare)}`}).`,
      `The run is ${show(away)} away from the central flow, whose oscillation has the size ${show(amplitude)}${Number.isFinite(gradient) ? `, and ${show(gradient)} away from the gradient flow` : ""}.`,
      ...(beyond > 1 + BEYOND
        ? [
            `The comparison BEGINS BEYOND THE EDGE, with a sharpness of ${percent(beyond)} of the threshold: a run is thrown out of such a place, which a theory of small oscillations does not describe; begin later (from).`,
          ]
        : []),
      ...(failed ? [`${failed}.`] : []),
    ],
    facts: {
      meanLoss: loss,
      predictedMeanLoss: predicted,
      centralFlowDistance: away,
      centralFlowAmplitude: amplitude,
    },
  };
}
