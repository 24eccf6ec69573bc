import { concat, constant, jvp, reshape, slice, vmap, type Tensor } from "#engine";
import { integrate } from "../integrate.js";
import type { GradientMethod } from "./problem.js";

/**
 * Forward sensitivities: one tangent for each parameter and each number of the initial state rides along.
 *
 * *Definition*: dS/dt = D_x f S + D_theta f, solved by the same steps: the exact derivative of the discrete solution.
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
      const all = n + theta.shape[0]!;
      const end = (inputs: Tensor): Tensor => {
        const p = slice(inputs, [n], [all]);
        return loss(integrate((x, t) => field(x, t, p), { solver, grid })(reshape(slice(inputs, [0], [n]), [...initial.shape])));
      };
      const inputs = concat([reshape(initial, [n]), theta]);
      const eye = new Float64Array(all * all);
      for (let i = 0; i < all; i++) eye[i * all + i] = 1;
      const gradient = vmap((v) => jvp(end, [inputs], [v]).tangents[0]!)(constant(eye, [all, all]));
      return {
        loss: end(inputs),
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
