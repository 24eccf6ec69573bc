import { characteristicExponentInParts, type CharacteristicExponent } from "../../../analysis/characteristic-exponent.js";
import { gramStability } from "../../../analysis/gram-stability.js";
import { meanSquareStability, type MeanSquareStability } from "../../../analysis/mean-square-stability.js";
import { sgdProducts } from "../../../analysis/random-products.js";
import { signByTheory } from "../../../analysis/stability-sign.js";
import { stochasticThresholdInParts } from "../../../analysis/stochastic-threshold.js";
import { wuMaE } from "../../../analysis/wu-ma-e.js";
import { checkInterpolation } from "../../../training/interpolation.js";
import type { Gram } from "../../../core/gram.js";
import { takingTurns } from "../../asking.js";
import { answerOf, type Answer } from "../../conclusion.js";
import { count, percent, show, withError } from "../../words.js";
import type { Bench, Level, Part } from "../part.js";
import type { Subject } from "../subject.js";

/** A model passes through its data when the root mean square of its residuals is below this share of that of the targets. */
const INTERPOLATES = 1e-3;
const MOST_ROWS = 1500;
const MOST_NUMBERS = 40_000_000;
const STEPS = 2 ** 16;
/** Exponents on the way to the learning rate at which one passes 0, about. */
const WAY = 40;
/** Most products for an exponent, and the seconds that they may take, about. */
const EXPONENT = { full: { most: 2 ** 20, seconds: 3 }, quick: { most: 2 ** 16, seconds: 0.3 } };
const FEWEST = 4000;
const LEVEL = 0.99;

/** Batch sizes that are looked at. */
const batchSizes = (samples: number): number[] => [1, Math.min(32, samples)].filter((b, i, all) => all.indexOf(b) === i);

/** Seconds of a random product, about: the same for every machine, so that the same parts give the same numbers. */
const productSeconds = (rows: number, batchRows: number): number => 1e-6 + rows * (8e-9 + 1.5e-9 * batchRows);

/** Random products for an exponent. */
const productsFor = (rows: number, batchRows: number, level: Level): number =>
  Math.max(FEWEST, Math.min(EXPONENT[level].most, Math.floor(EXPONENT[level].seconds / productSeconds(rows, batchRows))));

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
      (level === "full" ? WAY * STEPS * productSeconds(rows, architecture.outputs) : 0) +
      batchSizes(data.samples)
        .filter((b) => b < data.samples)
        .map((b) => b * architecture.outputs)
        .reduce((s, wide) => s + 0.1 + productsFor(rows, wide, level) * productSeconds(rows, wide), 0)
    );
  },
  async ask(bench, level, breathe) {
    const { architecture, data, loss, theta, lossValue } = bench;
    if (loss.name !== "square") return { answers: [margin(bench)], sentences: [marginSentence(bench)] };
    const size = (0.5 * squares(data.targets)) / data.samples;
    const relative = lossValue === 0 ? 0 : Math.sqrt(lossValue / size);
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
          `The model does not pass through its data: ${distance}. SGD then keeps moving whatever its step size, and the theory of its stability at a point, with its exponent λ, does not apply.`,
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
    if (gram.factor.rank === 0)
      return {
        answers: [far],
        sentences: [
          `The model passes through its data (${distance}), but no parameter moves an output on any sample: SGD stands still here at every learning rate.`,
        ],
      };
    await breathe(0.3);
    const descent = gramStability(gram, { stepSize: 1 }).threshold;
    const answers = [far, answerOf("step_gradient_descent", "largest stable learning rate of gradient descent", descent)];
    const [lines, exponents]: [string[], Exponent[]] = [[], []];
    for (const batchSize of batchSizes(data.samples)) {
      const exact = meanSquareStability(gram, { batchSize });
      answers.push(
        answerOf(
          `step_mean_square_${batchSize}`,
          `largest learning rate of SGD stable in mean square, batches of ${batchSize}`,
          exact,
        ),
        answerOf(
          `step_wu_ma_e_${batchSize}`,
          `sufficient for it (Wu, Ma and E), batches of ${batchSize}`,
          wuMaE(gram, { batchSize }).threshold,
        ),
      );
      lines.push(`in mean square up to ${show(exact.value)} with batches of ${batchSize}`);
      await breathe(0.5);
      exponents.push(await exponentOf(gram, 0.5 * descent.value, batchSize, exact, bench.seed, level, () => breathe(0.6)));
    }
    if (level === "full") {
      const parts = stochasticThresholdInParts(gram, { steps: STEPS, seed: bench.seed });
      const zero = await takingTurns(parts, () => breathe(0.8));
      answers.push(answerOf("step_stochastic_1", "learning rate at which single-sample SGD begins to leave", zero));
      lines.push(`almost surely up to ${show(zero.value)} with single samples`);
    }
    return {
      answers: [...answers, ...exponents.map((e) => e.answer)],
      sentences: [
        `The model passes through its data (${distance}; ${minimum.regime}). SGD can stay here ${lines.join(", ")}; gradient descent up to ${show(answers[1]!.value)}.${minimum.regime === "overparametrised" ? "" : ` ${minimum.explanation}.`}`,
        `At half of what gradient descent bears, the learning rate ${show(0.5 * descent.value)}: ${exponents.map((e) => e.words).join("; ")}.`,
      ],
      facts: { regime: minimum.regime, rank: minimum.rank, ...Object.assign({}, ...exponents.map((e) => e.facts)) },
    };
  },
};

