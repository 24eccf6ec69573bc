import { scalarMath } from "#engine";
import { kaplanYorke } from "../analysis/kaplan-yorke.js";
import { lyapunov } from "../analysis/lyapunov.js";
import { map } from "../core/map.js";
import { exact, type Claim } from "./claim.js";

export const kaplanYorkeDimension: Claim = {
  name: "kaplan-yorke-dimension",
  item: "F16",
  description:
    "a map that stretches by 3 and shrinks by s has an attractor of dimension 1 + log 3 / log (1 / s); with two shrinking directions j counts the sums that are not negative",
  sources: ["Kaplan, Yorke 1979"],
  compare() {
    /** The solenoid's skeleton: x -> 3 x mod 1, and the others shrink by their factors towards cos and sin of it. */
    const dimension = (...factors: number[]): number => {
      const system = map({
        f: {
          f: (s, out) => {
            out[0] = 3 * s[0]! - Math.floor(3 * s[0]!);
            factors.forEach((c, i) => (out[i + 1] = c * s[i + 1]! + s[0]!));
          },
          df: (_, v, out) => {
            out[0] = 3 * v[0]!;
            factors.forEach((c, i) => (out[i + 1] = c * v[i + 1]! + v[0]!));
          },
        },
        initial: [0.3, ...factors.map(() => 0)],
      });
      const k = factors.length + 1;
      return kaplanYorke(lyapunov(system, { k, steps: 1000, transient: 200 }), k).value;
    };
    const [log, three] = [scalarMath.log, scalarMath.log(3)];
    return [
      exact("dimension for the factors 3, 0.2", 1 - three / log(0.2), dimension(0.2), 1e-10),
      exact("dimension for the factors 3, 0.1, 0.05", 1 - three / log(0.1), dimension(0.1, 0.05), 1e-10),
      exact("dimension for the factors 3, 0.7, 0.1", 2 - log(3 * 0.7) / log(0.1), dimension(0.7, 0.1), 1e-10),
      exact("dimension for the factors 3, 0.4: all of the plane", 2, dimension(0.4), 1e-10),
    ];
  },
};
