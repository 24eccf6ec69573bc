import { scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { delayEquations } from "../catalogue/delay-equations.js";
import { lookup } from "../core/lookup.js";
import { hopfDelay } from "../flow/characteristic-roots.js";
import { delay } from "../flow/delay.js";
import { exact, type Claim } from "./claim.js";

const [gamma, n] = [0.1, 10];

/** arccos x. */
const angleOf = (x: number): number => {
  // Newton's method for cos a = x, from the middle.
  let a = 0.5 * Math.PI;
  for (let i = 0; i < 40; i++) a += (scalarMath.cos(a) - x) / scalarMath.sin(a);
  return a;
};

export const mackeyGlass: Claim = {
  name: "mackey-glass-equation",
  item: "F8",
  description:
    "the equilibrium of the Mackey-Glass equation has the slope -B in the past value and begins to oscillate at the delay arccos(-gamma / B) / omega, omega^2 = B^2 - gamma^2",
  sources: ["Mackey, Glass 1977", "Hayes 1950"],
  compare: () =>
    [0.2, 0.25].flatMap((beta) => {
      // gamma = beta / (1 + x^n) at the equilibrium; the slope of beta y / (1 + y^n) there.
      const x = scalarMath.pow(beta / gamma - 1, 1 / n);
      const slope = gamma * (1 - n * (1 - gamma / beta));
      const omega = Math.sqrt(slope * slope - gamma * gamma);
      const tau = angleOf(gamma / slope) / omega;
      const { field } = lookup("delay equation", delayEquations, "mackey-glass");
      const system = delay({ field: field({ beta, gamma, n, tau }), lags: [tau], history: [x], steps: 20 });
      // Only the area that the pair spans grows evenly; the equilibrium is unstable in nothing else.
      const { sum } = lyapunov(system, { k: 2, steps: 60, transient: 60 });
      return [
        exact(`delay at which oscillations begin, beta = ${beta}`, tau, hopfDelay(-gamma, slope).delay, 1e-12),
        exact(`sum of the first two exponents at that delay, beta = ${beta}`, 0, sum.value, 1e-7),
      ];
    }),
};
