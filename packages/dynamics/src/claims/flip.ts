import { add, at, exp, mul, sub, sum, type Tensor } from "#engine";
import { flip as coefficient } from "../analysis/flip.js";
import { descent } from "../training/descent.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

const quartic =
  (s: number) =>
  (x: Tensor): Tensor => {
    const q = mul(x, x);
    return sum(add(mul(0.5, q), mul(s / 4, mul(q, q))));
  };

export const flip: Claim = {
  name: "flip-of-gradient-descent",
  item: "B14",
  description:
    "beyond 2 / L'' gradient descent oscillates stably where 3 L'''^2 > L'' L''''; for x^2 / 2 + s x^4 / 4 in the cycle x^2 = (2 - eta) / (eta s)",
  sources: ["Kuznetsov 2004, section 5.4.2", "Mulayoff, Stich 2026"],
  compare() {
    const [p, w] = [0.7, 0.2];
    const plane = (v: Tensor): Tensor => {
      const [x, y] = [at(v, 0), at(v, 1)];
      const q = mul(x, x);
      return add(add(q, mul(0.5, mul(y, y))), add(mul(p, mul(q, y)), mul(w, mul(q, q))));
    };
    const eta = 2.2;
    const run = descent({ objective: quartic(-0.5), initial: [0.1], optimizer: gradientDescent({ stepSize: eta }) });
    run.step(2000);
    return [
      exact(
        "coefficient of x^2 / 2 + s x^4 / 4 at s = -0.7: -2 s",
        1.4,
        coefficient({ loss: quartic(-0.7), at: [0] }).value,
        1e-12,
      ),
      exact("coefficient of exp(x) - x: 2 / 3", 2 / 3, coefficient({ loss: (x) => sum(sub(exp(x), x)), at: [0] }).value, 1e-12),
      exact("coefficient in the plane: 2 p^2 - 4 w", 2 * p * p - 4 * w, coefficient({ loss: plane, at: [0, 0] }).value, 1e-9),
      exact(
        "square of the oscillation at eta = 2.2, s = -0.5",
        (2 - eta) / (eta * -0.5),
        run.parameters[0]! * run.parameters[0]!,
        1e-12,
      ),
    ];
  },
};
