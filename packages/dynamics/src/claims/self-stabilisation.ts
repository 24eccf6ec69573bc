import { add, at, mul, neg, scalarMath, stack, sub, type Tensor } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { map } from "../core/map.js";
import { exact, type Claim } from "./claim.js";

const [eta, alpha] = [0.1, 0.02];

export const selfStabilisation: Claim = {
  name: "self-stabilisation",
  item: "B10",
  description:
    "in the reduced map of the edge of stability the sum of x^2 telescopes, and its centre is a slow repeller with determinant 1 + 2 alpha eta^2",
  sources: ["Damian, Nichani, Lee 2023"],
  compare: () =>
    [1, 4].flatMap((beta) => {
      const reduced = (x: number, y: number) =>
        map({
          f: (s: Tensor) => {
            const [u, v] = [at(s, 0), at(s, 1)];
            return stack([neg(mul(add(1, mul(eta, v)), u)), add(v, mul(eta, sub(alpha, mul(0.5 * beta, mul(u, u)))))]);
          },
          initial: [x, y],
        });
      const run = reduced(0.03, -0.1);
      let squares = 0;
      for (let t = 0; t < 500; t++) {
        squares += run.state[0]! * run.state[0]!;
        run.step();
      }
      const telescoped = (2 / beta) * (alpha * 500 - (run.state[1]! + 0.1) / eta);
      // So short a stretch near the centre that the state stays there to rounding.
      const { sum } = lyapunov(reduced(Math.sqrt((2 * alpha) / beta), 0), { k: 2, steps: 20, transient: 0 });
      return [
        exact(`sum of x^2 over 500 steps, beta = ${beta}`, telescoped, squares, 1e-11 * telescoped),
        exact(
          `logarithm of the determinant at the centre, beta = ${beta}`,
          scalarMath.log1p(2 * alpha * eta * eta),
          sum.value,
          1e-12,
        ),
      ];
    }),
};
