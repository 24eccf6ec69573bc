import { add, mul, sub } from "#engine";
import { settle } from "../hyperparameters.js";
import { heavyBallNumbers } from "./heavy-ball.js";
import { stepSizes, type Edge, type Optimizer, type StepSizeOptions } from "./optimizer.js";

/**
 * Nesterov's accelerated gradient with a constant momentum.
 *
 * *Definition*: x_{t+1} = y_t - eta_t grad L(y_t), y_{t+1} = x_{t+1} + beta (x_{t+1} - x_t). The parameters are the points y, where gradients
 * are taken; the memory is v = x_t - x_{t-1}, which starts at 0. With y_t = x_t + beta v_t this is v' = beta v - eta grad L(y) and
 * y' = y - eta grad L(y) + beta v'; x = y - beta v. At rest x = y.
 *
 * Threshold: with h = eta lambda, along an eigenvector z^2 - (1 + beta)(1 - h) z + beta (1 - h) = 0. At h > 0 the first root to leave the unit
 * circle does so at z = -1, where (1 - h)(1 + 2 beta) = -1: 0 < lambda < (2 + 2 beta) / ((1 + 2 beta) eta). (The product of the roots reaches
 * -1 only at h = 1 + 1 / beta, which is later.)
 *
 * Edge: the derivative of that equation at its root -1 gives d log |z| / d lambda = eta (1 + 2 beta)^2 / (1 + 3 beta), and a constant gradient g the
 * step -eta g / (1 - beta). Steps answer a change of the gradient by -eta (1 + beta / (1 - beta e^-mu)), behind by beta^2 / (1 - beta) steps; growth, with
 * c = beta / (1 + 2 beta), by eta (1 + 2 beta) (1 - c + c e^-mu) / (1 + c e^-mu), behind by c - c / (1 + c) = c^2 / (1 + c).
 * The second derivatives of their logarithms at mu = 0 are the variances (beta^2 + beta^3 - beta^4) / (1 - beta)^2 and c (1 - c) - c / (1 + c)^2.
 * *Arguments*: `stepSize` eta > 0; `momentum` beta in [0, 1), default 0.9; `schedule`.
 * *Source*: Nesterov 1983, A method of solving a convex programming problem with convergence rate O(1/k^2); in this form Sutskever, Martens,
 * Dahl, Hinton 2013, On the importance of initialization and momentum in deep learning.
 * *Example*: `nesterov({ stepSize: 1, momentum: 0.9 }).threshold // 1.357`
 */
export function nesterov(options: StepSizeOptions & { readonly momentum?: number }): Optimizer {
  const { momentum } = settle("nesterov", heavyBallNumbers, options);
  const limit = (eta: number): number => (2 + 2 * momentum) / ((1 + 2 * momentum) * eta);
  const { rate, ...thresholds } = stepSizes("nesterov", options, limit);
  return {
    name: "nesterov",
    memories: 1,
    ...thresholds,
    ...(options.schedule ? {} : { edge: edgeOf(options.stepSize, momentum) }),
    rule(theta, gradient, [v], step) {
      const pull = mul(rate(step), gradient);
      const next = sub(mul(momentum, v!), pull);
      return { theta: add(sub(theta, pull), mul(momentum, next)), memory: [next] };
    },
  };
}

function edgeOf(eta: number, beta: number): Edge {
  const c = beta / (1 + 2 * beta);
  const kept = 1 - beta;
  return {
    growth: (eta * (1 + 2 * beta) * (1 + 2 * beta)) / (1 + 3 * beta),
    drift: eta / kept,
    lag: 0.5 * ((beta * beta) / kept + (c * c) / (1 + c)),
    spread: 0.5 * ((beta * beta * (1 + beta - beta * beta)) / (kept * kept) + c * (1 - c) - c / ((1 + c) * (1 + c))),
  };
}
