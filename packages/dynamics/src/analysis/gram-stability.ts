import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import type { Gram } from "../core/gram.js";
import { gramSpectrum } from "./gram-spectrum.js";
import { logFactor } from "./quadratic-noise.js";
import { checkStepSize } from "./step-size.js";

/** Gradient descent at an interpolating minimum. */
export interface GramStability {
  /** mu: the exponent of the distance from the manifold of minima, a step. Below 0 the minimum is stable, above 0 it is not. */
  readonly mu: Estimate;
  /** The sign of mu; "undecided" where its error reaches 0: at the threshold, or where a step size this small moves nothing that can be counted. */
  readonly sign: "negative" | "positive" | "undecided";
  /** The step size at which mu = 0: 2 / sharpness. */
  readonly threshold: Estimate;
  /** The Hessian's largest eigenvalue. */
  readonly sharpness: number;
  /** The Hessian's smallest eigenvalue across the manifold: the slowest direction. */
  readonly smallest: number;
}

/**
 * The stability of gradient descent at an interpolating minimum.
 *
 * *Definition*: mu = log |(I - eta H) restricted to range J^T| = max_i log |1 - eta lambda_i / N| over the nonzero eigenvalues lambda_i of the
 * Gram matrix; threshold = 2 N / lambda_max.
 * *Arguments*: `gram`; `stepSize` eta > 0.
 * *Returns*: mu in nats a step (-Infinity when one step ends on the manifold), the threshold in units of the step size.
 * *Error*: bounds from the rounding of eigenvalues, size 2^-52 lambda_max. Small step sizes lose nothing: log1p(-eta lambda) is close to -eta lambda,
 * down to the smallest numbers that there are.
 * *Cost*: one decomposition of the Gram matrix (9 size^3 operations), shared by all questions on it; no D x D matrix.
 * *Source*: Chemnitz, Engel 2024, Characterizing dynamical stability of stochastic gradient descent in overparameterized learning;
 * Cohen et al. 2021 for the threshold.
 * *Example*: `gramStability(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 1 }).threshold.value // 1.3203`
 */
export function gramStability(gram: Gram, { stepSize }: { readonly stepSize: number }): GramStability {
  checkStepSize("gramStability", stepSize);
  const { hessian, rank } = gramSpectrum(gram);
  const common = {
    status: rank > 0 ? ("ok" as const) : ("not-converged" as const),
    method: "eigenvalues of the Gram matrix; the error is a bound on their rounding",
    sources: ["Chemnitz, Engel 2024", "Cohen, Kaur, Li, Kolter, Talwalkar 2021"],
    cost: {},
    ...(rank > 0 ? {} : { explanation: "the Gram matrix is zero: no sample moves the network" }),
  };
  const sharpness = rank > 0 ? hessian[0]! : NaN;
  const smallest = rank > 0 ? hessian[rank - 1]! : NaN;
  const rounding = gram.size * 2 ** -52 * sharpness;
  const factor = hessian.reduce((m, h) => Math.max(m, Math.abs(1 - stepSize * h)), 0);
  const value = rank > 0 ? hessian.reduce((m, h) => Math.max(m, logStep(stepSize, h)), -Infinity) : NaN;
  // A product below the normal numbers is rounded to a multiple of the smallest one.
  const error =
    factor > 0 && factor < Infinity ? (stepSize * rounding) / factor + (stepSize * smallest < 2 ** -1021 ? 2 ** -1074 : 0) : 0;
  return {
    sharpness,
    smallest,
    sign: value < -error ? "negative" : value > error ? "positive" : "undecided",
    mu: {
      ...common,
      value,
      error: rank > 0 ? error : NaN,
      unit: "nat/step",
      ...(rank > 0 && !(Math.abs(value) > error)
        ? {
            explanation:
              factor > 0.5 && stepSize * sharpness < 1
                ? "the step size is too small: what a step changes cannot be told from nothing"
                : "the step size is that of the threshold, within the rounding of eigenvalues",
          }
        : {}),
    },
    threshold: {
      ...common,
      value: 2 / sharpness,
      error: (2 * rounding) / (sharpness * sharpness),
      unit: "step size",
    },
  };
}

/** log |1 - eta h|, without loss where the product is small, nor beyond the largest number. */
function logStep(stepSize: number, h: number): number {
  const x = stepSize * h;
  if (x === Infinity) return scalarMath.log(stepSize) + scalarMath.log(h);
  return logFactor(x);
}
