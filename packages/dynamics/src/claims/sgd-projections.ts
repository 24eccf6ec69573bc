import { scalarMath } from "#engine";
import { characteristicExponent } from "../analysis/characteristic-exponent.js";
import { sgdProducts } from "../analysis/random-products.js";
import { gram } from "../core/gram.js";
import { measuredMean, type Claim } from "./claim.js";

const STEPS = 2 ** 17;

export const sgdProjections: Claim = {
  name: "sgd-projections",
  item: "B3",
  description:
    "SGD on two unit gradients at an angle, eta = 1, is a random product of projections: its exponent is log |cos| / 2",
  sources: ["Chemnitz, Engel 2024"],
  compare: () =>
    [30, 45, 60].map((degrees) => {
      const c = scalarMath.cos((degrees * Math.PI) / 180);
      const g = gram([
        [1, c],
        [c, 1],
      ]);
      const found = characteristicExponent(sgdProducts(g, { stepSize: 1 }), { budget: STEPS, least: STEPS });
      return measuredMean(`exponent at ${degrees} degrees`, 0.5 * scalarMath.log(c), found, 0.02);
    }),
};
