import { add, concat, constant, div, mul, neg, reshape, scan, slice, sub, valueAndGrad, vjp, type Tensor } from "#engine";
import { integrate, integratePath } from "../integrate.js";
import { between, type VectorField } from "../solver.js";
import type { GradientMethod, GradientProblem, LossGradient, ParametrisedField } from "./problem.js";

const sizeOf = ({ shape }: Tensor): number => shape.reduce((a, b) => a * b, 1);
const flat = (x: Tensor): Tensor => reshape(x, [sizeOf(x)]);
const piece = (z: Tensor, from: number, size: number): Tensor => slice(z, [from], [from + size]);

/** -(a D_x f, a D_theta f): how the adjoint state a and the gradient by the parameters change where the state is x. */
function transported(field: ParametrisedField, x: Tensor, t: Tensor, theta: Tensor, a: Tensor): { slope: Tensor; rate: Tensor } {
  const { outputs, pull } = vjp((y, p) => field(y!, t, p!), [x, theta]);
  const [byState, byParameters] = pull([reshape(a, [...x.shape])]);
  return { slope: flat(outputs[0]!), rate: neg(concat([flat(byState!), byParameters!])) };
}

const reversed = (grid: Float64Array): Float64Array => grid.slice().reverse();
const total = ({ grid, solver }: GradientProblem): number => (grid.length - 1) * solver.evaluations;

/**
 * The continuous adjoint, with the states found again by solving the field backward.
 *
 * *Definition*: da/dt = -a D_x f, dg/dt = -a D_theta f from a(to) = dL/dx, g(to) = 0 back to `from`, beside dx/dt = f, on the same steps.
 * *Error*: O(h^order) away from the gradient of the discrete solution. Backward the field undoes what it did forward: where it contracts at the rate lambda,
 * errors in x grow by e^(lambda T), and the gradient is worthless once that passes 1 over the arithmetic's resolution.
 * *Cost*: memory that does not depend on the number of steps.
 * *Source*: Chen, Rubanova, Bettencourt and Duvenaud 2018, Neural ordinary differential equations, algorithm 1.
 * *Example*: `adjointGradient.cost({ grid: new Float64Array(11), solver: rk4 }, 3) // { evaluations: 80, products: 40 }`
 */
export const adjointGradient: GradientMethod = {
  name: "adjoint",
  description: "continuous adjoint; solves the states backward again: no memory, unstable where the field contracts",
  source: "Chen, Rubanova, Bettencourt and Duvenaud 2018, Neural ordinary differential equations",
  gradient(problem) {
    const { field, loss, solver, grid } = problem;
    return (initial, theta): LossGradient => {
      const n = sizeOf(initial);
      const end = integrate((x, t) => field(x, t, theta), { solver, grid })(initial);
      const [value, cotangent] = valueAndGrad(loss)(end);
      const backward: VectorField = (z, t) => {
        const x = reshape(piece(z, 0, n), [...initial.shape]);
        const { slope, rate } = transported(field, x, t, theta, piece(z, n, n));
        return concat([slope, rate]);
      };
      const start = concat([flat(end), flat(cotangent), mul(0, theta)]);
      const z = integrate(backward, { solver, grid: reversed(grid) })(start);
      return { loss: value, initial: reshape(piece(z, n, n), [...initial.shape]), parameters: piece(z, 2 * n, sizeOf(theta)) };
    };
  },
  cost: (problem) => ({ evaluations: 2 * total(problem), products: total(problem) }),
};

/**
 * The continuous adjoint along the stored solution, which the solver's dense output fills in between the steps.
 *
 * *Definition*: as `adjointGradient`, with x(t) read off the forward solution in place of solved backward: stable where the field contracts.
 * *Error*: O(h^min(order, denseOrder + 1)) away from the gradient of the discrete solution. *Cost*: memory for every step's state.
 * *Source*: Serban and Hindmarsh 2005, CVODES, section 2.3.
 * *Example*: `storedAdjointGradient.cost({ grid: new Float64Array(11), solver: rk4 }, 3) // { evaluations: 130, products: 40 }`
 */
export const storedAdjointGradient: GradientMethod = {
  name: "stored-adjoint",
  description: "continuous adjoint along the stored solution: stable, keeps every state",
  source: "Serban and Hindmarsh 2005, CVODES: the sensitivity-enabled ODE solver in SUNDIALS",
  gradient(problem) {
    const { field, loss, solver, grid } = problem;
    const count = grid.length - 1;
    const times = grid.slice(0, count);
    const lengths = times.map((t, i) => grid[i + 1]! - t);
    return (initial, theta): LossGradient => {
      const n = sizeOf(initial);
      const own: VectorField = (x, t) => field(x, t, theta);
      const path = integratePath(own, { solver, grid })(initial);
      const from = initial.shape.map(() => 0);
      const states = slice(path, [0, ...from], [count, ...initial.shape]);
      const end = reshape(slice(path, [count, ...from], [count + 1, ...initial.shape]), [...initial.shape]);
      const [value, cotangent] = valueAndGrad(loss)(end);
      const [[z]] = scan(
        ([carried], [t, h, x]) => {
          const inside = solver.step(own, x!, t!, h!, own(x!, t!)).dense();
          const backward: VectorField = (w, s) =>
            transported(field, between(x!, inside, div(sub(s, t!), h!)), s, theta, piece(w, 0, n)).rate;
          const late = add(t!, h!);
          return [[solver.step(backward, carried!, late, neg(h!), backward(carried!, late)).next], []];
        },
        [concat([flat(cotangent), mul(0, theta)])],
        [constant(times, [count]), constant(lengths, [count]), states],
        { reverse: true },
      );
      return { loss: value, initial: reshape(piece(z!, 0, n), [...initial.shape]), parameters: piece(z!, n, sizeOf(theta)) };
    };
  },
  cost(problem) {
    // Forward; its stages and its end slope once more for the dense output; the evaluation inside each product, fewer where two stages meet at one time.
    return { evaluations: 3 * total(problem) + problem.grid.length - 1, products: total(problem) };
  },
};
