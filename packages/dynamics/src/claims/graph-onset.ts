import { scalarMath } from "#engine";
import { flow } from "../flow/flow.js";
import { lorentzianFrequencies } from "../limits/frequencies.js";
import { blockGraphon, graphon } from "../limits/graphon.js";
import { criticalCouplings } from "../limits/kernel-spectrum.js";
import { vlasovFibres } from "../limits/vlasov-fibres.js";
import { vlasovField } from "../limits/vlasov.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

/** Two halves, in which oscillators see each other with the chances p within and q across: eigenvalues (p + q) / 2 and (p - q) / 2. */
const [p, q] = [0.2, 0.8];
const halves = blockGraphon(
  [0.5, 0.5],
  [
    [p, q],
    [q, p],
  ],
);

/** The rate at which halves out of phase by pi grow out of incoherence. */
function growth(coupling: number, width: number, time: number): number {
  const fibres = vlasovFibres(halves);
  const modes = 3;
  const n = fibres.weights.length;
  const initial = new Float64Array(2 * modes * n);
  for (let f = 0; f < n; f++) initial[2 * modes * f] = f < n / 2 ? 1e-6 : -1e-6;
  const system = flow({ field: vlasovField({ ...fibres, coupling, width, modes }), initial, dt: time, ...precise });
  system.step();
  return scalarMath.log(system.state[0]! / initial[0]!) / time;
}

export const graphOnset: Claim = {
  name: "graph-onset",
  item: "C4",
  description:
    "on a graph oscillators leave incoherence at K = 2 / (pi g(0) zeta) for the eigenvalues zeta of its limit's kernel: the largest for K > 0, the smallest for K < 0",
  sources: ["Chiba, Medvedev 2019"],
  compare() {
    const width = 0.7;
    const { positive, negative } = criticalCouplings(graphon({ value: (x, y) => x + y }), lorentzianFrequencies(width));
    const root = 1 / Math.sqrt(3);
    return [
      exact("critical coupling above 0, kernel x + y", (2 * width) / (0.5 + root), positive.value, positive.error + 1e-12),
      exact("critical coupling below 0, kernel x + y", (2 * width) / (0.5 - root), negative.value, negative.error + 1e-12),
      exact(
        "critical coupling below 0, two halves",
        (4 * width) / (p - q),
        criticalCouplings(halves, lorentzianFrequencies(width)).negative.value,
        1e-11,
      ),
      exact("growth rate K zeta / 2 - Delta of two halves", -2 * (p - q) - width, growth(-8, width, 3), 1e-9),
    ];
  },
};
