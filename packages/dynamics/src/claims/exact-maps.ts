import { scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { map } from "../core/map.js";
import { exact, type Claim } from "./claim.js";

export const exactMaps: Claim = {
  name: "maps-with-known-exponents",
  item: "F7",
  description:
    "the cat map has the exponents +-log((3 + sqrt 5) / 2), the linear map diag(1.1, 0.8) the logarithms of its entries",
  sources: ["Arnold, Avez 1968"],
  compare() {
    const whole = (x: number): number => x - Math.floor(x);
    const cat = map({
      f: {
        f: ([x, y], out) => out.set([whole(2 * x! + y!), whole(x! + y!)]),
        df: (_, [u, v], out) => out.set([2 * u! + v!, u! + v!]),
      },
      initial: [0.1, 0.2],
    });
    const linear = map({
      f: { f: ([x, y], out) => out.set([1.1 * x!, 0.8 * y!]), df: (_, [u, v], out) => out.set([1.1 * u!, 0.8 * v!]) },
      initial: [0, 0],
    });
    const known: readonly [string, ReturnType<typeof lyapunov>, readonly number[]][] = [
      ["cat map", lyapunov(cat, { k: 2, steps: 2000 }), [1, -1].map((s) => s * scalarMath.log((3 + Math.sqrt(5)) / 2))],
      ["diag(1.1, 0.8)", lyapunov(linear, { k: 2, steps: 2000 }), [scalarMath.log(1.1), scalarMath.log(0.8)]],
    ];
    return known.flatMap(([name, { value }, predicted]) =>
      predicted.map((p, i) => exact(`exponent ${i + 1} of ${name}`, p, value[i]!, 1e-12)),
    );
  },
};
