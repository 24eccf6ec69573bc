import { scalarMath } from "#engine";
import { characteristicExponent } from "../analysis/characteristic-exponent.js";
import { gramStability } from "../analysis/gram-stability.js";
import { meanSquareStability } from "../analysis/mean-square-stability.js";
import { sgdProducts } from "../analysis/random-products.js";
import { gram } from "../core/gram.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const h = [0.2, 3] as const;
const STEPS = 2 ** 17;

export const sgdParallel: Claim = {
  name: "sgd-parallel-gradients",
  item: "B3",
  description:
    "with parallel gradients the exponent of SGD is the mean of log |1 - eta h_i|: negative again far above the thresholds of GD and of mean squares",
  sources: ["Chemnitz, Engel 2024", "Mulayoff, Michaeli 2024"],
  compare() {
    const c = Math.sqrt(h[0] * h[1]);
    const g = gram([
      [h[0], c],
      [c, h[1]],
    ]);
    const meanSquare = meanSquareStability(g);
    return [
      ...[0.3, 1, 4.8, 5.5].map((stepSize) => {
        const found = characteristicExponent(sgdProducts(g, { stepSize }), { budget: STEPS, least: STEPS });
        const predicted = 0.5 * scalarMath.log(Math.abs((1 - stepSize * h[0]) * (1 - stepSize * h[1])));
        return measuredMean(`exponent at eta = ${stepSize}`, predicted, found, 0.05);
      }),
      exact(
        "threshold of gradient descent, 2 / mean h",
        4 / (h[0] + h[1]),
        gramStability(g, { stepSize: 1 }).threshold.value,
        1e-12,
      ),
      exact(
        "threshold in mean square, 2 sum h / sum h^2",
        (2 * (h[0] + h[1])) / (h[0] * h[0] + h[1] * h[1]),
        meanSquare.value,
        meanSquare.error + 1e-12,
      ),
    ];
  },
};
