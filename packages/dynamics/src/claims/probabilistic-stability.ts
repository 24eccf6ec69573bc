import { scalarMath } from "#engine";
import { characteristicExponent } from "../analysis/characteristic-exponent.js";
import { matrixProducts } from "../analysis/random-products.js";
import { measuredMean, type Claim } from "./claim.js";

const h = [-0.5, 2] as const;
const STEPS = 2 ** 16;

export const probabilisticStability: Claim = {
  name: "stability-in-probability",
  item: "B15",
  description:
    "theta' = (1 - eta xi) theta converges in probability where E log |1 - eta xi| < 0, though one sample in two repels",
  sources: ["Ziyin, Li, Galanti, Ueda 2023"],
  compare: () =>
    [0.6, 0.9].map((eta) => {
      const found = characteristicExponent(matrixProducts(h.map((x) => [1 - eta * x])), { budget: STEPS, least: STEPS });
      const predicted = 0.5 * scalarMath.log(Math.abs((1 - eta * h[0]) * (1 - eta * h[1])));
      return measuredMean(`exponent at eta = ${eta}`, predicted, found, 0.03);
    }),
};
