import { mul, sub } from "#engine";
import { stepSizes, type Optimizer, type StepSizeOptions } from "./optimizer.js";

/**
 * Gradient descent.
 *
 * *Definition*: theta' = theta - eta grad L(theta). At a minimum with Hessian A the factor along an eigenvector is 1 - eta lambda, so the
 * minimum is asymptotically stable if 0 < lambda < 2 / eta for every eigenvalue.
 * *Arguments*: `stepSize` eta > 0; `schedule` (default: constant).
 * *Source*: Cauchy 1847; the threshold is the spectral radius of I - eta A.
 * *Example*: `gradientDescent({ stepSize: 0.1 }).threshold // 20`
 */
export function gradientDescent(options: StepSizeOptions): Optimizer {
  const { rate, ...thresholds } = stepSizes("gradientDescent", options, (eta) => 2 / eta);
  return {
    name: "gradient-descent",
    memories: 0,
    ...thresholds,
    ...(options.schedule ? {} : { edge: { growth: options.stepSize, drift: options.stepSize, lag: 0, spread: 0 } }),
    rule: (theta, gradient, _memory, step) => ({ theta: sub(theta, mul(rate(step), gradient)), memory: [] }),
  };
}
