import type { Tensor } from "#engine";

/**
 * A rule that moves parameters along gradients, as a map on (theta, memory).
 *
 * *Arguments*: `memories`: how many vectors of theta's length the rule remembers (they start at 0). `rule(theta, gradient, memory)` gives the
 * next theta and the next memory; it is traced once, elementwise and exact.
 * `threshold`: on a quadratic loss with Hessian A, the iteration is asymptotically stable exactly where every eigenvalue lies in
 * (0, threshold).
 */
export interface Optimizer {
  readonly name: string;
  readonly memories: number;
  readonly threshold: number;
  rule(
    theta: Tensor,
    gradient: Tensor,
    memory: readonly Tensor[],
  ): { readonly theta: Tensor; readonly memory: readonly Tensor[] };
}

/** A family of optimizers, as the CLI lists it and a study names it. */
export interface OptimizerEntry {
  readonly name: string;
  readonly description: string;
  make(options: { readonly stepSize: number }): Optimizer;
}
