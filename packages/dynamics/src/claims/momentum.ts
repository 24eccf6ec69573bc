import { mul, scalarMath, sum, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { descent } from "../training/descent.js";
import { heavyBall } from "../training/optimizers/heavy-ball.js";
import { nesterov } from "../training/optimizers/nesterov.js";
import { exact, type Claim } from "./claim.js";

const loss = (x: Tensor): Tensor => mul(0.5, sum(mul(x, x)));
const momentum = 0.6;

export const momentumThresholds: Claim = {
  name: "momentum-thresholds",
  item: "B6",
  description:
    "on a quadratic the heavy ball is stable for eta lambda < 2 + 2 beta, Nesterov's method for eta lambda < (2 + 2 beta) / (1 + 2 beta)",
  sources: ["Polyak 1964", "Cohen, Kaur, Li, Kolter, Talwalkar 2021"],
  compare() {
    const exponent = (make: typeof heavyBall, stepSize: number): number =>
      lyapunov(descent({ objective: loss, initial: [0], optimizer: make({ stepSize, momentum }) }), {
        steps: 400,
        transient: 2000,
      }).value[0]!;
    // A factor beyond the threshold the larger root of z^2 - (1 + b - h) z + b for h = eta lambda leaves the circle.
    const h = 1.1 * (2 + 2 * momentum);
    const trace = 1 + momentum - h;
    const root = 0.5 * (-trace + Math.sqrt(trace * trace - 4 * momentum));
    return [
      exact("exponent of the heavy ball at 2 + 2 beta", 0, exponent(heavyBall, 2 + 2 * momentum), 1e-12),
      exact(
        "exponent of Nesterov's method at its threshold",
        0,
        exponent(nesterov, (2 + 2 * momentum) / (1 + 2 * momentum)),
        1e-12,
      ),
      exact("exponent of the heavy ball a tenth beyond", scalarMath.log(root), exponent(heavyBall, h), 1e-12),
    ];
  },
};
