import { at, mul, scalarMath, sub, type Tensor } from "#engine";
import { eigenpairs } from "../analysis/eigenpairs.js";
import { lyapunov } from "../analysis/lyapunov.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const objective = (w: Tensor): Tensor => {
  const r = sub(mul(at(w, 0), at(w, 1)), 1);
  return mul(0.5, mul(r, r));
};

export const smallestNetwork: Claim = {
  name: "smallest-network",
  item: "B2",
  description:
    "at a minimum ab = 1 of (ab - 1)^2 / 2 the sharpness is a^2 + b^2 and gradient descent has the exponents 0 and log |1 - eta (a^2 + b^2)|",
  sources: ["Chemnitz, Engel 2024"],
  compare() {
    return [
      [2, 0.4],
      [1.25, 0.7],
    ].flatMap(([a, stepSize]) => {
      const run = descent({ objective, initial: [a!, 1 / a!], optimizer: gradientDescent({ stepSize: stepSize! }) });
      const sharpness = a! * a! + 1 / (a! * a!);
      const found = eigenpairs(run.hessian(), { k: 1, tolerance: 1e-13 });
      const { value } = lyapunov(run, { k: 2, steps: 400, transient: 2000 });
      const across = scalarMath.log(Math.abs(1 - stepSize! * sharpness));
      const [high, low] = across > 0 ? [across, 0] : [0, across];
      return [
        exact(`sharpness at a = ${a}`, sharpness, found.value[0]!, found.error[0]! + 1e-12),
        exact(`first exponent at a = ${a}, eta = ${stepSize}`, high, value[0]!, 1e-12),
        exact(`second exponent at a = ${a}, eta = ${stepSize}`, low, value[1]!, 1e-12),
      ];
    });
  },
};
