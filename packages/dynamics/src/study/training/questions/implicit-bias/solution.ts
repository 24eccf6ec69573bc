import { diagonalBias, leastAbsolute } from "../../../../analysis/diagonal-bias.js";
import { leastChange } from "../../../../analysis/least-change.js";
import type { Status } from "../../../../core/status.js";
import { gradientDescent } from "../../../../training/optimizers/gradient-descent.js";
import { square } from "../../../../training/losses.js";
import { training, type Training } from "../../../../training/training.js";
import type { Answer, Conclusion } from "../../../conclusion.js";
import { refuse } from "../../../problem.js";
import { count, show } from "../../../words.js";
import type { Bench } from "../../bench.js";
import type { Asker } from "../../question.js";
import type { ImplicitBiasSpec, Predicted } from "../implicit-bias.js";

/** Most samples or weights of which a prediction is made: an eigendecomposition of their number. */
const MOST = 600;
/** Points of the predicted curve over the scale of the start. */
const CURVE = 49;

/** A run from another scale. */
interface Scaled {
  readonly scale: number;
  readonly run: Training;
  status: Status;
}

type SolutionMemory = {
  readonly time: number;
  readonly apart: number;
  readonly runs: readonly { readonly state: Float64Array; readonly time: number; readonly status: Status }[];
};

/** The solution of a linear system of equations that training by the square loss picks. */
export function solutionBias({ every, scales }: ImplicitBiasSpec, bench: Bench, diagonal: boolean): Asker {
  const { run, data, optimizer, learningRate } = bench;
  const { samples } = data.train;
  const biased = !diagonal && run.architecture.layout.length > 1;
  const dim = data.inputs + (biased ? 1 : 0);
  const { outputs } = data;
  if (Math.min(samples, dim) > MOST)
    refuse(
      ["type"],
      `${samples} samples and ${dim} weights an output; the solution is predicted for at most ${MOST} of one of them`,
    );
  // A bias is the weight of an input that is always 1.
  const x = Float64Array.from({ length: samples * dim }, (_, e) =>
    e % dim < data.inputs ? data.train.inputs[Math.floor(e / dim) * data.inputs + (e % dim)]! : 1,
  );
  const initial = run.parameters.slice();
  const weights = (theta: Float64Array): Float64Array => {
    const half = dim * outputs;
    return diagonal
      ? Float64Array.from({ length: half }, (_, j) => theta[j]! * theta[j]! - theta[half + j]! * theta[half + j]!)
      : theta.slice();
  };
  /** All outputs: each has the same equations and a right-hand side of its own. */
  const solve = (
    one: (rows: Float64Array, targets: Float64Array, of: (v: Float64Array) => Float64Array) => Predicted,
  ): Predicted => {
    const value = new Float64Array(dim * outputs);
    for (let o = 0; o < outputs; o++) {
      const targets = Float64Array.from({ length: samples }, (_, i) => data.train.targets[i * outputs + o]!);
      const found = one(x, targets, (v) => Float64Array.from({ length: dim }, (_, j) => v[j * outputs + o]!));
      if (found.status !== "ok") return { ...found, value: value.map(() => NaN) };
      found.value.forEach((w, j) => (value[j * outputs + o] = w));
    }
    return { value, status: "ok" };
  };
  const nearest = (from?: Float64Array): Predicted =>
    solve((rows, targets, of) => ({
      status: "ok",
      value: leastChange({ rows, targets, dim, ...(from ? { start: of(from) } : {}) }),
    }));
  const flowEnd = (scale: number): Predicted => {
    const half = dim * outputs;
    const [u, v] = [initial.slice(0, half), initial.slice(half)].map((a) => a.map((b) => scale * b)) as [
      Float64Array,
      Float64Array,
    ];
    return solve((rows, targets, of) => diagonalBias({ rows, targets, dim, u: of(u), v: of(v) }));
  };
  if (diagonal && initial.some((a) => a === 0))
    refuse(["type"], "an initial parameter is 0 and stays so; give all of them a value (init: constant)");
  const predicted = diagonal ? flowEnd(1) : nearest(weights(initial));
  const least = nearest();
  const sparse = diagonal && samples <= dim ? solve((rows, targets) => leastAbsolute({ rows, targets, dim })) : undefined;
  const runs = scales.map((scale): Scaled => {
    // The curvature grows like the square of the scale.
    const stepSize = learningRate / Math.max(1, scale * scale);
    const start = initial.map((a) => scale * a);
    return {
      scale,
      status: "ok",
      run: training({
        architecture: run.architecture,
        data: data.train,
        loss: square,
        optimizer: gradientDescent({ stepSize }),
        initial: start,
      }),
    };
  });
  let [time, apart] = [0, NaN];
  return {
    every,
    measure(now) {
      for (const r of runs) if (r.status === "ok") r.status = r.run.step(now - time);
      time = now;
      apart = apartFrom(weights(run.parameters), predicted.value);
    },
    columns: [
      {
        name: "bias_distance",
        unit: "1",
        description: "distance of the weights from the predicted solution, relative to its norm",
      },
    ],
    values: (now) => [now === time ? apart : NaN],
    remember: () => ({
      time,
      apart,
      runs: runs.map((r) => ({ state: r.run.state.slice(), time: r.run.time, status: r.status })),
    }),
    recall(memory: SolutionMemory) {
      [time, apart] = [memory.time, memory.apart];
      memory.runs.forEach((m, i) => {
        const r = runs[i]!;
        r.status = m.status;
        if (m.status === "ok") r.run.reset(m.state, m.time);
      });
    },
    conclude({ status }): Conclusion {
      if (status === "diverged") return { answers: [], sentences: [] };
      const w = weights(run.parameters);
      const matrix = (data: Float64Array) => ({ shape: [dim, outputs], data });
      const end = { predicted: apartFrom(w, predicted.value), least: apartFrom(w, least.value) };
      const toSparse = sparse?.status === "ok" ? apartFrom(w, sparse.value) : NaN;
      const covered = diagonal
        ? optimizer.type === "gradient-descent"
        : !run.optimizer.preconditioner && optimizer.type !== "adamw";
      const ended = runs.map((r) => {
        const there = flowEnd(r.scale);
        const here = weights(r.run.parameters);
        const ok = r.status === "ok";
        return {
          scale: r.scale,
          loss: ok ? r.run.landscape.value(r.run.parameters) : NaN,
          size: ok ? absolute(here) : NaN,
          distance: ok ? apartFrom(here, there.value) : NaN,
        };
      });
      const grid = runs.length > 0 ? curve(ended.map((e) => e.scale)) : [];
      const column = (values: readonly number[]) => ({ shape: [values.length], data: Float64Array.from(values) });
      return {
        answers: [
          relative(
            "bias_distance",
            `distance of the weights from the solution that ${diagonal ? "gradient flow" : "gradient descent"} picks, relative`,
            end.predicted,
            predicted,
          ),
          relative("distance_least_norm", "distance from the solution of least norm, relative", end.least, least),
          ...(sparse
            ? [relative("distance_least_absolute", "distance from the solution of least sum of |w|, relative", toSparse, sparse)]
            : []),
        ],
        sentences: [
          `${count(samples * outputs, "equation")} for ${count(dim * outputs, "weight")}${samples < dim ? ": many solutions" : ""}.`,
          predicted.status === "ok"
            ? `Theory picks ${diagonal ? "the end of gradient flow from this start" : "the solution nearest to the start"}.`
            : `The prediction failed: ${predicted.explanation}.`,
          `Training ends ${predicted.status === "ok" ? `${show(end.predicted, 3)} of its norm away from it, ` : ""}${show(end.least, 3)} from the solution of least norm${sparse ? `, ${show(toSparse, 3)} from that of least sum of absolute values` : ""}.`,
          ...(covered
            ? []
            : [
                `This theory does not cover ${optimizer.type}${diagonal ? " on a diagonal network" : ", which leaves the space that the samples span"}: the distance says how far that leads.`,
              ]),
          ...(sparse && sparse.status === "ok"
            ? [
                `The weights have Σ|w| = ${show(absolute(w), 6)}; the least is ${show(absolute(sparse.value), 6)}, and the solution of least norm has ${show(absolute(least.value), 6)}.`,
              ]
            : []),
          ...(ended.length > 0
            ? [
                `From other scales of the start: ${ended.map((e) => (Number.isFinite(e.size) ? `${show(e.scale)} times ends with Σ|w| = ${show(e.size, 5)}, ${show(e.distance, 2)} from the prediction (loss ${show(e.loss, 2)})` : `${show(e.scale)} times diverged`)).join("; ")}.`,
              ]
            : []),
        ],
        arrays: {
          bias_weights: matrix(w),
          bias_predicted: matrix(predicted.value),
          bias_least_norm: matrix(least.value),
          ...(sparse ? { bias_least_absolute: matrix(sparse.value) } : {}),
          ...(ended.length > 0
            ? {
                bias_scale: column(ended.map((e) => e.scale)),
                bias_scale_size: column(ended.map((e) => e.size)),
                bias_scale_distance: column(ended.map((e) => e.distance)),
                bias_curve_scale: column(grid),
                bias_curve_size: column(grid.map((s) => absolute(flowEnd(s).value))),
              }
            : {}),
        },
        facts: {
          biasDistance: end.predicted,
          weightsAbsolute: absolute(w),
          leastNormAbsolute: absolute(least.value),
          ...(sparse ? { leastAbsolute: absolute(sparse.value) } : {}),
        },
      };
    },
  };
}

