import { div, max, mul, sqrt, sum } from "#engine";
import type { Optimizer } from "./optimizer.js";

/**
 * An optimizer that is given gradients of bounded length.
 *
 * *Definition*: the rule sees g min(1, limit / |g|), |g| the Euclidean norm over all parameters: the direction stays, the length is at most `limit`.
 * *Arguments*: `optimizer`; `limit` > 0. Throws otherwise.
 * *Returns*: an Optimizer. Its stability threshold is that of the one inside, since near a minimum gradients are short and nothing is cut.
 * *Error*: a few rounding errors; a gradient that is not finite stays so.
 * *Cost*: one sum over the parameters a step.
 * *Source*: Pascanu, Mikolov, Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1.
 * *Example*: `const { rule } = clipped(gradientDescent({ stepSize: 1 }), 1);
 * evaluate((theta, g) => rule(theta, g, [], constant(0)).theta, { data: [0, 0] }, { data: [30, 40] })[0] // [-0.6, -0.8]`
 */
export function clipped(optimizer: Optimizer, limit: number): Optimizer {
  if (!(limit > 0 && limit < Infinity)) throw new RangeError(`clipped: limit ${limit} given; allowed: numbers above 0`);
  return {
    ...optimizer,
    name: `${optimizer.name}, gradients clipped to ${limit}`,
    rule: (theta, gradient, memory, step) =>
      optimizer.rule(theta, mul(gradient, div(limit, max(limit, sqrt(sum(mul(gradient, gradient)))))), memory, step),
  };
}
