import { gaussianAverages } from "../networks/gaussian-averages.js";
import { meanField } from "../networks/mean-field.js";
import { mlp } from "../networks/mlp.js";
import { signalPropagation } from "../networks/signal-propagation.js";
import { exact, measuredMean, type Claim } from "./claim.js";

const [weights, biases] = [1.6, 0.1];
const [width, depth] = [100, 3];

export const reluSignals: Claim = {
  name: "relu-signals",
  item: "A11",
  description:
    "ReLU layers multiply mean squares by half the weight variance, at every width, so that 2 is critical; correlations rise by the arc-cosine map",
  sources: ["Cho, Saul 2009", "He, Zhang, Ren, Sun 2015", "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli 2016"],
  compare() {
    const net = mlp({
      widths: new Array<number>(depth + 1).fill(width),
      activation: "relu",
      init: { weights: "lecun-normal", gain: Math.sqrt(weights), biasDeviation: Math.sqrt(biases) },
    });
    const { lengths } = signalPropagation(net, { draws: 60, inputSquare: 0.7 });
    // Sums are symmetric, so half of their mean square passes: no limit of large widths is taken.
    let q = weights * 0.7 + biases;
    for (let l = 1; l < depth; l++) q = (weights / 2) * q + biases;
    const field = meanField({ activation: "relu", weightVariance: weights, biasVariance: biases });
    // (sin t + (pi - t) cos t) / pi at t = pi / 3.
    const arc = (Math.sqrt(3) / 2 + Math.PI / 3) / Math.PI;
    return [
      measuredMean(
        `mean square of the sums of ${depth} layers of ${width} units`,
        q,
        { value: lengths.value[depth - 1]!, error: lengths.error[depth - 1]! },
        0.25 * q,
      ),
      exact(
        "length deep inside, bias variance / (1 - weight variance / 2)",
        biases / (1 - weights / 2),
        field.length.value,
        1e-9,
      ),
      exact("chi_1, half the weight variance", weights / 2, field.chi.value, 1e-11),
      exact(
        "correlation after a layer from 1/2, weight variance 2",
        arc,
        2 * gaussianAverages("relu").pair(1, 0.5).product,
        1e-12,
      ),
    ];
  },
};
