import { scalarMath } from "#engine";
import { angle } from "../core/angle.js";
import { boundary } from "../core/bisection.js";
import { flow } from "../flow/flow.js";
import { allToAll } from "../limits/coupling-matrix.js";
import { lorentzianFrequencies, uniformFrequencies } from "../limits/frequencies.js";
import { noisyCriticalCoupling, noisyKuramotoOrder } from "../limits/noisy-kuramoto.js";
import { vlasovField } from "../limits/vlasov.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

/** int cos e^(x cos) / int e^(x cos), by the midpoint rule, which is exact to rounding on the circle. */
function meanCosine(x: number): number {
  let [top, bottom] = [0, 0];
  for (let i = 0; i < 200; i++) {
    const c = scalarMath.cos((2 * Math.PI * (i + 0.5)) / 200);
    const e = scalarMath.exp(x * (c - 1));
    top += c * e;
    bottom += e;
  }
  return top / bottom;
}

/** The first moment after a time under the Fokker-Planck equation of identical oscillators. */
function moment(coupling: number, noise: number, start: number, time: number): number {
  const modes = 24;
  const initial = new Float64Array(2 * modes);
  initial[0] = start;
  const system = flow({ field: vlasovField({ graph: allToAll(1), coupling, noise, modes }), initial, dt: time, ...precise });
  system.step();
  return system.state[0]!;
}

export const noisyKuramoto: Claim = {
  name: "noisy-kuramoto",
  item: "C11",
  description:
    "with noise D identical oscillators order beyond K = 2 D, at r = I_1(K r / D) / I_0(K r / D); r grows out of incoherence at K / 2 - D",
  sources: ["Sakaguchi 1988", "Strogatz, Mirollo 1991"],
  compare() {
    const [coupling, noise] = [3.1, 0.9];
    const r = boundary((v) => meanCosine((coupling * v) / noise) > v, 1e-3, 1);
    const found = noisyKuramotoOrder({ coupling, noise });
    return [
      exact("r at rest", r, found.value, found.error + 1e-12),
      exact("r where the Fokker-Planck equation settles", r, moment(coupling, noise, 0.4, 40), 1e-9),
      exact(
        "growth rate out of incoherence",
        coupling / 2 - noise,
        scalarMath.log(moment(coupling, noise, 1e-6, 2) / 1e-6) / 2,
        1e-9,
      ),
      exact(
        "critical coupling, Lorentzian frequencies of half-width 0.4",
        2 * (noise + 0.4),
        noisyCriticalCoupling(lorentzianFrequencies(0.4), noise).value,
        1e-10,
      ),
      exact(
        "critical coupling, even frequencies to 1.1",
        2.2 / angle(1.1, noise),
        noisyCriticalCoupling(uniformFrequencies(1.1), noise).value,
        1e-10,
      ),
    ];
  },
};
