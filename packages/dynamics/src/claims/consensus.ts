import { scalarMath } from "#engine";
import { flow } from "../flow/flow.js";
import { coupledUnits, diffusive } from "../limits/coupled-units.js";
import { alongEdges } from "../limits/coupling-matrix.js";
import { ringLattice } from "../limits/digraph.js";
import { ringGraphon } from "../limits/graphon.js";
import { exact, type Claim } from "./claim.js";
import { precise } from "./precise.js";

const { cos, log } = scalarMath;

/** The rate at which a wave dies out on a ring of n with `reach` neighbours on either side. */
function rate(n: number, reach: number, wave: number): number {
  const initial = Float64Array.from({ length: n }, (_, i) => cos((2 * Math.PI * wave * i) / n));
  const system = flow({
    field: coupledUnits({ graph: alongEdges(ringLattice(n, reach)), interaction: diffusive }),
    initial,
    dt: 3,
    ...precise,
  });
  system.step();
  return -log(system.state[0]!) / 3;
}

export const consensus: Claim = {
  name: "linear-consensus",
  item: "C13",
  description:
    "u' = -(1/n) L u on a ring: wave k dies out at the rate of its Laplacian eigenvalue, which tends to 2 h - sin(2 pi k h) / (pi k)",
  sources: ["Medvedev 2014"],
  compare() {
    const [n, reach] = [60, 9];
    const exactly = [1, 4].map((k) => {
      let eigenvalue = 0;
      for (let d = 1; d <= reach; d++) eigenvalue += (2 / n) * (1 - cos((2 * Math.PI * k * d) / n));
      return exact(`rate of wave ${k} on ${n} places`, eigenvalue, rate(n, reach, k), 1e-10);
    });
    const [many, wide, wave] = [300, 60, 2];
    const h = (wide + 0.5) / many;
    const symbol = ringGraphon(h).symbol!;
    // The sum is the midpoint rule with cells of 1 / n: the error is at most 2 h (2 pi k)^2 / (24 n^2).
    const bound = (2 * h * 4 * Math.PI * Math.PI * wave * wave) / (24 * many * many);
    return [
      ...exactly,
      {
        ...exact(
          `rate of wave ${wave} on ${many} places, within the midpoint rule`,
          symbol(0) - symbol(wave),
          rate(many, wide, wave),
          bound,
        ),
        resolution: 1e-4,
      },
    ];
  },
};
