import { at, scalarMath, stack, add, mul, sub, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { map } from "../core/map.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const [a, b] = [1.4, 0.3];

export const henon: Claim = {
  name: "henon-map",
  item: "F5",
  description: "the Henon map contracts areas by 0.3 everywhere: its exponents add up to log 0.3; the first one is 0.4192",
  sources: ["Henon 1976", "Benettin, Galgani, Giorgilli, Strelcyn 1980"],
  compare() {
    const f = (s: Tensor): Tensor => {
      const [x, y] = [at(s, 0), at(s, 1)];
      return stack([add(sub(1, mul(a, mul(x, x))), y), mul(b, x)]);
    };
    const { value, error, sum } = lyapunov(map({ f, initial: [0.1, 0.1] }), { k: 2, steps: 200_000 });
    return [
      exact("lambda_1 + lambda_2", scalarMath.log(b), sum.value, 1e-12),
      // Known from long runs alone, to four digits.
      { ...measuredMean("lambda_1", 0.4192, { value: value[0]!, error: error[0]! }, 0.01), predictedError: 1e-4 },
    ];
  },
};
