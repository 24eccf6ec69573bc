import { scalarMath } from "#engine";
import { maxMargin } from "../../../../analysis/max-margin.js";
import { dot, norm } from "../../../../core/rows.js";
import type { Answer, Conclusion } from "../../../conclusion.js";
import { refuse } from "../../../problem.js";
import { count, percent, show, withError } from "../../../words.js";
import type { Bench } from "../../bench.js";
import { needClasses } from "../../classes.js";
import type { Asker } from "../../question.js";
import type { ImplicitBiasSpec } from "../implicit-bias.js";

/** Most constraints: samples times the classes that each is not in. */
const MOST = 20_000;
const SOURCE = "Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018";

/** The direction in which the weights of a linear classifier go off under the cross-entropy. */
export function directionBias({ every }: ImplicitBiasSpec, bench: Bench): Asker {
  needClasses("implicit-bias with the cross-entropy", bench);
  const { run, data } = bench;
  const { outputs, inputs } = data;
  const { samples } = data.train;
  const biased = run.architecture.layout.length > 1;
  const dim = (inputs + (biased ? 1 : 0)) * outputs;
  const pairs = samples * (outputs - 1);
  if (pairs > MOST)
    refuse(
      ["type"],
      `${samples} samples of ${outputs} classes make ${pairs} constraints; the margin is found for at most ${MOST}`,
    );
  // One row a sample and wrong class: the weights of the right class less those of the wrong one, times the sample.
  const rows = new Float64Array(pairs * dim);
  for (let i = 0, row = 0; i < samples; i++) {
    const label = Array.from({ length: outputs }, (_, o) => data.train.targets[i * outputs + o]!).indexOf(1);
    for (let other = 0; other < outputs; other++) {
      if (other === label) continue;
      for (let j = 0; j < dim / outputs; j++) {
        const value = j < inputs ? data.train.inputs[i * inputs + j]! : 1;
        rows[row * dim + j * outputs + label] = value;
        rows[row * dim + j * outputs + other] = -value;
      }
      row++;
    }
  }
  const best = maxMargin(rows, dim, { tolerance: 1e-6, maxPasses: 20_000 });
  const longest = norm(best.value, 0, dim);
  const seen = (theta: Float64Array) => {
    const length = norm(theta, 0, dim);
    let margin = Infinity;
    for (let i = 0; i < pairs; i++) margin = Math.min(margin, dot(rows, i, theta, 0, dim));
    const along = dot(theta, 0, best.value, 0, dim) / longest;
    // The sine, by what is left across: the cosine of a small angle says nothing.
    const across = Math.sqrt(theta.reduce((s, v, i) => s + (v - (along / longest) * best.value[i]!) ** 2, 0));
    return { length, margin: margin / length, along, angle: across / length };
  };
  let points: number[][] = [];
  const columns = [
    { name: "bias_norm", unit: "parameter", description: "norm of the weights" },
    { name: "bias_margin", unit: "1", description: "smallest margin of a sample, per norm of the weights" },
    { name: "bias_angle", unit: "1", description: "sine of the angle to the direction of greatest margin" },
  ];
  return {
    every,
    measure(time) {
      const { length, margin, angle, along } = seen(run.parameters);
      points.push([time, length, margin, angle, along]);
    },
    columns,
    values(time) {
      const last = points.at(-1);
      return last?.[0] === time ? last.slice(1, 4) : [NaN, NaN, NaN];
    },
    remember: () => ({ points: Float64Array.from(points.flat()) }),
    recall(memory: { points: Float64Array }) {
      points = Array.from({ length: memory.points.length / 5 }, (_, i) => Array.from(memory.points.slice(5 * i, 5 * i + 5)));
    },
    conclude({ status, time }): Conclusion {
      if (status === "diverged") return { answers: [], sentences: [] };
      const end = seen(run.parameters);
      const separable = best.status === "ok";
      const answer = (name: string, label: string, value: number, error: number, method: string): Answer => ({
        name,
        label,
        value,
        error,
        unit: "1",
        status: separable && Number.isFinite(value) ? "ok" : "not-converged",
        method,
        sources: [SOURCE],
        cost: {},
        ...(separable ? {} : { explanation: best.explanation ?? "" }),
      });
      // Early points feel the start; over the last factor e of time the growth is that of log t.
      const late = points.filter(([t, , margin]) => t! > 0 && t! >= time / 8 && margin! > 0);
      const slope = fitted(
        late.map(([t]) => scalarMath.log(t!)),
        late.map((p) => p[4]!),
      );
      if (!separable)
        return {
          answers: [answer("greatest_margin", "greatest margin", NaN, NaN, best.method)],
          sentences: [
            `The training samples are NOT KNOWN TO BE SEPARABLE by a linear model: ${best.explanation}. The cross-entropy then has a finite minimum, to which the weights go.`,
          ],
        };
      return {
        answers: [
          answer("greatest_margin", "greatest margin of any direction", best.margin, best.bound - best.margin, best.method),
          answer(
            "margin",
            `margin of the trained weights at step ${time}`,
            end.margin,
            0,
            "smallest over samples and wrong classes, per norm of the weights",
          ),
          answer(
            "angle",
            "sine of the angle to the direction of greatest margin",
            end.angle,
            1e-3,
            "what is left across that direction",
          ),
          answer(
            "norm_growth",
            "growth of the weights along that direction per factor e of time",
            slope.slope,
            slope.error,
            "straight line over log t from an eighth of the run on",
          ),
        ],
        sentences: [
          `The samples are separable: the greatest margin of any direction is ${show(best.margin, 5)}, on ${count(best.support.length, "constraint")}.`,
          `The trained weights have the margin ${show(end.margin, 5)}, ${percent(end.margin / best.margin)} of it, and the sine of their angle to its direction is ${show(end.angle, 3)}${end.margin > 0 ? "" : ": they do NOT SEPARATE the samples yet"}.`,
          slope.count >= 3
            ? `Theory lets the weights grow like log t times ${show(longest, 5)}, 1 over the greatest margin; from step ${show(late[0]![0]!, 12)} on they grow by ${withError(slope.slope, slope.error)} per factor e of time (${percent(slope.slope / longest)}), and the angle falls like 1 / log t.`
            : "The run has too few measurements with all samples on the right side to tell how the weights grow.",
        ],
        arrays: {
          bias_weights: { shape: [dim / outputs, outputs], data: run.parameters.slice() },
          bias_predicted: { shape: [dim / outputs, outputs], data: best.value },
        },
        facts: { greatestMargin: best.margin, margin: end.margin, angle: end.angle, predictedGrowth: longest },
      };
    },
  };
}

/** A straight line through points: slope and its standard error. */
function fitted(x: readonly number[], y: readonly number[]): { slope: number; error: number; count: number } {
  const n = x.length;
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((s, v) => s + (v - mx) * (v - mx), 0);
  const slope = x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) / sxx;
  const squares = x.reduce((s, v, i) => s + (y[i]! - my - slope * (v - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(squares / Math.max(1, n - 2) / sxx), count: n };
}
