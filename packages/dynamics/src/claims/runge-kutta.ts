import { at, neg, scalarMath, stack, tanh, type Tensor } from "#engine";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import type { Solver } from "../flow/solver.js";
import { dopri5 } from "../flow/solvers/dopri5.js";
import { euler } from "../flow/solvers/euler.js";
import { leapfrog, symplecticEuler } from "../flow/solvers/leapfrog.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, type Claim, type Comparison } from "./claim.js";

const oscillator = (x: Tensor): Tensor => stack([at(x, 1), neg(at(x, 0))]);

/** Where the oscillator, started at (1, 0), is after steps of length h. */
function turned(solver: Solver, h: number, steps: number): [q: number, v: number] {
  const run = flow({ field: oscillator, initial: [1, 0], solver, controller: fixed(h) });
  run.step(steps);
  return [run.state[0]!, run.state[1]!];
}

/** The order of a solver on x' = tanh x over the unit of time, where sinh x grows like exp t. */
function order(solver: Solver, fewest: number): Comparison {
  const [x0, t] = [0.5, 1];
  const s = scalarMath.exp(t) * 0.5 * (scalarMath.exp(x0) - scalarMath.exp(-x0));
  const solution = scalarMath.log(s + Math.sqrt(s * s + 1));
  const errors = [1, 2, 4].map((more) => {
    const n = fewest * more;
    const run = flow({ field: (x) => tanh(x), initial: [x0], solver, controller: fixed(t / n) });
    run.step(n);
    return Math.abs(run.state[0]! - solution);
  });
  const [coarse, fine] = [0, 1].map((i) => scalarMath.log(errors[i]! / errors[i + 1]!) / Math.LN2) as [number, number];
  // The slope nears the order like a power series in the step: what is left is about the last change.
  return {
    what: `order of ${solver.name}`,
    predicted: solver.order,
    measured: fine,
    error: 2 * Math.abs(fine - coarse),
    bars: "bound",
    resolution: 0.25,
  };
}

export const rungeKutta: Claim = {
  name: "orders-and-stability-of-solvers",
  item: "F1",
  description:
    "solvers have their orders; on the oscillator Euler multiplies the energy by 1 + h^2 a step, RK4 by 1 - h^6 / 72 + h^8 / 576, and the symplectic ones keep a quadratic form",
  sources: ["Hairer, Norsett, Wanner 1993", "Hairer, Lubich, Wanner 2006, section VI.3"],
  compare() {
    const energy = ([q, v]: readonly [number, number]): number => q * q + v * v;
    const [h, steps] = [0.3, 40];
    const y = 2.5;
    const [q, v] = turned(symplecticEuler, h, 2000);
    const [p, w] = turned(leapfrog, h, 2000);
    // On the real axis RK4 is stable up to the root of z^3 - 4 z^2 + 12 z - 24.
    const r = 36 * Math.sqrt(29);
    const real = (4 + scalarMath.pow(r + 172, 1 / 3) - scalarMath.pow(r - 172, 1 / 3)) / 3;
    const decay = flow({ field: (x) => neg(x), initial: [1], solver: rk4, controller: fixed(real) });
    decay.step(10);
    return [
      exact(
        "logarithm of the energy after 40 steps of Euler, h = 0.3",
        steps * scalarMath.log1p(h * h),
        scalarMath.log(energy(turned(euler, h, steps))),
        1e-12,
      ),
      exact(
        "logarithm of the energy after 40 steps of RK4, h = 2.5",
        steps * scalarMath.log1p((y ** 6 * (y * y - 8)) / 576),
        scalarMath.log(energy(turned(rk4, y, steps))),
        1e-11,
      ),
      exact("end of RK4's stability on the real axis", real, rk4.realStability, 1e-9),
      exact("x after 10 steps of RK4 on x' = -x at that end", 1, decay.state[0]!, 1e-12),
      exact("q^2 + v^2 - h q v after 2000 steps of symplectic Euler", 1, energy([q, v]) - h * q * v, 1e-11),
      exact(
        "v^2 + q^2 (1 - h^2 / 4) after 2000 steps of leapfrog",
        1 - 0.25 * h * h,
        energy([p, w]) - 0.25 * h * h * p * p,
        1e-11,
      ),
      order(euler, 256),
      order(rk4, 16),
      order(dopri5, 8),
    ];
  },
};
