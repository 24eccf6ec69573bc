import { add, at, compile, constant, grad, hvp, mul, reshape, sub, sum, type Tensor } from "#engine";
import { boundaryDegree } from "../analysis/boundary-degree.js";
import { criticalPoints } from "../analysis/critical-points.js";
import { norm } from "../core/rows.js";
import { rk4 } from "../flow/solvers/rk4.js";
import type { Architecture } from "../networks/architecture.js";
import { augmentedNeuralOde } from "../networks/augmented-neural-ode.js";
import { embed } from "../networks/embed.js";
import { neuralOde } from "../networks/neural-ode.js";
import { exact, type Claim } from "./claim.js";

const cubic = 0.5;
const saddleAndTop = (x: Tensor): Tensor => {
  const [u, v] = [at(x, 0), at(x, 1)];
  return reshape(sub(add(mul(u, u), mul(cubic, mul(u, mul(u, u)))), mul(v, v)), [1]);
};
const outputOf =
  (network: Architecture, theta: Float64Array) =>
  (x: Tensor): Tensor =>
    sum(network.apply(constant(theta), reshape(x, [1, 2])));

/** |H k| for a direction k that the lift does not see, relative to |H k'| across it. */
function flatness(): number {
  const network = augmentedNeuralOde({ widths: [2, 8, 1], state: 3, lift: "affine", steps: 10 });
  const theta = network.initial(2).map((v) => 2 * v);
  const { offset } = network.layout.find((p) => p.name === "lift.W1")!;
  // Row 2 of the lift is twice row 1: (2, -1) changes nothing.
  for (let j = 0; j < 3; j++) theta[offset + 3 + j] = 2 * theta[offset + j]!;
  const f = outputOf(network, theta);
  const program = compile((x) => [hvp(f)(x!, constant([2, -1])), hvp(f)(x!, constant([1, 2]))], [{ shape: [2] }]);
  program.inputs[0]!.set([0.3, -0.7]);
  program.run();
  const [along, across] = program.outputs.map((o) => norm(Float64Array.from(o), 0, 2));
  return along! / across!;
}

export const flowCriticalPoints: Claim = {
  name: "flow-critical-points",
  item: "A6",
  description:
    "a scalar neural ODE with as many units as inputs has no critical points, with more it can have any, and with a lift of low rank all are degenerate",
  sources: ["Kuehn, Kuntz 2024"],
  compare() {
    const plain = neuralOde({ widths: [2, 4, 1], steps: 6 });
    const bent = plain.initial(1).map((v) => 3 * v);
    const box = [
      [-3, 2],
      [-2, 2],
    ] as const;
    const turns = boundaryDegree({ f: (x) => grad(outputOf(plain, bent))(x), box });
    const flow = embed(saddleAndTop, { inputs: 2, outputs: 1 }).map({ solver: rk4, steps: 1 });
    const { points } = criticalPoints({ f: (x) => sum(flow(x)), box, starts: 20 });
    const saddle = points.find((p) => p.index === 1);
    const top = points.find((p) => p.index === 2);
    // u^2 + c u^3 - v^2 has a saddle at 0 and a maximum at u = -2 / (3 c), where the second derivatives by u are 2 and -2.
    return [
      exact("two units: turns of the gradient along the boundary of a box", 0, turns.value, 0),
      exact("three units: critical points of u^2 + u^3 / 2 - v^2", 2, points.length, 0),
      exact("three units: value at the maximum", 4 / (27 * cubic * cubic), top?.value ?? NaN, 1e-12),
      exact("three units: curvature of the saddle", 2, saddle?.eigenvalues[1] ?? NaN, 1e-9),
      exact("a lift of rank 1: Hessian along its kernel, relative to across", 0, flatness(), 1e-12),
    ];
  },
};
