import { scalarMath } from "#engine";
import { kaplanYorke } from "../analysis/kaplan-yorke.js";
import { lyapunov } from "../analysis/lyapunov.js";
import { flows } from "../catalogue/flows.js";
import { lookup } from "../core/lookup.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { dopri8 } from "../flow/solvers/dopri8.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const [sigma, beta] = [10, 8 / 3];
/** The rate at which volumes shrink, everywhere. */
const shrinking = sigma + 1 + beta;

/** The real root of z^3 + a z^2 + b z + c, which has one where the others are a complex pair (Cardano). */
function realRoot(a: number, b: number, c: number): number {
  const p = b - (a * a) / 3;
  const q = (2 * a * a * a) / 27 - (a * b) / 3 + c;
  const d = Math.sqrt((q * q) / 4 + (p * p * p) / 27);
  const cube = (x: number): number => (x < 0 ? -1 : 1) * scalarMath.pow(Math.abs(x), 1 / 3);
  return cube(d - q / 2) + cube(-d - q / 2) - a / 3;
}

export const lorenz: Claim = {
  name: "lorenz-equations",
  item: "F3",
  description:
    "Lorenz's equations shrink volumes at the rate sigma + 1 + beta; below rho = 24.06 their exponents are those of the equilibria, at rho = 28 0.9056, 0 and -14.572",
  sources: ["Lorenz 1963", "Sprott 2003"],
  compare() {
    const { field } = lookup("flow", flows, "lorenz");
    const system = (rho: number, initial: readonly number[]) => ({ field: field({ sigma, rho, beta }), initial });
    const quiet = 18;
    const c = Math.sqrt(beta * (quiet - 1));
    const still = lyapunov(flow({ ...system(quiet, [c, c, quiet - 1]), dt: 0.1, solver: dopri8, controller: fixed(0.02) }), {
      k: 3,
      steps: 400,
      transient: 600,
    });
    const third = realRoot(shrinking, beta * (sigma + quiet), 2 * sigma * beta * (quiet - 1));
    const chaos = lyapunov(flow({ ...system(28, [1, 1, 20]), solver: rk4, controller: fixed(0.01) }), {
      k: 3,
      steps: 60_000,
      transient: 4000,
      interval: 10,
    });
    const [first, second] = [0, 1].map((i) => ({ value: chaos.value[i]!, error: chaos.error[i]! })) as [
      { value: number; error: number },
      { value: number; error: number },
    ];
    return [
      // RK4's own error a step is (14.6 h)^5 / 120 in the strongest direction.
      { ...exact("sum of the exponents at rho = 28", -shrinking, chaos.sum.value, 1e-3), resolution: 2e-3 },
      // Known from long runs alone, to four digits.
      { ...measuredMean("lambda_1 at rho = 28", 0.9056, first, 0.1), predictedError: 1e-4 },
      measuredMean("lambda_2 at rho = 28, along the flow", 0, second, 0.05),
      {
        ...measuredMean("Kaplan-Yorke dimension at rho = 28", 2 + 0.9056 / (shrinking + 0.9056), kaplanYorke(chaos, 3), 0.01),
        predictedError: 1e-5,
      },
      exact(
        "lambda_1 + lambda_2 at rho = 18, twice the real part of the pair",
        -shrinking - third,
        still.value[0]! + still.value[1]!,
        1e-9,
      ),
      exact("lambda_3 at rho = 18", third, still.value[2]!, 1e-9),
    ];
  },
};
