import { add, div, mul, sub, type Tensor } from "#engine";
import { settle } from "../hyperparameters.js";
import { rootMeanSquare, stepSizes, type Optimizer, type StepSizeOptions } from "./optimizer.js";

export const rmspropNumbers = [
  { name: "beta2", description: "decay of the mean of squared gradients", default: 0.99, from: 0, below: 1 },
  { name: "epsilon", description: "added to the root of the mean square", default: 1e-8, from: 0 },
  { name: "initialSquare", description: "the mean square before the first step", default: 0, from: 0 },
] as const;

export type RmspropOptions = StepSizeOptions & {
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly initialSquare?: number;
};

/**
 * RMSProp: each gradient entry is divided by a running root mean square of itself.
 *
 * *Definition*: nu' = beta2 nu + (1 - beta2) g^2, theta' = theta - eta_t g / (sqrt(nu') + epsilon), entry by entry. The preconditioner of a
 * step is p = sqrt(nu') + epsilon, so it depends on the gradient of that step.
 *
 * Threshold: what is held fixed is P. Then theta' = (I - eta P^-1 A) theta, and P^-1 A is similar to P^(-1/2) A P^(-1/2): stable exactly where
 * its eigenvalues lie in (0, 2 / eta). This is exact for the whole map wherever g = 0: the derivative of nu' by theta is
 * 2 (1 - beta2) g dg = 0 there, so the Jacobian on (theta, nu) has the eigenvalues of I - eta P^-1 A and beta2. It says nothing about how P moves:
 * nu decays while gradients are small, which raises the preconditioned sharpness until the run is at its threshold.
 * *Arguments*: `stepSize` eta > 0; `beta2` in [0, 1), default 0.99; `epsilon` >= 0, default 1e-8; `initialSquare` >= 0: nu before the first
 * step, default 0; `schedule`.
 * *Error*: with epsilon = 0 an entry whose gradient has always been 0 becomes NaN.
 * *Source*: Tieleman, Hinton 2012, Lecture 6.5: RMSProp; the threshold: Cohen et al. 2022, Adaptive gradient methods at the edge of stability.
 * *Example*: `rmsprop({ stepSize: 1e-3 }).threshold // 2000`
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { beta2, epsilon, initialSquare } = settle("rmsprop", rmspropNumbers, options);
  const { rate, ...thresholds } = stepSizes("rmsprop", options, (eta) => 2 / eta);
  const square = (nu: Tensor, g: Tensor): Tensor => add(mul(beta2, nu), mul(1 - beta2, mul(g, g)));
  const scale = (nu: Tensor): Tensor => add(rootMeanSquare(nu), epsilon);
  return {
    name: "rmsprop",
    memories: 1,
    initialMemory: [initialSquare],
    ...thresholds,
    rule(theta, g, [nu], step) {
      const next = square(nu!, g);
      return { theta: sub(theta, mul(rate(step), div(g, scale(next)))), memory: [next] };
    },
    preconditioner: (_theta, g, [nu]) => scale(square(nu!, g)),
  };
}
