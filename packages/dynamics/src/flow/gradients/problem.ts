import type { Tensor } from "#engine";
import type { Solver } from "../solver.js";

/** A field with parameters: x of any shape, t a scalar, theta of shape [size]. */
export type ParametrisedField = (x: Tensor, t: Tensor, theta: Tensor) => Tensor;

/** A loss of the end of a solution, to be differentiated by the parameters of the field and by the initial state. */
export interface GradientProblem {
  readonly field: ParametrisedField;
  /** x(to) to a scalar. */
  readonly loss: (end: Tensor) => Tensor;
  readonly solver: Solver;
  /** The times at which the steps begin and end. */
  readonly grid: Float64Array;
}

/** The loss and its derivatives. */
export interface LossGradient {
  readonly loss: Tensor;
  /** By the initial state, of its shape. */
  readonly initial: Tensor;
  /** By theta. */
  readonly parameters: Tensor;
}

/** What a gradient takes. */
export interface GradientCost {
  /** Evaluations of the field, those inside products included; `stored-adjoint`: at most. */
  readonly evaluations: number;
  /** Products of its Jacobian, or of its transpose, with a vector; each takes about as long as two evaluations. */
  readonly products: number;
}

/** A way to the gradient of such a loss. */
export interface GradientMethod {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** More numbers in the initial state and the parameters make it absurd. */
  readonly mostInputs?: number;
  gradient(problem: GradientProblem): (initial: Tensor, theta: Tensor) => LossGradient;
  /** For so many numbers in the initial state and the parameters together. */
  cost(problem: GradientProblem, inputs: number): GradientCost;
}