/** An exponent as it stands in the report. */
interface Exponent {
  readonly answer: Answer;
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** The characteristic exponent of SGD at the weights of the file, and what its sign means. */
async function exponentOf(
  gram: Gram,
  stepSize: number,
  batchSize: number,
  meanSquare: MeanSquareStability,
  seed: number,
  level: Level,
  turn: () => Promise<void>,
): Promise<Exponent> {
  const budget = productsFor(gram.size, batchSize * gram.outputs, level);
  // With all samples in a batch nothing is random, and the eigenvalues say all.
  const whole = batchSize === gram.samples;
  const found = whole
    ? exactly(gramStability(gram, { stepSize }))
    : await takingTurns(
        characteristicExponentInParts(sgdProducts(gram, { stepSize, batchSize }), { budget, level: LEVEL, seed }),
        turn,
      );
  const { sign, by } = signByTheory(gram, { stepSize, batchSize, meanSquare }) ?? { sign: found.sign, by: "exponent" };
  const [low, high] = found.interval;
  const who = whole
    ? `all ${batchSize === 1 ? "of the one sample" : `${batchSize} samples`} in a batch`
    : batchSize === 1
      ? "single samples"
      : `batches of ${batchSize}`;
  const what = {
    negative: `SGD can stay${by === "mean-square" ? " (the learning rate is below the mean-square threshold)" : ""}`,
    positive: "SGD leaves",
    undecided: `whether SGD stays is undecided${found.explanation ? `: ${found.explanation}` : ""}`,
  }[sign];
  const interval =
    whole || !Number.isFinite(low)
      ? ""
      : ` (${percent(LEVEL)} interval ${show(low)} to ${show(high)}, ${count(found.cost.steps ?? 0, "random product")})`;
  const name = `lambda_${batchSize}`;
  return {
    answer: answerOf(name, `characteristic exponent of SGD at the learning rate ${show(stepSize)}, ${who}`, found),
    words: `with ${who} λ = ${withError(found.value, found.error)} per step${interval}: ${what}`,
    facts: {
      [`${name}_sign`]: sign,
      [`${name}_by`]: by,
      [`${name}_low`]: low,
      [`${name}_high`]: high,
      [`${name}_step`]: stepSize,
    },
  };
}

/** The exponent of gradient descent, known from eigenvalues, as one of SGD. */
const exactly = ({
  mu,
  sign,
}: ReturnType<typeof gramStability>): Pick<CharacteristicExponent, "sign" | "interval"> & typeof mu => ({
  ...mu,
  unit: "nat/step",
  sign,
  interval: [mu.value - mu.error, mu.value + mu.error],
});

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
