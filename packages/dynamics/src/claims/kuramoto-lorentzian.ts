import { scalarMath } from "#engine";
import { flow } from "../flow/flow.js";
import { fixed } from "../flow/controllers.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { accumulating, coherence } from "../limits/accumulating.js";
import { allToAll } from "../limits/coupling-matrix.js";
import { lorentzianFrequencies, quantileFrequencies } from "../limits/frequencies.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { kuramotoOrder } from "../limits/kuramoto-order.js";
import { poissonMoments, vlasovField } from "../limits/vlasov.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

/** The mean over 20 units of time of r in a population of n, after as long a transient. */
function meanOrder(n: number, coupling: number): number {
  const h = 0.05;
  const field = kuramotoField({
    graph: allToAll(n),
    frequencies: quantileFrequencies(lorentzianFrequencies(1), n),
    coupling,
  });
  const system = flow({
    field: accumulating(field, n, coherence, 2),
    initial: new Float64Array(n + 2),
    solver: rk4,
    controller: fixed(h),
  });
  system.step(400);
  const before = system.state[n]!;
  system.step(400);
  return (system.state[n]! - before) / (400 * h);
}

export const kuramotoLorentzian: Claim = {
  name: "kuramoto-lorentzian",
  item: "C1",
  description:
    "oscillators with Lorentzian frequencies of half-width Delta settle at r = sqrt(1 - 2 Delta / K), on the way r^2 is logistic with the rate K - 2 Delta",
  sources: ["Kuramoto 1975", "Ott, Antonsen 2008"],
  compare() {
    const [width, coupling, start, time, modes, n] = [0.8, 2.6, 0.2, 1.5, 64, 1000];
    const limit = 1 - (2 * width) / coupling;
    const square = limit / (1 + (limit / (start * start) - 1) * scalarMath.exp(-(coupling - 2 * width) * time));
    const density = flow({
      field: vlasovField({ graph: allToAll(1), coupling, width, modes }),
      initial: poissonMoments(1, modes, start),
      dt: time,
      ...precise,
    });
    density.step();
    const { value, error } = kuramotoOrder(lorentzianFrequencies(width), coupling);
    return [
      exact("r at rest by self-consistency", Math.sqrt(limit), value, error),
      exact(`r at t = ${time} by the Vlasov equation`, Math.sqrt(square), density.state[0]!, 1e-10),
      {
        ...exact(`mean r of ${n} oscillators, within 3 / sqrt n`, Math.sqrt(0.5), meanOrder(n, 4), 3 / Math.sqrt(n)),
        resolution: 0.1,
      },
    ];
  },
};
