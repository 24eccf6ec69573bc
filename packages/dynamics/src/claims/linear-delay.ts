import { add, mul, scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { characteristicRoots } from "../flow/characteristic-roots.js";
import { delay } from "../flow/delay.js";
import { delayEquations } from "../catalogue/delay-equations.js";
import { lookup } from "../core/lookup.js";
import { exact, type Claim, type Comparison } from "./claim.js";

/** Comparisons of exponents with roots: the solver leaves 1e-8. */
const rightmost = (what: string, predicted: number, measured: number): Comparison => exact(what, predicted, measured, 2e-7);

export const linearDelay: Claim = {
  name: "linear-delay-equation",
  item: "F10",
  description:
    "the exponents of x' = a x + b x(t - tau) are the real parts of the roots of lambda = a + b exp(-lambda tau); x' = -b x(t - tau) is stable for b tau < pi / 2 and decays without turning up to b tau = 1 / e",
  sources: ["Hayes 1950", "Corless, Gonnet, Hare, Jeffrey, Knuth 1996", "Hutchinson 1948"],
  compare() {
    const exponents = (a: number, b: number, tau: number, k: number): number => {
      const system = delay({ field: (x, [y]) => add(mul(a, x), mul(b, y!)), lags: [tau], history: [0], steps: 20 });
      return lyapunov(system, { k, steps: 60, transient: 80 }).sum.value / k;
    };
    // A root given in advance decides b: lambda = a + b exp(-lambda tau).
    const [a, tau, root] = [-1, 2, -0.15];
    const b = (root - a) * scalarMath.exp(root * tau);
    const { field } = lookup("delay equation", delayEquations, "hutchinson");
    const r = 0.5 * Math.PI;
    const hutchinson = delay({ field: field({ r, tau: 1 }), lags: [1], history: [1], steps: 20 });
    const hopf = characteristicRoots({ b: -r, tau: 1 })[0]!;
    const double = characteristicRoots({ b: -0.999 / Math.E, tau: 1 })[0]!;
    return [
      rightmost("exponent where a root -0.15 was put", root, exponents(a, b, tau, 1)),
      rightmost("exponent of x' = -(pi / 6) x(t - 3), at the Hopf point", 0, exponents(0, -Math.PI / 6, 3, 2)),
      rightmost(
        "exponent of Hutchinson's population at r = pi / 2",
        0,
        0.5 * lyapunov(hutchinson, { k: 2, steps: 60, transient: 80 }).sum.value,
      ),
      exact("period of its oscillation, in delays", 4, (2 * Math.PI) / hopf.im, 1e-12),
      exact("frequency of x' = -b x(t - 1) at b = 0.999 / e", 0, double.im, 0),
    ];
  },
};
