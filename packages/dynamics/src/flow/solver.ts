import type { Tensor } from "#engine";

/** dx/dt = field(x, t), as an engine program: x of shape [dim], t a scalar. */
export type VectorField = (x: Tensor, t: Tensor) => Tensor;

/** What one step of a solver gives. */
export interface SolverStep {
  /** The state at t + h. */
  readonly next: Tensor;
  /** The difference to the embedded solution of lower order, if the solver has one. */
  readonly error?: Tensor;
  /** field(next, t + h), if the solver has computed it anyway. */
  readonly slope?: Tensor;
  /** A lower estimate of the field's Lipschitz constant near the step's end, if two stages lie there. */
  readonly stiffness?: Tensor;
  /** The solution at t + theta h, 0 <= theta <= 1: a scalar or any tensor that broadcasts to theta[..., 1]. */
  readonly between: (theta: Tensor) => Tensor;
}

/** A one-step method: it knows nothing of how the step size is chosen. */
export interface Solver {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** The global error is O(h^order). */
  readonly order: number;
  /** The error estimate is O(h^errorOrder); none: the solver runs with fixed steps only. */
  readonly errorOrder?: number;
  /** `between` is off by O(h^(denseOrder + 1)) within a step. */
  readonly denseOrder: number;
  /** Evaluations of the field a step, once it runs. */
  readonly evaluations: number;
  /** Steps are stable for real eigenvalues with -h lambda below this; Infinity for stiff solvers. */
  readonly realStability: number;
  /** `slope`: field(x, t). */
  step(field: VectorField, x: Tensor, t: Tensor, h: Tensor, slope: Tensor): SolverStep;
}
