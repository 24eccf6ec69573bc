import { erf, mul, neg, scalarMath, tanh } from "#engine";
import { angle } from "../core/angle.js";
import { boundary } from "../core/bisection.js";
import { fillNormal, random } from "../core/random.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { coupledUnits, sending } from "../limits/coupled-units.js";
import { fullMatrix } from "../limits/coupling-matrix.js";
import { rateCriticalMean, rateMeanField } from "../limits/rate-mean-field.js";
import { exact, measuredMean, type Claim } from "./claim.js";
import { meanOf } from "./mean-of.js";

const [couplingMean, deviation] = [2, 0.4];

/** The mean activity at rest of a network of n. */
function activity(n: number, seed: number): number {
  const matrix = fillNormal(new Float64Array(n * n), random(seed)).map((z) => couplingMean + deviation * Math.sqrt(n) * z);
  const field = coupledUnits({ graph: fullMatrix(matrix), interaction: sending(tanh), own: (x) => neg(x) });
  const system = flow({ field, initial: new Float64Array(n).fill(1), dt: 25, solver: rk4, controller: fixed(0.1) });
  system.step();
  return system.state.reduce((s, v) => s + scalarMath.tanh(v), 0) / n;
}

export const rateNetworks: Claim = {
  name: "rate-networks",
  item: "C14",
  description:
    "rate networks with couplings of mean J / n and variance g^2 / n rest at m = E phi(J m + g sqrt q z), q = E phi^2; for g phi'(0) <= 1 they order at J phi'(0) = 1",
  sources: ["Sompolinsky, Crisanti, Sommers 1988"],
  compare() {
    const g = 1.6;
    const arc = (q: number): number => {
      const s = g * g * q;
      return (2 / Math.PI) * angle(2 * s, Math.sqrt(1 + 4 * s));
    };
    const glassy = rateMeanField({ activation: erf, mean: 0, deviation: g }).square;
    const sharp = rateMeanField({ activation: tanh, mean: 1.7, deviation: 0 }).mean;
    const mixed = rateMeanField({ activation: tanh, mean: couplingMean, deviation }).mean;
    const n = 100;
    return [
      exact(
        "q of erf at J = 0, g = 1.6",
        boundary((q) => arc(q) > q, 0.01, 1),
        glassy.value,
        1e-10,
      ),
      exact(
        "m without scatter, J = 1.7",
        boundary((m) => scalarMath.tanh(1.7 * m) > m, 0.01, 1),
        sharp.value,
        1e-11,
      ),
      exact(
        "J where tanh(2 x) orders, g = 0.3",
        0.5,
        rateCriticalMean({ activation: (x) => tanh(mul(2, x)), deviation: 0.3 }).value,
        1e-10,
      ),
      // Finite networks differ by terms of order 1 / n besides.
      {
        ...measuredMean(`m of networks of ${n}`, mixed.value, meanOf(Array.from({ length: 8 }, (_, s) => activity(n, s))), 0.05),
        predictedError: 1 / n,
      },
    ];
  },
};
