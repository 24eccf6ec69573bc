import { eigenpairs } from "../analysis/eigenpairs.js";
import { meanSquareStability } from "../analysis/mean-square-stability.js";
import { spectralRadius } from "../analysis/dense-symmetric.js";
import { gram } from "../core/gram.js";
import { exact, type Claim } from "./claim.js";

const matrix = [
  [1.5, 0.9],
  [0.9, 2.5],
];

/** The spectral radius of E[A x A] for single samples, A = I - eta G e_i e_i^T: 4 x 4, entry by entry. */
function momentRadius(eta: number): number {
  const moments = new Float64Array(16);
  for (const s of [0, 1]) {
    const a = (i: number, j: number): number => (i === j ? 1 : 0) - (j === s ? eta * matrix[i]![s]! : 0);
    for (let i = 0; i < 16; i++) {
      const [row, column] = [i >> 2, i & 3];
      moments[i]! += 0.5 * a(row >> 1, column >> 1) * a(row & 1, column & 1);
    }
  }
  return spectralRadius(moments, 4);
}

export const meanSquare: Claim = {
  name: "mean-square-threshold",
  item: "B4",
  description:
    "SGD is stable in mean square up to eta = 2 / lambda_max(C^-1 D), where the second moment has the growth factor 1; full batches up to 2 / lambda_max(H)",
  sources: ["Mulayoff, Michaeli 2024"],
  compare() {
    const g = gram(matrix);
    const one = meanSquareStability(g);
    const full = meanSquareStability(g, { batchSize: 2 });
    const top = eigenpairs(
      { dim: 2, symmetric: true, apply: (x, y) => y.set([1.5 * x[0]! + 0.9 * x[1]!, 0.9 * x[0]! + 2.5 * x[1]!]) },
      { k: 1 },
    );
    return [
      // The growth factor changes by less than 10 for one unit of the step size.
      exact("growth of the second moment at the threshold of single samples", 1, momentRadius(one.value), 10 * one.error + 1e-9),
      exact("threshold of full batches", 4 / top.value[0]!, full.value, full.error + 1e-9),
      exact("the same in closed form, 4 / (2 + sqrt 1.06)", 4 / (2 + Math.sqrt(1.06)), full.value, full.error + 1e-9),
    ];
  },
};
