import { z } from "zod";
import type { StabilityOfMinimum } from "../../../analysis/stability-of-minimum.js";
import type { Estimate } from "../../../core/estimate.js";
import type { Answer } from "../../conclusion.js";
import { takingTurns } from "../../asking.js";
import { count, percent, show, withError } from "../../words.js";
import type { MinimumAnswer, MinimumQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("stability"),
    learningRate: z.number().gt(0).describe("Step size eta at which the exponents are computed"),
    budget: z
      .int()
      .min(1000)
      .max(2 ** 30)
      .default(2 ** 22)
      .describe("Most random products for the exponent; they end as soon as its sign is certain"),
    level: z.number().gt(0.5).lt(1).default(0.99).describe("Probability with which the sign is right"),
    thresholdProducts: z
      .int()
      .min(1000)
      .max(2 ** 26)
      .default(2 ** 18)
      .describe("Random products of each exponent on the way to the step size at which it passes zero"),
  })
  .describe("Whether SGD and gradient descent can end at the minimum, with the four thresholds of theory");

type Spec = z.infer<typeof schema>;

/** The stability question's answer, with what others build on. */
export interface StabilityAnswer extends MinimumAnswer {
  readonly result: StabilityOfMinimum;
}

const named = (name: string, label: string, estimate: Estimate): Answer => ({ ...estimate, name, label });

export const stability: MinimumQuestion<Spec> = {
  name: "stability",
  description: "whether SGD and gradient descent can end at the minimum, and up to which step sizes",
  schema,
  weight: 2,
  async ask({ learningRate, budget, level, thresholdProducts }, bench, _before, breathe) {
    const { minimum, batchSize, sampling, loss, seed } = bench;
    const note = `exponents at learning rate ${show(learningRate)} and on the way to its threshold`;
    await breathe(0, note);
    const { stabilityOfMinimumInParts } = await import("../../../analysis/stability-of-minimum.js");
    const parts = stabilityOfMinimumInParts(minimum, {
      stepSize: learningRate,
      batchSize,
      sampling,
      loss,
      seed,
      exponent: { budget, level },
      threshold: { steps: thresholdProducts },
    });
    // How many exponents it takes is not known before.
    const result = await takingTurns(parts, () => breathe(0.5, note));
    const { lambda, mu, thresholds } = result;
    const stochastic = thresholds.stochastic!;
    const answer: StabilityAnswer = {
      result,
      rows: [{ learningRate, batchSize, exponent: { ...lambda, ...result.sign } }],
      products: (lambda.cost.steps ?? 0) + (stochastic.cost.steps ?? 0),
      answers: [
        named("lambda", `exponent of SGD at η = ${show(learningRate)}, batches of ${batchSize}`, lambda),
        named("mu", `exponent of gradient descent at η = ${show(learningRate)}`, mu),
        named("threshold_stochastic", "step size at which the exponent of SGD passes 0", stochastic),
        named("threshold_mean_square", "step size up to which SGD is stable in mean square", thresholds.meanSquare),
        named("threshold_wu_ma_e", "step size up to which the condition of Wu, Ma and E holds", thresholds.wuMaE),
        named("threshold_gradient_descent", "step size up to which gradient descent is stable", thresholds.gradientDescent),
      ],
      sentences: [
        ...fate(result, level),
        ...limits(result),
        minimum.rank === minimum.gram().size
          ? regular(result)
          : "The Jacobian is singular here, so the theorem that reads the sign of λ is not proven as it stands.",
      ],
      facts: {
        sign: result.sign.sign,
        signBy: result.sign.by,
        certificate: lambda.sign,
        intervalLow: lambda.interval[0],
        intervalHigh: lambda.interval[1],
        level,
        products: lambda.cost.steps ?? null,
        regular: result.regularity.regular ? "yes" : "no",
        sharpness: result.uniformity.sharpness,
        nonUniformity: result.uniformity.nonUniformity,
      },
    };
    return answer;
  },
};

function fate({ stepSize, batchSize, lambda, sign, mu, muSign }: StabilityOfMinimum, level: number): string[] {
  const what = {
    negative: `SGD CAN END HERE: its exponent is negative${sign.by === "mean-square" ? ", since the step size is below the mean-square threshold" : ""}, so runs that come close are drawn in.`,
    positive: "SGD DOES NOT END HERE: its exponent is positive, so almost every run that comes close leaves again.",
    undecided: `Whether SGD can end here is UNDECIDED: ${lambda.explanation ?? "the exponent is too close to zero for this budget"}.`,
  }[sign.sign];
  const [low, high] = lambda.interval;
  return [
    what,
    `With batches of ${batchSize} and learning rate η = ${show(stepSize)} the characteristic exponent is λ = ${withError(lambda.value, lambda.error)} per step ` +
      `(${sign.by === "eigenvalues" ? "by eigenvalues, since full batches are not random" : `${percent(level)} interval ${show(low)} to ${show(high)}, from ${count(lambda.cost.steps ?? 0, "random product")}`}${sign.by !== "exponent" && lambda.sign === "undecided" && lambda.explanation ? `; ${lambda.explanation}` : ""}). ` +
      `Gradient descent with the same step size has μ = ${show(mu.value)} per step: ${{ negative: "stable", positive: "unstable", undecided: `undecided, since ${mu.explanation ?? "mu is not known"}` }[muSign]}.`,
  ];
}

function limits({ thresholds: { stochastic, meanSquare, wuMaE, gradientDescent } }: StabilityOfMinimum): string[] {
  const zero = stochastic!.status === "ok" ? withError(stochastic!.value, stochastic!.error) : "unknown";
  return [
    `Step sizes up to which the minimum is stable: ${show(wuMaE.value)} by the sufficient condition of Wu, Ma and E; ${show(meanSquare.value)} in mean square (exact); ` +
      `${zero} almost surely (where λ passes 0); ${show(gradientDescent.value)} for gradient descent.`,
  ];
}

const regular = ({ regularity }: StabilityOfMinimum): string =>
  regularity.regular
    ? "The minimum is regular, so the sign of λ decides."
    : `The minimum is NOT REGULAR: ${regularity.explanation}. The numbers hold; the theorem that reads the sign does not.`;
