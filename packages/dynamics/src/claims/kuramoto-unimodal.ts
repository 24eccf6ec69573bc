import { scalarMath } from "#engine";
import { boundary } from "../core/bisection.js";
import { frequencies, gaussianFrequencies, uniformFrequencies } from "../limits/frequencies.js";
import { kuramotoCriticalCoupling, kuramotoOrder } from "../limits/kuramoto-order.js";
import { exact, type Claim } from "./claim.js";

/** int cos^2 x g(s sin x) dx for the standard normal density: sqrt(pi / 8) e^(-a) (I_0(a) + I_1(a)) with a = s^2 / 4. */
function lockedNormal(s: number): number {
  const a = 0.25 * s * s;
  let [sum, even] = [0, 1];
  for (let k = 0; k < 60; k++) {
    sum += even * (1 + a / (2 * (k + 1)));
    even *= (a * a) / (4 * (k + 1) * (k + 1));
  }
  return Math.sqrt(Math.PI / 8) * scalarMath.exp(-a) * sum;
}

export const kuramotoUnimodal: Claim = {
  name: "kuramoto-unimodal",
  item: "C2",
  description:
    "oscillators order beyond K_c = 2 / (pi g(0)), where 1 = K int cos^2 x g(K r sin x) dx; even frequencies jump to r = pi / 4 at once",
  sources: ["Kuramoto 1975", "Pazo 2005"],
  compare() {
    const [sigma, coupling] = [1.7, 3.9];
    const normal = kuramotoOrder(gaussianFrequencies(sigma), coupling);
    const scaled = coupling / sigma;
    const even = uniformFrequencies(0.6);
    const critical = kuramotoCriticalCoupling(even).value;
    const triangle = frequencies({ density: (x) => Math.max(0, 1 - Math.abs(x)), scale: 1, breaks: [1] });
    return [
      exact(
        "K_c, normal frequencies",
        sigma * Math.sqrt(8 / Math.PI),
        kuramotoCriticalCoupling(gaussianFrequencies(sigma)).value,
        1e-13,
      ),
      exact(
        "r, normal frequencies",
        boundary((r) => scaled * lockedNormal(scaled * r) > 1, 0, 1),
        normal.value,
        normal.error + 1e-13,
      ),
      exact(
        "r, triangular frequencies, K = 0.75",
        (1.5 * (Math.PI / 2 - 1 / 0.75)) / 0.75,
        kuramotoOrder(triangle, 0.75).value,
        1e-11,
      ),
      exact("r just beyond the jump of even frequencies", Math.PI / 4, kuramotoOrder(even, critical * (1 + 1e-12)).value, 1e-7),
    ];
  },
};
