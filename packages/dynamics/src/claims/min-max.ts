import { mul, sum } from "#engine";
import { eigenvalues } from "../core/dense-general.js";
import { minMax, type MinMaxOptions } from "../training/min-max.js";
import { exact, type Claim } from "./claim.js";

/** The largest modulus of an eigenvalue of a step on x y at (0, 0), from its exact tangents. */
function modulus(method: MinMaxOptions["method"], learningRate: number): number {
  const game = minMax({ objective: (x, y) => sum(mul(x, y)), x: [0], y: [0], learningRate, method });
  const { dim } = game;
  const riding = game.tangent(dim);
  for (let i = 0; i < dim * dim; i++) riding.tangents[i] = i % (dim + 1) === 0 ? 1 : 0;
  riding.step();
  return Math.max(...eigenvalues(riding.tangents.slice(), dim).map(([re, im]) => Math.sqrt(re * re + im * im)));
}

export const minMaxSteps: Claim = {
  name: "min-max",
  item: "D4",
  description:
    "on x y simultaneous steps spiral out by sqrt(1 + eta^2), alternating ones keep modulus 1 up to eta = 2, extragradient and optimistic ones come in for small eta",
  sources: ["Mescheder, Geiger, Nowozin 2018", "Gidel, Berard, Vignoud, Vincent, Lacoste-Julien 2019"],
  compare() {
    const [eta, large] = [0.7, 2.4];
    const half = 0.5 * large * large - 1;
    return [
      exact("modulus, simultaneous, eta = 0.7", Math.sqrt(1 + eta * eta), modulus("simultaneous", eta), 1e-12),
      exact("modulus, alternating, eta = 1.7", 1, modulus("alternating", 1.7), 1e-11),
      exact("modulus, alternating, eta = 2.4", half + Math.sqrt(half * half - 1), modulus("alternating", large), 1e-11),
      exact(
        "modulus, extragradient, eta = 0.7",
        Math.sqrt(1 - eta * eta + eta * eta * eta * eta),
        modulus("extragradient", eta),
        1e-12,
      ),
      exact("modulus, optimistic, eta = 1 / sqrt 3", 1, modulus("optimistic", 1 / Math.sqrt(3)), 1e-11),
    ];
  },
};
