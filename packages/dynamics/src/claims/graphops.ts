import { evaluate, reshape, scalarMath } from "#engine";
import { angle } from "../core/angle.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { circulantMeasure } from "../limits/digraph-measure.js";
import { kuramotoField } from "../limits/kuramoto.js";
import { spectralCoupling } from "../limits/spectral-coupling.js";
import { exact, type Claim } from "./claim.js";

export const graphops: Claim = {
  name: "graphops",
  item: "C7",
  description:
    "two neighbours at +-rho have the eigenvalues cos(2 pi k rho), which do not tend to 0: a share arccos(1 - e) / pi of all waves is within e of critical",
  sources: ["Gkogkas, Kuehn 2022", "Weyl 1916"],
  compare() {
    const [rho, n, wave, time] = [0.5 * (Math.sqrt(5) - 1), 41, 3, 2];
    const pair = circulantMeasure({ atoms: [1, -1].map((s) => ({ shift: s * rho, weight: 0.5 })) });
    const symbol = scalarMath.cos(2 * Math.PI * wave * rho);
    const graph = spectralCoupling(pair, n);
    const crest = Float64Array.from({ length: n }, (_, j) => scalarMath.cos((2 * Math.PI * wave * (j + 0.5)) / n));
    const mixed = evaluate((x) => graph.mix(reshape(x!, [n, 1])), { data: crest })[0]!;
    let [product, square] = [0, 0];
    crest.forEach((v, j) => {
      product += v * mixed[j]!;
      square += v * v;
    });
    // At rest an adaptive solver would take no care of tangents.
    const riding = flow({
      field: kuramotoField({ graph, coupling: 1 }),
      initial: new Float64Array(n),
      dt: time,
      solver: rk4,
      controller: fixed(0.01),
    }).tangent(1);
    riding.tangents.set(crest);
    riding.step();
    const [modes, e] = [10_000, 0.2];
    let near = 0;
    for (let k = 1; k <= modes; k++) if (pair.symbol(k)[0] > 1 - e) near++;
    return [
      exact(`eigenvalue of wave ${wave}`, symbol, product / square, 1e-11),
      exact(
        `rate at which wave ${wave} dies out on synchrony`,
        symbol - 1,
        scalarMath.log(riding.tangents[0]! / crest[0]!) / time,
        1e-9,
      ),
      // For the golden ratio the discrepancy of k rho is O(log modes / modes).
      {
        ...exact(
          "share of waves above 1 - e, e = 0.2",
          angle(Math.sqrt(1 - (1 - e) * (1 - e)), 1 - e) / Math.PI,
          near / modes,
          20 / modes,
        ),
        resolution: 0.005,
      },
    ];
  },
};
