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
 *
 * Edge: the derivative of that equation at its root -1 gives d log |z| / d lambda = eta / (1 - beta), and a constant gradient g the step -eta g / (1 - beta).
 * A step is the sum of beta^k eta g_(t-k), and log |x_(t+1) / x_t| that of beta^k eta (lambda_(t-k) - threshold) to first order: both are behind by
 * beta / (1 - beta) steps, with the variance beta / (1 - beta)^2.
 * *Arguments*: `stepSize` eta > 0; `momentum` beta in [0, 1), default 0.9; `schedule`.
 * *Source*: Polyak 1964, Some methods of speeding up the convergence of iteration methods.
 * *Example*: `heavyBall({ stepSize: 1, momentum: 0.9 }).threshold // 3.8`
 */
export function heavyBall(options: StepSizeOptions & { readonly momentum?: number }): Optimizer {
  const { momentum } = settle("heavyBall", heavyBallNumbers, options);
  const { rate, ...thresholds } = stepSizes("heavyBall", options, (eta) => (2 + 2 * momentum) / eta);
  const slow = options.stepSize / (1 - momentum);
  const lag = momentum / (1 - momentum);
  return {
    name: "heavy-ball",
    memories: 1,
    ...thresholds,
    ...(options.schedule ? {} : { edge: { growth: slow, drift: slow, lag, spread: lag * (1 + lag) } }),
    rule(theta, gradient, [v], step) {
      const next = sub(mul(momentum, v!), mul(rate(step), gradient));
      return { theta: add(theta, next), memory: [next] };
    },
  };
}