function relative(name: string, label: string, value: number, { status, explanation }: Predicted): Answer {
  return {
    name,
    label,
    value,
    error: Number.isFinite(value) ? 1e-10 : NaN,
    unit: "1",
    status,
    method: "Euclidean, relative to the norm of that solution",
    sources: ["Woodworth, Gunasekar, Lee, Moroshko, Savarese, Golan, Soudry, Srebro 2020"],
    cost: {},
    ...(explanation === undefined ? {} : { explanation }),
  };
}

/** Scales from a tenth of the least to ten times the largest, each the same factor above the one before. */
function curve(scales: readonly number[]): number[] {
  const [low, high] = [0.1 * Math.min(...scales), 10 * Math.max(...scales)];
  // Repeated roots need no power function.
  let ratios = [low, high];
  while (ratios.length < CURVE)
    ratios = ratios.flatMap((r, i) => (i + 1 < ratios.length ? [r, Math.sqrt(r * ratios[i + 1]!)] : [r]));
  return ratios;
}

const norm = (a: Float64Array): number => Math.sqrt(a.reduce((s, v) => s + v * v, 0));
const absolute = (a: Float64Array): number => a.reduce((s, v) => s + Math.abs(v), 0);
const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((v, i) => v - b[i]!));

/** Distance in units of the second's norm: 0 also where both are 0. */
function apartFrom(a: Float64Array, b: Float64Array): number {
  const apart = distance(a, b);
  return apart === 0 ? 0 : apart / norm(b);
}
