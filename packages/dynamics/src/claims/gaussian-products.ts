import { matmul, mul, reshape, scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { randomMap } from "../core/random-map.js";
import { measuredMean, type Claim } from "./claim.js";

const N = 4;
const deviation = 1.3;
const EULER = 0.5772156649015329;

/** The digamma function at n / 2, by psi(x + 1) = psi(x) + 1 / x from psi(1) = -gamma and psi(1/2) = -gamma - 2 log 2. */
function digammaOfHalf(n: number): number {
  let value = n % 2 === 0 ? -EULER : -EULER - 2 * scalarMath.log(2);
  for (let x = n % 2 === 0 ? 1 : 0.5; x < n / 2; x++) value += 1 / x;
  return value;
}

export const gaussianProducts: Claim = {
  name: "gaussian-layers",
  item: "A13",
  description:
    "a deep linear network with Gaussian weights of deviation s / sqrt N has the exponents log s + (log(2 / N) + psi((N - k + 1) / 2)) / 2",
  sources: ["Newman 1986"],
  compare() {
    const system = randomMap({
      f: (x, noise) => reshape(matmul(mul(deviation / Math.sqrt(N), noise.normal([N, N])), reshape(x, [N, 1])), [N]),
      initial: new Float64Array(N),
      seed: 4,
    });
    const { value, error } = lyapunov(system, { k: N, steps: 40_000, transient: 1000 });
    return Array.from(value, (measured, k) => {
      const predicted = scalarMath.log(deviation) + 0.5 * (scalarMath.log(2 / N) + digammaOfHalf(N - k));
      return measuredMean(`exponent ${k + 1} of ${N}`, predicted, { value: measured, error: error[k]! }, 0.05);
    });
  },
};
