import { eq, mul, select, sqrt, type Operand, type Tensor } from "#engine";
import { settle, type Hyperparameter } from "../hyperparameters.js";
import { factorAt, type Schedule } from "../schedules/schedule.js";

/**
 * A rule that moves parameters along gradients, as a map on (theta, memory).
 *
 * *Arguments*: `memories`: how many vectors of theta's length the rule remembers; every entry of the i-th starts at `initialMemory[i]`
 * (default 0). `rule(theta, gradient, memory, step)` gives the next theta and the next memory; `step` is a scalar, the number of steps done
 * before this one. It is traced once, elementwise and exact.
 * `preconditioner(theta, gradient, memory, step)`: the vector p by which the step that leaves this state divides; P = diag(p), and 1
 * without it. The sharpness that counts is then the largest eigenvalue of P^(-1/2) H P^(-1/2).
 * `threshold`: on a quadratic loss with Hessian A, the iteration with P held fixed is asymptotically stable exactly where every eigenvalue
 * of P^(-1/2) A P^(-1/2) lies in (`lowest`, threshold), where `lowest` is 0 unless stated. With a schedule it is that of factor 1, and
 * `thresholdAt(step)` that of the step size in a step.
 * `edge`: how it moves at its threshold; not of rules with a preconditioner, which changes there too, nor with a schedule.
 */
export interface Optimizer {
  readonly name: string;
  readonly memories: number;
  readonly initialMemory?: readonly number[];
  readonly lowest?: number;
  readonly threshold: number;
  thresholdAt(step: number): number;
  readonly edge?: Edge;
  rule(
    theta: Tensor,
    gradient: Tensor,
    memory: readonly Tensor[],
    step: Tensor,
  ): { readonly theta: Tensor; readonly memory: readonly Tensor[] };
  preconditioner?(theta: Tensor, gradient: Tensor, memory: readonly Tensor[], step: Tensor): Tensor;
}

/**
 * An optimizer at its threshold, where along one eigenvector it oscillates by x, -x, x, ... and along all others moves slowly.
 *
 * *Definition*: `growth`: by how much log |x| rises in a step for each unit of the eigenvalue above the threshold. `drift`: the displacement a step for
 * each unit of a constant gradient. `lag`: the steps by which both, one taken with the other, follow what changes slowly: with a change e^(mu t),
 * growth times drift is that of slow change times exp(-2 lag mu + spread mu^2) to second order. `spread`: the variance of the steps waited, the mean of both.
 */
export interface Edge {
  readonly growth: number;
  readonly drift: number;
  readonly lag: number;
  readonly spread: number;
}

/** What every optimizer is given. */
export interface StepSizeOptions {
  /** eta > 0. */
  readonly stepSize: number;
  /** How eta changes with the step number. Default: not at all. */
  readonly schedule?: Schedule;
}

/** A family of optimizers, as the CLI lists it and a study names it. */
export interface OptimizerEntry {
  readonly name: string;
  readonly description: string;
  /** Besides the step size. */
  readonly hyperparameters: readonly Hyperparameter[];
  make(options: StepSizeOptions & { readonly [name: string]: number | Schedule | undefined }): Optimizer;
}

const STEP_SIZE = [{ name: "stepSize", description: "eta", above: 0 }] as const;

/**
 * The step size of an optimizer in each step, and the thresholds that follow from it.
 *
 * *Arguments*: `limit(eta)`: the stability threshold for a constant step size eta.
 * *Returns*: `rate(step)`, a number where there is no schedule, so that nothing is computed for it; `threshold` and `thresholdAt`.
 */
export function stepSizes(owner: string, options: StepSizeOptions, limit: (eta: number) => number) {
  const { stepSize } = settle(owner, STEP_SIZE, options);
  const { schedule } = options;
  const threshold = limit(stepSize);
  if (!Number.isFinite(threshold))
    throw new RangeError(
      `${owner}: stepSize ${stepSize} given; its stability threshold, about 2 / stepSize, is beyond the largest number; allowed: larger ones`,
    );
  return {
    rate: (step: Tensor): Operand => (schedule ? mul(stepSize, schedule.factor(step)) : stepSize),
    threshold,
    thresholdAt: (step: number): number => limit(schedule ? stepSize * factorAt(schedule, step) : stepSize),
  };
}

/**
 * The root of a mean of squared gradients, with derivative 0 where it is 0.
 *
 * A gradient entry that has always been 0 has mean square 0, where the root has no derivative; but it only ever divides a gradient, and g / (|g| + epsilon)
 * has the derivative 1 / epsilon at 0, which is what this gives. Otherwise one silent entry would make every tangent NaN.
 */
export function rootMeanSquare(square: Tensor): Tensor {
  const silent = eq(square, 0);
  return select(silent, 0, sqrt(select(silent, 1, square)));
}
