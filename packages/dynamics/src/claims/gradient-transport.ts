import { scalarMath } from "#engine";
import { finiteTimeExponents } from "../analysis/finite-time-exponents.js";
import { angle } from "../core/angle.js";
import { boundary } from "../core/bisection.js";
import { layerSystem } from "../networks/layer-system.js";
import { meanField } from "../networks/mean-field.js";
import { mlp } from "../networks/mlp.js";
import { signalPropagation } from "../networks/signal-propagation.js";
import { exact, measuredMean, type Claim } from "./claim.js";
import { meanOf } from "./mean-of.js";

const [weightVariance, biasVariance, width, depth] = [0.9, 0.06, 150, 12];

export const gradientTransport: Claim = {
  name: "gradient-transport",
  item: "D5",
  description:
    "squared gradients of a wide network change by the factor chi_1 a layer on their way back, for erf in closed form; orthogonal linear layers lose nothing",
  sources: [
    "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016",
    "Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017",
    "Saxe, McClelland, Ganguli 2014",
  ],
  compare() {
    // E erf^2 = (2 / pi) asin(2 q / (1 + 2 q)), E erf'^2 = (4 / pi) / sqrt(1 + 4 q).
    const arc = (q: number): number => (2 / Math.PI) * angle(2 * q, Math.sqrt(1 + 4 * q));
    const q = boundary((v) => weightVariance * arc(v) + biasVariance > v, 0, 10);
    const chi = (weightVariance * 4) / (Math.PI * Math.sqrt(1 + 4 * q));
    const theory = meanField({ activation: "erf", weightVariance, biasVariance });
    const net = mlp({
      widths: new Array<number>(depth + 1).fill(width),
      activation: "erf",
      init: { weights: "lecun-normal", gain: Math.sqrt(weightVariance), biasDeviation: Math.sqrt(biasVariance) },
    });
    // Inputs that give the first layer its fixed point already.
    const inputSquare = (q - biasVariance) / weightVariance;
    const slopes = Array.from({ length: 6 }, (_, i) => {
      const { value } = signalPropagation(net, { draws: 2, seed: 2 * i, inputSquare }).gradientRates;
      return (2 * value.slice(0, depth - 1).reduce((a, b) => a + b)) / (depth - 1);
    });
    const n = 10;
    const linear = mlp({ widths: new Array<number>(31).fill(n), activation: "identity", init: { weights: "orthogonal" } });
    const stretched = finiteTimeExponents(layerSystem(linear, linear.initial(2), new Float64Array(n)), {
      starts: new Float64Array(n),
      steps: 30,
      k: n,
    }).value;
    return [
      exact("squared length at the fixed point, erf", q, theory.length.value, 1e-9),
      exact("chi_1, erf", chi, theory.chi.value, 1e-9),
      // Finite networks differ by terms of order 1 / width besides.
      {
        ...measuredMean(`log-slope of squared gradients, width ${width}`, scalarMath.log(chi), meanOf(slopes), 0.05),
        predictedError: 1 / width,
      },
      exact(
        "largest |log singular value| of 30 orthogonal layers",
        0,
        30 * stretched.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
        1e-12,
      ),
    ];
  },
};
