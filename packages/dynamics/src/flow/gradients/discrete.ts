import { constant, vjp, type Tensor } from "#engine";
import { integrate } from "../integrate.js";
import type { GradientMethod, GradientProblem } from "./problem.js";

/** The number of segments that needs the least memory. */
const segmentsOf = ({ grid }: GradientProblem): number => Math.max(1, Math.round(Math.sqrt(grid.length - 1)));

function differentiated(segmentsFor: (problem: GradientProblem) => number): GradientMethod["gradient"] {
  return (problem) => {
    const { field, loss, solver, grid } = problem;
    const segments = segmentsFor(problem);
    const end = (x: Tensor, theta: Tensor): Tensor =>
      loss(integrate((y, t) => field(y, t, theta), { solver, grid, segments })(x));
    return (initial, theta) => {
      // Both derivatives in one backward pass.
      const { outputs, pull } = vjp((x, p) => end(x!, p!), [initial, theta]);
      const [byState, byParameters] = pull([constant(1)]);
      return { loss: outputs[0]!, initial: byState!, parameters: byParameters! };
    };
  };
}

const sweeps = ({ grid, solver }: GradientProblem): number => (grid.length - 1) * solver.evaluations;

/**
 * The exact gradient of the discrete solution, by reverse mode through every step.
 *
 * *Definition*: discretise, then differentiate. Forward once, keeping the state of every step; backward, each step's stages once more and their transposed Jacobians.
 * *Error*: rounding. *Cost*: memory for every step's state.
 * *Example*: `discreteGradient.cost({ grid: new Float64Array(11), solver: rk4 }, 3) // { evaluations: 80, products: 40 }`
 */
export const discreteGradient: GradientMethod = {
  name: "discrete",
  description: "exact gradient of the discrete solution; keeps every state",
  source: "Griewank and Walther 2008, Evaluating derivatives, section 3.2",
  gradient: differentiated(() => 1),
  cost: (problem) => ({ evaluations: 2 * sweeps(problem), products: sweeps(problem) }),
};

/**
 * The same gradient, up to the order of its sums, in the memory of about twice the square root of the number of steps.
 *
 * *Definition*: only the states at the beginnings of sqrt(n) segments are kept; those between are computed once more, a segment at a time.
 * *Error*: rounding. *Cost*: one evaluation of each stage more than `discreteGradient`.
 * *Example*: `checkpointedGradient.cost({ grid: new Float64Array(101), solver: rk4 }, 3) // { evaluations: 1200, products: 400 }`
 */
export const checkpointedGradient: GradientMethod = {
  name: "checkpointed",
  description: "exact gradient of the discrete solution; keeps the states of about 2 sqrt(n) steps and computes the others again",
  source: "Griewank and Walther 2008, Evaluating derivatives, chapter 12",
  gradient: differentiated(segmentsOf),
  cost(problem) {
    const count = problem.grid.length - 1;
    const segments = segmentsOf(problem);
    // Steps that fill no segment are kept as they are.
    const again = segments === 1 ? 0 : segments * Math.floor(count / segments);
    return { evaluations: 2 * sweeps(problem) + again * problem.solver.evaluations, products: sweeps(problem) };
  },
};
