import { mul, scalarMath, sub, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { periodDoubling } from "../analysis/period-doubling.js";
import { periodicOrbit } from "../analysis/periodic-orbit.js";
import { families } from "../catalogue/families.js";
import { lookup } from "../core/lookup.js";
import { map } from "../core/map.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const cubic = (x: Tensor, r: number): Tensor => sub(mul(r, x), mul(x, mul(x, x)));

export const ladder: Claim = {
  name: "bifurcation-ladder",
  item: "B9",
  description:
    "balanced gradient descent on the smallest network flips at eta = 1, its 2-cycle at sqrt 5 - 1; the cycle's multiplier is 9 - 2 r^2; at eta = 2 the exponent is log 3",
  sources: ["Chen, Balasubramanian, Ghosal, Agarwalla 2023", "May 1976"],
  compare() {
    const { f } = lookup("family", families, "balanced-network");
    const first = periodDoubling({ f, period: 1, between: [0.8, 1.1], guess: [1] });
    const second = periodDoubling({ f, period: 2, between: [1.15, 1.3], guess: [1.24] });
    const r = 2.15;
    // x y = 1 and x^2 + y^2 = r, so (x + y)^2 = r + 2 and (x - y)^2 = r - 2.
    const start = 0.5 * (Math.sqrt(r + 2) + Math.sqrt(r - 2));
    const cycle = periodicOrbit({ f: lookup("family", families, "cubic").f, parameter: r, period: 2, guess: [start] });
    const escape = lyapunov(map({ f: (x) => cubic(x, 3), initial: [0.3] }), { steps: 60_000 });
    return [
      exact("step size of the flip", 1, first.value, first.error + 1e-9),
      exact("step size at which the 2-cycle doubles", Math.sqrt(5) - 1, second.value, second.error + 1e-9),
      exact("multiplier of the 2-cycle at r = 2.15", 9 - 2 * r * r, cycle.multipliers[0]![0], 1e-9),
      measuredMean("exponent at eta = 2, log 3", scalarMath.log(3), { value: escape.value[0]!, error: escape.error[0]! }, 0.05),
    ];
  },
};
