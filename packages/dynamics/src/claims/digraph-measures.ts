import { boundedLipschitz } from "../limits/bounded-lipschitz.js";
import { circulantMeasure, digraphDistance, finiteMeasure, sampleCirculant } from "../limits/digraph-measure.js";
import type { Atoms } from "../limits/measure.js";
import { exact, type Claim } from "./claim.js";

const atom = (x: number): Atoms => ({ at: [x], weight: [1] });

export const digraphMeasures: Claim = {
  name: "digraph-measures",
  item: "C6",
  description:
    "graphs of two neighbours at +-rho tend to two atoms, not to the uniform graphon: in the bounded-Lipschitz distance these are rho^2 + (1/2 - rho)^2 apart",
  sources: ["Kuehn, Xu 2022"],
  compare() {
    const [rho, n, d] = [0.1931, 500, 1.3];
    const pair = circulantMeasure({ atoms: [1, -1].map((s) => ({ shift: s * rho, weight: 0.5 })) });
    const even = circulantMeasure({ boxes: [{ from: -0.5, to: 0.5, height: 1 }] });
    const apart = digraphDistance(pair, even, { places: 2, cells: 4096 });
    const sampled = digraphDistance(finiteMeasure(sampleCirculant(pair, n), "circle"), pair, { places: 50 });
    return [
      exact("two unit atoms 1.3 apart, |f| and Lip f at most 1", d, boundedLipschitz(atom(0.2), atom(0.2 + d)), 1e-13),
      exact(
        "two unit atoms 1.3 apart, |f| + Lip f at most 1",
        (2 * d) / (2 + d),
        boundedLipschitz(atom(0.2), atom(0.2 + d), { norm: "sum" }),
        1e-11,
      ),
      {
        ...exact("two atoms and the uniform graphon", rho * rho + (0.5 - rho) * (0.5 - rho), apart.value, apart.error + 1e-6),
        resolution: 1e-3,
      },
      { ...exact(`ring of ${n} and its limit, within 1 / n`, 0, sampled.value, 1 / n), resolution: 1 / n },
    ];
  },
};
