import { scalarMath } from "#engine";
import { criticalLine } from "../networks/critical-line.js";
import { meanField } from "../networks/mean-field.js";
import { exact, type Claim } from "./claim.js";

/** E f(z) for a normal number z, by the trapezoidal rule on a fine grid: exact to rounding for functions as smooth as these. */
function average(f: (z: number) => number): number {
  let total = 0;
  for (let i = -1800; i <= 1800; i++) total += f(i / 200) * scalarMath.exp(-(i * i) / 80_000);
  return total / 200 / Math.sqrt(2 * Math.PI);
}

export const edgeOfChaos: Claim = {
  name: "edge-of-chaos",
  item: "A11",
  description:
    "in wide random networks lengths and correlations follow maps with one stable fixed point each; order ends where the mean squared slope chi_1 is 1",
  sources: [
    "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016",
    "Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017",
    "Williams 1997",
  ],
  compare() {
    // For erf E phi^2 = 2 / pi asin(2 q / (1 + 2 q)) and E phi'^2 = 4 / pi / sqrt(1 + 4 q): at q = 1/2 these are 1/3 and 4 / (pi sqrt 3).
    const edge = (Math.PI * Math.sqrt(3)) / 4;
    const erf = criticalLine({ activation: "erf", biasVariance: 0.5 - edge / 3 });
    // Without biases q = 1/2 belongs to the weight variance 3/2, and two inputs end at right angles, where the slope is 3 / 2 * 4 / pi / (1 + 2 q).
    const chaos = meanField({ activation: "erf", weightVariance: 1.5, biasVariance: 0 });
    const tanh = criticalLine({ activation: "tanh", biasVariance: 0.08 });
    const root = Math.sqrt(tanh.length);
    const slope = average((z) => scalarMath.sech2(root * z) * scalarMath.sech2(root * z));
    return [
      exact("erf: weight variance on the edge at length 1/2", edge, erf.value, erf.error + 1e-12),
      exact("erf: chi_1 at weight variance 3/2", (2 * Math.sqrt(3)) / Math.PI, chaos.chi.value, chaos.chi.error + 1e-12),
      exact(
        "erf: depth scale of correlations at weight variance 3/2",
        1 / scalarMath.log(Math.PI / 3),
        chaos.depthScales.correlation.value,
        chaos.depthScales.correlation.error + 1e-9,
      ),
      exact("tanh: weight variance on the edge, 1 / E phi'^2 by another rule", 1 / slope, tanh.value, tanh.error + 1e-12),
      exact(
        "tanh: length on the edge by that rule",
        0.08 + tanh.value * average((z) => scalarMath.tanh(root * z) * scalarMath.tanh(root * z)),
        tanh.length,
        1e-11,
      ),
    ];
  },
};
