import { constant, mul, scalarMath, sum } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const curvatures = [4, 2.5, 1, 0.3];

export const quadratic: Claim = {
  name: "gradient-descent-on-a-quadratic",
  item: "B1",
  description:
    "gradient descent contracts by |1 - eta lambda_i|: its exponents are the logarithms, and it is stable below 2 / lambda_max",
  sources: ["Polyak 1987"],
  compare() {
    const objective = (x: Parameters<typeof sum>[0]) => mul(0.5, sum(mul(constant(curvatures), mul(x, x))));
    return [0.45, 0.52].flatMap((stepSize) => {
      const run = descent({ objective, initial: new Float64Array(4), optimizer: gradientDescent({ stepSize }) });
      const { value } = lyapunov(run, { k: 4, steps: 400, transient: 1500 });
      const predicted = curvatures.map((c) => scalarMath.log(Math.abs(1 - stepSize * c))).sort((a, b) => b - a);
      // Rounding: some eps a step in the logarithms, which the mean does not enlarge.
      return predicted.map((p, i) => exact(`exponent ${i + 1} at eta = ${stepSize}`, p, value[i]!, 1e-12));
    });
  },
};
