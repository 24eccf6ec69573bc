import { add, mul, sub } from "#engine";
import { settle } from "../hyperparameters.js";
import { stepSizes, type Optimizer, type StepSizeOptions } from "./optimizer.js";

export const heavyBallNumbers = [
  {
    name: "momentum",
    description: "beta, the share of the last step that is kept",
    default: 0.9,
    from: 0,
    below: 1,
  },
] as const;

/**
 * Polyak's heavy ball: gradient descent with momentum.
 *
 * *Definition*: theta_{t+1} = theta_t - eta_t grad L(theta_t) + beta (theta_t - theta_{t-1}). The memory is the last step
 * v = theta_t - theta_{t-1}, which starts at 0. (With the memory b' = beta b + grad L and theta' = theta - eta b', as some libraries write
 * it, a constant step size gives the same run; a schedule then acts on past gradients too.)
 *
 * Threshold: along an eigenvector, z^2 - (1 + beta - eta lambda) z + beta = 0. Both roots lie inside the unit circle exactly if beta < 1 and
 * |1 + beta - eta lambda| < 1 + beta (Schur, Cohn), so if 0 < lambda < (2 + 2 beta) / eta.
 * *Arguments*: `stepSize` eta > 0; `momentum` beta in [0, 1), default 0.9; `schedule`.
 * *Source*: Polyak 1964, Some methods of speeding up the convergence of iteration methods.
 * *Example*: `heavyBall({ stepSize: 1, momentum: 0.9 }).threshold // 3.8`
 */
export function heavyBall(options: StepSizeOptions & { readonly momentum?: number }): Optimizer {
  const { momentum } = settle("heavyBall", heavyBallNumbers, options);
  const { rate, ...thresholds } = stepSizes("heavyBall", options, (eta) => (2 + 2 * momentum) / eta);
  return {
    name: "heavy-ball",
    memories: 1,
    ...thresholds,
    rule(theta, gradient, [v], step) {
      const next = sub(mul(momentum, v!), mul(rate(step), gradient));
      return { theta: add(theta, next), memory: [next] };
    },
  };
}
