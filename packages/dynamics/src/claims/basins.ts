import { eq, floor, gt, lt, mul, scalarMath, select, square, sub, type Tensor } from "#engine";
import { attractors } from "../analysis/attractors.js";
import { basins as basinsOf } from "../analysis/basins.js";
import { edgeState } from "../analysis/edge-state.js";
import { randomStarts } from "../analysis/starts.js";
import { uncertaintyExponent } from "../analysis/uncertainty-exponent.js";
import { map } from "../core/map.js";
import { measuredMean, type Claim } from "./claim.js";

/** x -> 7 x mod 1 on every other seventh of [0, 1], the first among them; the sevenths between go to -1, 2 and -1, both fixed. */
function sevenths(x: Tensor): Tensor {
  const y = mul(7, x);
  const k = floor(y);
  const kept = eq(sub(k, mul(2, floor(mul(0.5, k)))), 0);
  const inner = select(kept, sub(y, k), select(eq(k, 3), 2, -1));
  return select(lt(x, 0), -1, select(gt(x, 1), 2, inner));
}

export const basins: Claim = {
  name: "basins-of-attraction",
  item: "F20",
  description:
    "a boundary of dimension d between basins on a line has the uncertainty exponent 1 - d, for a Cantor set of 4 sevenths 1 - log 4 / log 7; x' = c x - (c - 1) x^3 has the boundary 0 with the exponent log c",
  sources: ["Grebogi, McDonald, Ott, Yorke 1983", "Skufca, Yorke, Eckhardt 2006"],
  compare() {
    const cantor = attractors({ system: map({ f: sevenths, initial: [0.5] }), box: [[0, 1]], transient: 60, record: 2 });
    // At powers of 1 / 7 the shares of uncertain pairs tend to the ratio 4 / 7 to one another, up to a relative 4^-k.
    const scales = [3, 4, 5, 6, 7].map((k) => 0.5 / 7 ** k);
    const fractal = uncertaintyExponent(cantor, { box: [[0, 1]], scales, pairs: 6000 });
    const c = 1.4;
    const system = map({ f: (x) => mul(x, sub(c, mul(c - 1, square(x)))), initial: [0.1] });
    const found = attractors({ system, box: [[-1.4, 1.4]], transient: 100, record: 4 });
    const smooth = uncertaintyExponent(found, { box: [[-1, 1.5]], scales: [0.1, 0.05, 0.025, 0.0125], pairs: 3000 });
    const edge = edgeState(found, { from: [-0.9], to: [1.1] });
    const left = basinsOf(found, { starts: randomStarts([[-1, 1.5]], 4000, 2) }).fractions[0]!;
    return [
      measuredMean("uncertainty exponent of the Cantor set", 1 - scalarMath.log(4) / scalarMath.log(7), fractal, 0.1),
      measuredMean("uncertainty exponent of a point", 1, smooth, 0.3),
      measuredMean("share of [-1, 1.5] that goes to -1", 0.4, left, 0.03),
      {
        what: "exponent of the edge state, c = 1.4",
        predicted: scalarMath.log(c),
        measured: edge.value,
        error: edge.error,
        bars: "bound",
        resolution: 0.01,
      },
    ];
  },
};
