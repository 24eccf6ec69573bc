import { scalarMath } from "#engine";
import { lyapunov } from "../analysis/lyapunov.js";
import { determinant, eigenvalues } from "../core/dense-general.js";
import { fillNormal, random } from "../core/random.js";
import { fixed } from "../flow/controllers.js";
import { flow } from "../flow/flow.js";
import { rk4 } from "../flow/solvers/rk4.js";
import { criticalLine } from "../networks/critical-line.js";
import { layerSystem } from "../networks/layer-system.js";
import { rateField } from "../networks/rate-field.js";
import { recurrent } from "../networks/recurrent.js";
import { exact, type Claim } from "./claim.js";

const network = (n: number, gain: number) => recurrent({ widths: [n, n], bias: false, init: { weights: "lecun-normal", gain } });
const logDeterminant = (a: Float64Array, n: number): number => scalarMath.log(Math.abs(determinant(a, n)));

export const randomRecurrent: Claim = {
  name: "random-recurrent-networks",
  item: "A14",
  description:
    "x' = tanh(g J x) rests with the exponents log |g eig J|, x' = -x + g J tanh x with Re(g eig J) - 1; in chaos they add up to the mean of log |det|",
  sources: ["Sompolinsky, Crisanti, Sommers 1988", "Engelken, Wolf, Abbott 2023"],
  compare() {
    const n = 10;
    const quiet = network(n, 0.7);
    const weights = quiet.initial(4);
    const steps = 4000;
    const [re, im] = eigenvalues(weights, n)[0]!;
    const rest = lyapunov(layerSystem(quiet, weights, new Float64Array(n)), { k: n, steps, transient: 400 });
    const { field, couplings } = rateField({ units: n, gain: 0.6, seed: 1 });
    let trace = 0;
    for (let i = 0; i < n; i++) trace += couplings[i * (n + 1)]!;
    const still = lyapunov(flow({ field, initial: new Float64Array(n), dt: 0.1, solver: rk4, controller: fixed(0.1) }), {
      k: n,
      steps: 500,
      transient: 50,
    });
    // Its first exponent is 0.15.
    const m = 16;
    const loud = network(m, 3);
    const strong = loud.initial(3);
    const along = layerSystem(loud, strong, fillNormal(new Float64Array(m), random(2, 9)));
    const long = 400;
    const chaos = lyapunov(along, { k: m, steps: long, transient: 100 });
    along.step(100);
    let slopes = 0;
    for (let t = 0; t < long; t++) {
      along.step();
      // tanh' = 1 - x^2, which loses digits where tanh saturates.
      for (const x of along.state) slopes += scalarMath.log((1 - x) * (1 + x));
    }
    return [
      exact("at rest: sum of all exponents, log |det g J|", logDeterminant(weights, n), rest.sum.value, 1e-10),
      {
        // A pair of complex eigenvalues turns its plane: its exponents average as 1 / steps.
        ...exact("at rest: first exponent, log |g eig J|", 0.5 * scalarMath.log(re * re + im * im), rest.value[0]!, 8 / steps),
        resolution: 0.02,
      },
      // RK4 with steps of 0.1.
      { ...exact("in continuous time: sum of all exponents, g tr J - n", trace - n, still.sum.value, 1e-4), resolution: 1e-3 },
      exact(
        "in chaos, g = 3: sum of all exponents along the run",
        logDeterminant(strong, m) + slopes / long,
        chaos.sum.value,
        1e-6,
      ),
      exact(
        "gain squared at which many units leave rest, without biases",
        1,
        criticalLine({ activation: "tanh", biasVariance: 0 }).value,
        1e-12,
      ),
    ];
  },
};
