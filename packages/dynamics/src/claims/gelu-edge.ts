import { criticalLine } from "../networks/critical-line.js";
import { meanField } from "../networks/mean-field.js";
import { exact, type Claim } from "./claim.js";

// For asin(q / (1 + q)) = pi / 6, that is q = 1, both averages of GELU are algebraic: E phi^2 = q/4 + (q / 2 pi) (pi/6 + 2 q / ((1 + q) sqrt(1 + 2 q))) and
// E phi'^2 = 1/4 + (1 / 2 pi) (pi/6 + q (3 + 5 q) / ((1 + q) (1 + 2 q)^(3/2))).
const square = 1 / 4 + (Math.PI / 6 + 1 / Math.sqrt(3)) / (2 * Math.PI);
const slope = 1 / 4 + (Math.PI / 6 + 4 / (3 * Math.sqrt(3))) / (2 * Math.PI);

export const geluEdge: Claim = {
  name: "gelu-edge",
  item: "A11",
  description:
    "for GELU chi_1 = 1 names an edge only from the length (3 + sqrt 17) / 2 on, where E phi phi'' = 0: below, lengths depart from it",
  sources: ["Hendrycks, Gimpel 2016", "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016"],
  compare() {
    const weightVariance = 1;
    const { length, chi } = meanField({ activation: "gelu", weightVariance, biasVariance: 1 - weightVariance * square });
    // The bias variance at which the edge begins, between one where there is an edge and one where there is none.
    let [low, high] = [0.01, 0.6];
    while (high - low > 1e-4) {
      const middle = 0.5 * (low + high);
      if (criticalLine({ activation: "gelu", biasVariance: middle }).status === "ok") high = middle;
      else low = middle;
    }
    // Between the two the length changes by as much as between the next two, and at most half as much again.
    const [first, second] = [high, 2 * high - low].map(
      (biasVariance) => criticalLine({ activation: "gelu", biasVariance }).length,
    );
    return [
      exact("length at weight variance 1 with the biases that make it 1", 1, length.value, length.error + 1e-11),
      exact("chi_1 there", weightVariance * slope, chi.value, chi.error + 1e-11),
      {
        ...exact("length where the edge begins", (3 + Math.sqrt(17)) / 2, first!, 1.5 * Math.abs(second! - first!)),
        resolution: 0.02,
      },
    ];
  },
};
