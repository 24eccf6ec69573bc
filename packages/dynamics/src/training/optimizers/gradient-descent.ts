import { mul, sub } from "#engine";
import type { Optimizer } from "./optimizer.js";

/**
 * Gradient descent.
 *
 * *Definition*: theta' = theta - eta grad L(theta). At a minimum with Hessian A the factor along an eigenvector is 1 - eta lambda, so the
 * minimum is asymptotically stable if 0 < lambda < 2 / eta for every eigenvalue.
 * *Arguments*: `stepSize` eta > 0.
 * *Source*: Cauchy 1847; the threshold is the spectral radius of I - eta A.
 * *Example*: `gradientDescent({ stepSize: 0.1 }).threshold // 20`
 */
export function gradientDescent({ stepSize }: { readonly stepSize: number }): Optimizer {
  if (!(stepSize > 0 && stepSize < Infinity))
    throw new RangeError(`gradientDescent: stepSize ${stepSize} given; allowed: finite numbers above 0`);
  return {
    name: "gradient-descent",
    memories: 0,
    threshold: 2 / stepSize,
    rule: (theta, gradient) => ({ theta: sub(theta, mul(stepSize, gradient)), memory: [] }),
  };
}
