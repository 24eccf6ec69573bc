import { constant, scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { periodDoubling } from "../analysis/period-doubling.js";
import { families } from "../catalogue/families.js";
import { lookup } from "../core/lookup.js";
import { map } from "../core/map.js";
import { exact, measuredMean, type Claim } from "./claim.js";

export const logistic: Claim = {
  name: "logistic-map",
  item: "F6",
  description:
    "the logistic map has the exponent log 2 at r = 4, that of its 2-cycle (multiplier 4 + 2 r - r^2) at r = 3.2, and doubles its period at 3 and 1 + sqrt 6",
  sources: ["May 1976"],
  compare() {
    const { f } = lookup("family", families, "logistic");
    const at = (r: number, initial: number) =>
      lyapunov(map({ f: (x) => f(x, constant(r)), initial: [initial] }), { steps: 60_000, transient: 3000 });
    const chaos = at(4, 0.3);
    const first = periodDoubling({ f, period: 1, between: [2.8, 3.1], guess: [0.66] });
    const second = periodDoubling({ f, period: 2, between: [3.2, 3.5], guess: [0.51] });
    return [
      measuredMean("exponent at r = 4", scalarMath.log(2), { value: chaos.value[0]!, error: chaos.error[0]! }, 0.02),
      exact("exponent at r = 3.2", 0.5 * scalarMath.log(4 + 2 * 3.2 - 3.2 * 3.2), at(3.2, 0.3).value[0]!, 1e-9),
      exact("first doubling", 3, first.value, first.error + 1e-9),
      exact("second doubling", 1 + Math.sqrt(6), second.value, second.error + 1e-9),
    ];
  },
};
