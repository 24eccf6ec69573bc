import type { Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Gram, SampleLoss } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import type { Status } from "../core/status.js";
import {
  characteristicExponentInParts,
  type CharacteristicExponent,
  type CharacteristicExponentOptions,
} from "./characteristic-exponent.js";
import { gramStability, type GramStability } from "./gram-stability.js";
import { meanSquareStability, type MeanSquareStability } from "./mean-square-stability.js";
import { sgdProducts } from "./random-products.js";
import { signByTheory, type StabilitySign } from "./stability-sign.js";
import { regularity, type Regularity } from "./regularity.js";
import { checkStepSize } from "./step-size.js";
import { stochasticThresholdInParts, type StochasticThreshold, type StochasticThresholdOptions } from "./stochastic-threshold.js";
import { wuMaE, type WuMaE } from "./wu-ma-e.js";

/** A minimum as this question needs it; `interpolate` gives one. */
export interface Minimum {
  /** "ok" when it interpolates. */
  readonly status: Status;
  readonly explanation?: string;
  gram(loss?: SampleLoss): Gram;
}

export interface StabilityOfMinimumOptions {
  readonly stepSize: number;
  /** Default 1. */
  readonly batchSize?: number;
  readonly sampling?: Sampling;
  /** Default "half-square". */
  readonly loss?: SampleLoss;
  readonly seed?: number;
  /** How lambda is computed. */
  readonly exponent?: CharacteristicExponentOptions;
  /** How the zero of lambda is found; false leaves it out, which is the costly part. */
  readonly threshold?: StochasticThresholdOptions | false;
}

/** Where a minimum stands: can SGD, and can gradient descent, end there? */
export interface StabilityOfMinimum {
  readonly stepSize: number;
  readonly batchSize: number;
  /** The characteristic exponent of SGD with its interval and certificate. */
  readonly lambda: CharacteristicExponent;
  /** The sign of lambda, by theory where it gives it and by the certificate where not. */
  readonly sign: Pick<StabilitySign, "sign" | "by">;
  /** The exponent of gradient descent with the same step size. */
  readonly mu: Estimate;
  readonly muSign: GramStability["sign"];
  /** Step sizes up to which the minimum is stable, by four criteria. */
  readonly thresholds: {
    /** lambda = 0: almost surely. */
    readonly stochastic: StochasticThreshold | undefined;
    /** In mean square, exactly. */
    readonly meanSquare: MeanSquareStability;
    /** In mean square, by the sufficient condition of Wu, Ma and E. */
    readonly wuMaE: Estimate;
    /** Gradient descent: 2 / sharpness. */
    readonly gradientDescent: Estimate;
  };
  readonly uniformity: Pick<WuMaE, "sharpness" | "nonUniformity">;
  readonly regularity: Regularity;
  /** In words: what SGD and gradient descent can do here. */
  readonly verdict: string;
}

/**
 * The stability of an interpolating minimum under stochastic and under full gradient descent.
 *
 * *Definition*: lambda, mu and the thresholds of `characteristicExponent`, `gramStability`, `stochasticThreshold`, `meanSquareStability`, `wuMaE`.
 * *Arguments*: `minimum`; see `StabilityOfMinimumOptions`. Throws for a step size or batch size that makes no sense, and for a minimum that does
 * not interpolate, with how far it is from that.
 * *Returns*: one record. Always wuMaE <= meanSquare <= both stochastic (where lambda passes 0) and gradientDescent; those two may stand in
 * either order.
 * *Cost*: that of its parts; the zero of lambda takes most of it.
 * *Source*: those of its parts.
 * *Example*: `stabilityOfMinimum(interpolate(net, data), { stepSize: 0.1, threshold: false }).verdict
 * // "SGD can end here: lambda < 0; gradient descent can end here"`
 */
export const stabilityOfMinimum = (minimum: Minimum, options: StabilityOfMinimumOptions): StabilityOfMinimum =>
  finish(stabilityOfMinimumInParts(minimum, options));

/** `stabilityOfMinimum` in parts. */
export function* stabilityOfMinimumInParts(minimum: Minimum, options: StabilityOfMinimumOptions): Parts<StabilityOfMinimum> {
  const { stepSize, batchSize = 1, sampling = "subset", loss, seed = 0, threshold = {} } = options;
  checkStepSize("stabilityOfMinimum", stepSize);
  if (minimum.status !== "ok")
    throw new RangeError(
      `stabilityOfMinimum: the minimum does not interpolate, and the exponents are defined only where it does: ${minimum.explanation ?? minimum.status}`,
    );
  const gram = minimum.gram(loss);
  const batches = { batchSize, sampling };
  const products = sgdProducts(gram, { stepSize, ...batches });
  const meanSquare = meanSquareStability(gram, batches);
  const sufficient = wuMaE(gram, batches);
  const descent = gramStability(gram, { stepSize });
  const lambda =
    sampling === "subset" && batchSize === gram.samples
      ? ofFullBatches(descent)
      : yield* characteristicExponentInParts(products, { seed, ...options.exponent });
  // The theorem first: it is certain, and where it applies lambda may be too small for a certificate.
  const { sign, by } = signByTheory(gram, { stepSize, ...batches, meanSquare }) ?? {
    sign: lambda.sign,
    by: "exponent" as const,
  };
  const stochastic =
    threshold === false
      ? undefined
      : yield* stochasticThresholdInParts(gram, { seed, from: 0.98 * meanSquare.value, ...batches, ...threshold });
  return {
    stepSize,
    batchSize,
    lambda,
    sign: { sign, by },
    mu: descent.mu,
    muSign: descent.sign,
    thresholds: {
      stochastic,
      meanSquare,
      wuMaE: sufficient.threshold,
      gradientDescent: descent.threshold,
    },
    uniformity: { sharpness: sufficient.sharpness, nonUniformity: sufficient.nonUniformity },
    regularity: regularity(gram, { stepSize }),
    verdict: `${fateOf(sign)}; ${{ negative: "gradient descent can end here", positive: "gradient descent does not end here", undecided: "the sign of mu is undecided" }[descent.sign]}`,
  };
}

/** Full batches are not random: lambda = mu. */
const ofFullBatches = ({ mu, sign }: GramStability): CharacteristicExponent => ({
  ...mu,
  interval: [mu.value - mu.error, mu.value + mu.error],
  level: 1,
  sign,
  stages: 0,
  correlation: 0,
});

const fateOf = (sign: CharacteristicExponent["sign"]): string =>
  sign === "negative"
    ? "SGD can end here: lambda < 0"
    : sign === "positive"
      ? "SGD does not end here: lambda > 0"
      : "the sign of lambda is undecided";
