import { concat, constant, jvp, matmul, reshape, slice, valueAndGrad, vmap, type Tensor } from "#engine";
import { integrate } from "../integrate.js";
import type { VectorField } from "../solver.js";
import type { GradientMethod } from "./problem.js";

/**
 * Forward sensitivities: one tangent for each number of the initial state and each parameter rides along.
 *
 * *Definition*: dS/dt = D_x f S + D_theta f beside dx/dt = f, solved by the same steps: the exact derivative of the discrete solution.
 * *Error*: rounding. *Cost*: memory that does not depend on the number of steps; products in proportion to the number of inputs.
 * *Example*: `forwardGradient.cost({ grid: new Float64Array(11), solver: rk4 }, 3) // { evaluations: 40, products: 120 }`
 */
export const forwardGradient: GradientMethod = {
  name: "forward",
  description: "exact gradient of the discrete solution; a tangent for each parameter rides along, no memory",
  source: "Hairer, Norsett and Wanner 1993, Solving ordinary differential equations I, section I.14",
  mostInputs: 1024,
  gradient({ field, loss, solver, grid }) {
    return (initial, theta) => {
      const n = initial.shape.reduce((a, b) => a * b, 1);
      const p = theta.shape[0]!;
      const all = n + p;
      const stateOf = (z: Tensor): Tensor => reshape(slice(z, [0], [n]), [...initial.shape]);
      const tangentsOf = (z: Tensor): Tensor => reshape(slice(z, [n], [n + all * n]), [all, n]);
      // Row i moves number i of (initial, theta).
      const moved = identity(all, n, p);
      const beside: VectorField = (z, t) => {
        const x = stateOf(z);
        const rates = vmap((s: Tensor, v: Tensor) => {
          const { tangents } = jvp((y, q) => field(y!, t, q!), [x, theta], [reshape(s, [...initial.shape]), v]);
          return reshape(tangents[0]!, [n]);
        })(tangentsOf(z), moved.parameters);
        return concat([reshape(field(x, t, theta), [n]), reshape(rates, [all * n])]);
      };
      const start = concat([reshape(initial, [n]), reshape(moved.state, [all * n])]);
      const end = integrate(beside, { solver, grid })(start);
      const [value, cotangent] = valueAndGrad(loss)(stateOf(end));
      const gradient = matmul(tangentsOf(end), reshape(cotangent, [n]));
      return {
        loss: value,
        initial: reshape(slice(gradient, [0], [n]), [...initial.shape]),
        parameters: slice(gradient, [n], [all]),
      };
    };
  },
  cost({ grid, solver }, inputs) {
    const evaluations = (grid.length - 1) * solver.evaluations;
    return { evaluations, products: evaluations * inputs };
  },
};

/** The unit vectors of (initial, theta), cut into the two. */
function identity(all: number, n: number, p: number): { state: Tensor; parameters: Tensor } {
  const [state, parameters] = [new Float64Array(all * n), new Float64Array(all * p)];
  for (let i = 0; i < n; i++) state[i * n + i] = 1;
  for (let i = 0; i < p; i++) parameters[(n + i) * p + i] = 1;
  return { state: constant(state, [all, n]), parameters: constant(parameters, [all, p]) };
}
