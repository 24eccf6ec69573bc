import { add, mul, type Tensor } from "#engine";

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
  /** The solution inside the step is x + sum dense[j] theta^(j + 1), 0 <= theta <= 1. Made on demand: it may cost an evaluation. */
  dense(): readonly Tensor[];
}

/**
 * The solution inside a step from x. `theta`: a scalar, or [n, 1] for n places at once.
 *
 * *Example*: `evaluate((x, v) => between(x, [v, mul(-1, v)], constant(0.5)), { data: [1] }, { data: [2] })[0] // [1.5]`
 */
export function between(x: Tensor, dense: readonly Tensor[], theta: Tensor): Tensor {
  let value = dense[dense.length - 1]!;
  for (let j = dense.length - 2; j >= 0; j--) value = add(dense[j]!, mul(theta, value));
  return add(x, mul(theta, value));
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
  /** Where it has one: the estimate for a short step of x' = x from 1 is errorConstant h^errorOrder, but for its sign. */
  readonly errorConstant?: number;
  /** The dense output is off by O(h^(denseOrder + 1)) within a step. */
  readonly denseOrder: number;
  /** Evaluations of the field a step, once it runs. */
  readonly evaluations: number;
  /** Steps are stable for real eigenvalues with -h lambda below this; Infinity for stiff solvers. */
  readonly realStability: number;
  /** The state is (positions, velocities), and each half of the field a function of the other half. Default false. */
  readonly separable?: boolean;
  /** `slope`: field(x, t). */
  step(field: VectorField, x: Tensor, t: Tensor, h: Tensor, slope: Tensor): SolverStep;
}
