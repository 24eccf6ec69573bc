import { scalarMath } from "#engine";
import { productSpectrum } from "../analysis/product-spectrum.js";
import { sgdProducts } from "../analysis/random-products.js";
import { gram } from "../core/gram.js";
import { measuredMean, type Claim } from "./claim.js";

export const sgdSumRule: Claim = {
  name: "sgd-sum-rule",
  item: "B3",
  description: "the exponents of SGD add up to the mean of log |det (I - eta G e_i e_i^T)| = mean of log |1 - eta G_ii|",
  sources: ["Furstenberg, Kesten 1960", "Chemnitz, Engel 2024"],
  compare: () =>
    [0.3, 0.9].map((stepSize) => {
      const g = gram([
        [1.5, 0.9],
        [0.9, 2.5],
      ]);
      const { sum } = productSpectrum(sgdProducts(g, { stepSize }), { steps: 40_000 });
      const predicted = 0.5 * scalarMath.log(Math.abs((1 - 1.5 * stepSize) * (1 - 2.5 * stepSize)));
      return measuredMean(`lambda_1 + lambda_2 at eta = ${stepSize}`, predicted, sum, 0.05);
    }),
};
