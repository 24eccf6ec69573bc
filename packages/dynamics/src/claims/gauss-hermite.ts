import { scalarMath } from "#engine";
import { integral } from "../core/integral.js";
import { gaussHermite } from "../core/quadrature.js";
import { gaussianAverages } from "../networks/gaussian-averages.js";
import { exact, type Claim } from "./claim.js";

const mean = (n: number, f: (z: number) => number): number => {
  const { points, weights } = gaussHermite(n);
  return points.reduce((s, z, i) => s + weights[i]! * f(z), 0);
};

/** E f(z) of an even f by another rule: the integral over 0 to 10. */
const half = (f: (z: number) => number): number =>
  (2 / Math.sqrt(2 * Math.PI)) * integral((z) => f(z) * scalarMath.exp(-0.5 * z * z), 0, 10).value;

export const gaussHermiteRule: Claim = {
  name: "gauss-hermite-averages",
  item: "F15",
  description:
    "n points of Gauss and Hermite average polynomials of degree up to 2 n - 1 exactly and miss z^(2 n) by n!; 31 of them average tanh(z / sqrt 2)^2 to 2e-8 and 61 to 2e-12; averages of erf and ReLU have closed forms",
  sources: ["Golub, Welsch 1969", "Williams 1998", "Cho, Saul 2009"],
  compare() {
    const [q, cosine] = [0.8, -0.5];
    const square = (z: number): number => {
      const t = scalarMath.tanh(Math.sqrt(0.5) * z);
      return t * t;
    };
    return [
      exact(
        "E z^10 by 6 points: 9!!",
        945,
        mean(6, (z) => z ** 10),
        1e-10,
      ),
      exact(
        "E z^10 by 5 points: 9!! - 5!",
        945 - 120,
        mean(5, (z) => z ** 10),
        1e-10,
      ),
      exact("E tanh(z / sqrt 2)^2 by 61 points", half(square), mean(61, square), 2e-12),
      exact("E tanh(z / sqrt 2)^2 by 31 points", half(square), mean(31, square), 2e-8),
      // asin(1 / 2) = pi / 6 for a variance of 1 / 2.
      exact("E erf(u)^2 at variance 1 / 2", 1 / 3, gaussianAverages("erf").single(0.5).product, 1e-12),
      exact(
        "E relu(u) relu(v) at variance 0.8, correlation -1 / 2",
        (q * (Math.sqrt(0.75) + cosine * (Math.PI / 3))) / (2 * Math.PI),
        gaussianAverages("relu").pair(q, cosine).product,
        1e-13,
      ),
    ];
  },
};
