import { scalarMath } from "#engine";
import { boundary } from "../core/bisection.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { alongEdges } from "../limits/coupling-matrix.js";
import { ringLattice } from "../limits/digraph.js";
import { ringGraphon } from "../limits/graphon.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { twistedCriticalWidth, twistedState } from "../limits/twisted-states.js";
import { exact, type Claim } from "./claim.js";

const { cos, sin, log } = scalarMath;
/** int over |d| <= h of cos(2 pi k d). */
const coefficient = (h: number, k: number): number => (k === 0 ? 2 * h : sin(2 * Math.PI * k * h) / (Math.PI * k));

/** The growth rate of a wave on a twisted state of a ring of n, k neighbours on either side: by its tangent. */
function rate(n: number, k: number, winding: number, wave: number): number {
  const system = flow({
    field: kuramotoField({ graph: alongEdges(ringLattice(n, k)), coupling: 1 }),
    initial: Float64Array.from({ length: n }, (_, i) => (2 * Math.PI * winding * i) / n),
    dt: 2,
    // At rest an adaptive solver would take no care of tangents.
    solver: rk4,
    controller: fixed(0.01),
  }).tangent(1);
  system.tangents.set(Float64Array.from({ length: n }, (_, i) => cos((2 * Math.PI * wave * i) / n)));
  system.step();
  return log(system.tangents[0]!) / 2;
}

export const twistedStates: Claim = {
  name: "twisted-states",
  item: "C5",
  description:
    "on a ring a wave m on the state twisted q times grows at (w_(q + m) + w_(q - m)) / 2 - w_q: the state twisted twice is stable up to a reach of a sixth of the ring",
  sources: ["Wiley, Strogatz, Girvan 2006"],
  compare() {
    const [n, k, winding, wave, h] = [30, 7, 1, 2, 0.36];
    let sum = 0;
    for (let d = 1; d <= k; d++) sum += (2 / n) * cos((2 * Math.PI * winding * d) / n) * (cos((2 * Math.PI * wave * d) / n) - 1);
    let largest = -coefficient(h, 1);
    for (let m = 1; m < 50; m++)
      largest = Math.max(largest, 0.5 * (coefficient(h, 1 + m) + coefficient(h, Math.abs(1 - m))) - coefficient(h, 1));
    // There the wave m = 1 has (w_2 + w_0) / 2 = w_1.
    const once = boundary((v) => sin(4 * Math.PI * v) / (4 * Math.PI) + v < sin(2 * Math.PI * v) / Math.PI, 0.1, 0.45);
    return [
      exact("critical half-width, q = 2", 1 / 6, twistedCriticalWidth(2, 64).value, 1e-12),
      exact("critical half-width, q = 1", once, twistedCriticalWidth(1, 64).value, 1e-12),
      exact(`growth of wave ${wave} on a ring of ${n}`, sum, rate(n, k, winding, wave), 1e-10),
      exact(`largest growth rate at half-width ${h}`, largest, twistedState(ringGraphon(h), 1).growthRate, 1e-13),
    ];
  },
};
