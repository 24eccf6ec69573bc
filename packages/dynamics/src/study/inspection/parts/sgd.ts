import { gramStability } from "../../../analysis/gram-stability.js";
import { meanSquareStability } from "../../../analysis/mean-square-stability.js";
import { stochasticThreshold } from "../../../analysis/stochastic-threshold.js";
import { wuMaE } from "../../../analysis/wu-ma-e.js";
import { checkInterpolation } from "../../../training/interpolation.js";
import { show } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Bench, Part } from "../part.js";
import type { Subject } from "../subject.js";

/** A model passes through its data when the root mean square of its residuals is below this share of that of the targets. */
const INTERPOLATES = 1e-3;
const MOST_ROWS = 1500;
const MOST_NUMBERS = 40_000_000;
const STEPS = 2 ** 16;

/** Whether the model passes through its data, and which SGD could have ended here. */
export const sgd: Part = {
  name: "sgd",
  description: "how far the model is from passing through its data; where it does, up to which step size SGD can stay",
  refusal: () => undefined,
  seconds({ data, architecture, loss }, { gradient, compile }, level) {
    const rows = data.samples * architecture.outputs;
    if (loss.name !== "square" || tooLarge({ data, architecture })) return 0.01;
    return (
      3 * compile +
      architecture.outputs * gradient +
      2e-9 * rows * rows * architecture.size +
      3e-8 * rows ** 3 * (level === "full" ? 2 : 1) +
      (level === "full" ? 4 : 0.5)
    );
  },
  async ask(bench, level, breathe) {
    const { architecture, data, loss, theta, lossValue } = bench;
    if (loss.name !== "square") return { answers: [margin(bench)], sentences: [marginSentence(bench)] };
    const size = (0.5 * squares(data.targets)) / data.samples;
    const relative = Math.sqrt(lossValue / size);
    const worst = worstOf(bench);
    const far: Answer = {
      name: "interpolation",
      label: "residuals against targets, root mean square",
      value: relative,
      error: 0,
      unit: "1",
      status: Number.isFinite(relative) ? "ok" : "diverged",
      method: `square root of the loss over that of the answer 0; the model passes through its data below ${INTERPOLATES}`,
      sources: [],
      cost: {},
    };
    const distance = `the residuals are ${show(relative)} of the targets (root mean squares), the largest ${show(worst.residual)} at sample ${worst.sample}`;
    if (!(relative < INTERPOLATES))
      return {
        answers: [far],
        sentences: [
          `The model does not pass through its data: ${distance}. SGD then keeps moving whatever its step size, and the theory of its stability at a point does not apply.`,
        ],
      };
    if (tooLarge(bench))
      return {
        answers: [far],
        sentences: [
          `The model passes through its data (${distance}), but ${data.samples} samples with ${architecture.outputs} outputs are too many for the Gram matrix of SGD: ask with --samples ${Math.floor(Math.min(MOST_ROWS, MOST_NUMBERS / architecture.size) / architecture.outputs)}.`,
        ],
      };
    const minimum = checkInterpolation(architecture, data, theta, 2 * lossValue + 1e-300);
    const gram = minimum.gram();
    await breathe(0.3);
    const named = (estimate: Omit<Answer, "name" | "label">, name: string, label: string): Answer => ({
      ...estimate,
      name,
      label,
    });
    const answers = [
      far,
      named(
        gramStability(gram, { stepSize: 1 }).threshold,
        "step_gradient_descent",
        "largest stable learning rate of gradient descent",
      ),
    ];
    const lines: string[] = [];
    const sizes = [1, Math.min(32, data.samples)].filter((b, i, all) => all.indexOf(b) === i);
    for (const batchSize of sizes) {
      const exact = meanSquareStability(gram, { batchSize });
      answers.push(
        named(
          exact,
          `step_mean_square_${batchSize}`,
          `largest learning rate of SGD stable in mean square, batches of ${batchSize}`,
        ),
        named(
          wuMaE(gram, { batchSize }).threshold,
          `step_wu_ma_e_${batchSize}`,
          `sufficient for it (Wu, Ma and E), batches of ${batchSize}`,
        ),
      );
      lines.push(`in mean square up to ${show(exact.value)} with batches of ${batchSize}`);
      await breathe(0.6);
    }
    if (level === "full") {
      const zero = stochasticThreshold(gram, { steps: STEPS, seed: bench.seed });
      answers.push(named(zero, "step_stochastic_1", "learning rate at which single-sample SGD begins to leave"));
      lines.push(`almost surely up to ${show(zero.value)} with single samples`);
    }
    return {
      answers,
      sentences: [
        `The model passes through its data (${distance}; ${minimum.regime}). SGD can stay here ${lines.join(", ")}; gradient descent up to ${show(answers[1]!.value)}.${minimum.regime === "overparametrised" ? "" : ` ${minimum.explanation}.`}`,
      ],
      facts: { regime: minimum.regime, rank: minimum.rank },
    };
  },
};

const tooLarge = ({ data, architecture }: Pick<Subject, "data" | "architecture">): boolean => {
  const rows = data.samples * architecture.outputs;
  return rows > MOST_ROWS || rows * architecture.size > MOST_NUMBERS;
};

const squares = (values: ArrayLike<number>): number =>
  Array.prototype.reduce.call(values, (s, v) => (s as number) + (v as number) * (v as number), 0) as number;

function worstOf({ predictions, data, architecture }: Bench): { residual: number; sample: number } {
  let [residual, at] = [0, 0];
  predictions.forEach((y, i) => {
    const r = Math.abs(y - data.targets[i]!);
    if (r > residual) [residual, at] = [r, i];
  });
  return { residual, sample: Math.floor(at / architecture.outputs) };
}

/** The smallest lead of the right class over the next: with such a loss there is no minimum at finite weights, only a way to one. */
function margins({ predictions, labels, architecture }: Bench): { least: number; sample: number } {
  const q = architecture.outputs;
  let [least, sample] = [Infinity, 0];
  labels?.forEach((c, i) => {
    let lead = q === 1 ? (c === 1 ? 1 : -1) * predictions[i]! : Infinity;
    for (let k = 0; k < q; k++) if (q > 1 && k !== c) lead = Math.min(lead, predictions[i * q + c]! - predictions[i * q + k]!);
    if (lead < least) [least, sample] = [lead, i];
  });
  return { least, sample };
}

function margin(bench: Bench): Answer {
  const { least } = margins(bench);
  const known = Number.isFinite(least);
  return {
    name: "margin",
    label: "smallest lead of a sample's class over the next, in logits",
    value: known ? least : NaN,
    error: known ? 0 : NaN,
    unit: "logit",
    status: known ? "ok" : "not-converged",
    method: "over all samples",
    sources: [],
    cost: {},
    ...(known ? {} : { explanation: "the targets name no classes" }),
  };
}

function marginSentence(bench: Bench): string {
  const { least, sample } = margins(bench);
  const where = !Number.isFinite(least)
    ? ""
    : least > 0
      ? ` Every sample is of its class, by ${show(least)} in logits at least (sample ${sample}).`
      : ` The farthest from its class is sample ${sample}, which misses it by ${show(-least)} in logits.`;
  return `With the loss ${bench.loss.name} no finite weights pass through the data (the loss only tends to 0), so SGD has no point to stay at.${where}`;
}
