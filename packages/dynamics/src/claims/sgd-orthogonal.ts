import { scalarMath } from "#engine";
import { characteristicExponent } from "../analysis/characteristic-exponent.js";
import { gramStability } from "../analysis/gram-stability.js";
import { sgdProducts } from "../analysis/random-products.js";
import { gram } from "../core/gram.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const g = [1, 2, 0.5];
const STEPS = 2 ** 17;
const largest = (values: readonly number[]): number => Math.max(...values.map((v) => scalarMath.log(Math.abs(v))));

export const sgdOrthogonal: Claim = {
  name: "sgd-orthogonal-gradients",
  item: "B3",
  description:
    "with orthogonal gradients SGD has the exponent max log |1 - eta g_i| / N, gradient descent max log |1 - eta g_i / N|",
  sources: ["Chemnitz, Engel 2024"],
  compare() {
    const matrix = gram(g.map((x, i) => g.map((_, j) => (i === j ? x : 0))));
    return [0.6, 1.2].flatMap((stepSize) => [
      measuredMean(
        `exponent of SGD at eta = ${stepSize}`,
        largest(g.map((x) => 1 - stepSize * x)) / g.length,
        characteristicExponent(sgdProducts(matrix, { stepSize }), { budget: STEPS, least: STEPS }),
        0.02,
      ),
      exact(
        `exponent of gradient descent at eta = ${stepSize}`,
        largest(g.map((x) => 1 - (stepSize * x) / g.length)),
        gramStability(matrix, { stepSize }).mu.value,
        1e-12,
      ),
    ]);
  },
};
