import { add, compile, evaluate, mul, scalarMath, sub, sum, type Tensor } from "#engine";
import { discreteGradient, checkpointedGradient } from "../flow/gradients/discrete.js";
import { adjointGradient } from "../flow/gradients/adjoint.js";
import { forwardGradient } from "../flow/gradients/forward.js";
import type { GradientMethod } from "../flow/gradients/problem.js";
import { integrate } from "../flow/integrate.js";
import { dopri8 } from "../flow/solvers/dopri8.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim } from "./claim.js";

const [target, theta, start, to] = [0.3, -0.7, 1.2, 1.5];

/** dL/dtheta of (h(T) - target)^2 / 2 for h' = theta h, by so many steps of RK4. */
function gradient(method: GradientMethod, steps: number): number {
  const by = method.gradient({
    field: (x, _t, p) => mul(p, x),
    loss: (end) => mul(0.5, sum(mul(sub(end, target), sub(end, target)))),
    solver: rk4,
    grid: Float64Array.from({ length: steps + 1 }, (_, i) => (i * to) / steps),
  });
  return evaluate((x: Tensor, p: Tensor) => by(x, p).parameters, { data: [start] }, { data: [theta] })[0]![0]!;
}

/** Where h' = -15 (h - 3) came from: to the time 1 and back, its end moved by so much. */
function returned(bump: number): number {
  const field = (x: Tensor): Tensor => mul(-15, sub(x, 3));
  const options = { solver: dopri8, steps: 300 };
  const program = compile(
    (x) => [integrate(field, { ...options, from: 1, to: 0 })(add(integrate(field, { ...options, to: 1 })(x!), bump))],
    [{ shape: [1] }],
  );
  program.inputs[0]![0] = 1;
  program.run();
  return program.outputs[0]![0]!;
}

export const flowGradients: Claim = {
  name: "flow-gradients",
  item: "A12",
  description:
    "the gradient through the solver's steps is exact for them, the adjoint equation's that of the flow; solved backward, contraction becomes growth by exp(|lambda| T)",
  sources: ["Chen, Rubanova, Bettencourt, Duvenaud 2018", "Griewank, Walther 2008"],
  compare() {
    const n = 6;
    const z = (theta * to) / n;
    // R(z) = 1 + z + z^2/2 + z^3/6 + z^4/24 and its derivative.
    const [r, slope] = [1 + z * (1 + (z / 2) * (1 + (z / 3) * (1 + z / 4))), 1 + z * (1 + (z / 2) * (1 + z / 3))];
    let power = 1;
    for (let k = 1; k < n; k++) power *= r;
    const discrete = (r * power * start - target) * start * to * power * slope;
    const end = start * scalarMath.exp(theta * to);
    const bump = 1e-9;
    const growth = scalarMath.exp(15);
    return [
      ...[discreteGradient, checkpointedGradient, forwardGradient].map((m) =>
        exact(`${m.name}: gradient of 6 steps of RK4`, discrete, gradient(m, n), 1e-14),
      ),
      exact("adjoint: gradient of the flow, 400 steps", (end - target) * to * end, gradient(adjointGradient, 400), 1e-10),
      {
        // Numbers near 3 are rounded to 4e-16, which grows as well: 1e-6 of the bump.
        ...exact("growth of a change on the way back, over exp(15)", 1, (returned(bump) - returned(0)) / bump / growth, 1e-5),
        resolution: 1e-4,
      },
    ];
  },
};
