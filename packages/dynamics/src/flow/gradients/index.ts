import { adjointGradient, storedAdjointGradient } from "./adjoint.js";
import { checkpointedGradient, discreteGradient } from "./discrete.js";
import { forwardGradient } from "./forward.js";
import type { GradientMethod } from "./problem.js";

/** One line an entry: ways to the gradient of a loss of a flow's end. */
export const gradientMethods: readonly GradientMethod[] = [
  discreteGradient,
  checkpointedGradient,
  storedAdjointGradient,
  adjointGradient,
  forwardGradient,
];
