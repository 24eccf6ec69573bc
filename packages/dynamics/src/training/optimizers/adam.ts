import { add, div, mul, pow, sub, type Tensor } from "#engine";
import { settle } from "../hyperparameters.js";
import { rootMeanSquare, stepSizes, type Optimizer, type StepSizeOptions } from "./optimizer.js";

export const adamNumbers = [
  { name: "beta1", description: "decay of the mean gradient", default: 0.9, from: 0, below: 1 },
  { name: "beta2", description: "decay of the mean of squared gradients", default: 0.999, from: 0, below: 1 },
  { name: "epsilon", description: "added to the root of the mean square", default: 1e-8, from: 0 },
] as const;

export type AdamOptions = StepSizeOptions & {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
};

/** The two means of Adam and what it divides by; with t = step + 1 the number of gradients seen. */
export function adamMoments({
  beta1,
  beta2,
  epsilon,
}: {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}) {
  const mean = (m: Tensor, g: Tensor): Tensor => add(mul(beta1, m), mul(1 - beta1, g));
  const square = (nu: Tensor, g: Tensor): Tensor => add(mul(beta2, nu), mul(1 - beta2, mul(g, g)));
  const unbiased = (beta: number, step: Tensor): Tensor => sub(1, pow(beta, add(step, 1)));
  /** p, from the mean square after the step. */
  const scale = (nu: Tensor, step: Tensor): Tensor =>
    mul(unbiased(beta1, step), add(rootMeanSquare(div(nu, unbiased(beta2, step))), epsilon));
  return { mean, square, scale };
}

/**
 * Adam: a running mean of gradients over a running root mean square, both corrected for their start at 0.
 *
 * *Definition*: m' = beta1 m + (1 - beta1) g, nu' = beta2 nu + (1 - beta2) g^2, t = 1, 2, ... the number of gradients seen,
 * theta' = theta - eta_t (m' / (1 - beta1^t)) / (sqrt(nu' / (1 - beta2^t)) + epsilon). The preconditioner takes both corrections:
 * p = (1 - beta1^t) (sqrt(nu' / (1 - beta2^t)) + epsilon), theta' = theta - eta_t m' / p.
 *
 * Threshold: what is held fixed is P. Then m' = beta1 m + (1 - beta1) A theta and theta' = theta - eta P^-1 m'; without m this is the heavy ball with step
 * size (1 - beta1) eta on P^-1 A, so it is stable exactly where the eigenvalues of P^(-1/2) A P^(-1/2) lie in
 * (0, (2 + 2 beta1) / ((1 - beta1) eta)): 38 / eta for beta1 = 0.9. As for RMSProp this is exact for the whole map wherever g = 0 and
 * m = 0, nu adding the eigenvalue beta2.
 * *Arguments*: `stepSize` eta > 0; `beta1` in [0, 1), default 0.9; `beta2` in [0, 1), default 0.999; `epsilon` >= 0, default 1e-8; `schedule`.
 * *Error*: with epsilon = 0 an entry whose gradient has always been 0 becomes NaN.
 * *Source*: Kingma, Ba 2015, Adam: a method for stochastic optimization, algorithm 1; the threshold: Cohen et al. 2022, Adaptive gradient
 * methods at the edge of stability.
 * *Example*: `adam({ stepSize: 1e-3 }).threshold // 38000.0`
 */
export function adam(options: AdamOptions): Optimizer {
  const numbers = settle("adam", adamNumbers, options);
  const { beta1 } = numbers;
  const limit = (eta: number): number => (2 + 2 * beta1) / ((1 - beta1) * eta);
  const { rate, ...thresholds } = stepSizes("adam", options, limit);
  const { mean, square, scale } = adamMoments(numbers);
  return {
    name: "adam",
    memories: 2,
    ...thresholds,
    rule(theta, g, [m, nu], step) {
      const memory = [mean(m!, g), square(nu!, g)] as const;
      const move = mul(rate(step), div(memory[0], scale(memory[1], step)));
      return { theta: sub(theta, move), memory };
    },
    preconditioner: (_theta, g, [, nu], step) => scale(square(nu!, g), step),
  };
}
