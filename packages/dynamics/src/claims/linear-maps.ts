import { scalarMath } from "#engine";
import { random } from "../core/random.js";
import { linearMaps } from "../networks/linear-map.js";
import { mlp } from "../networks/mlp.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { exact, type Claim } from "./claim.js";

export const linearSubstitution: Claim = {
  name: "linear-substitution",
  item: "E3",
  description:
    "with the activations above a layer taken out, a network without activations is itself; of one tanh unit |tanh w x - w x| is lost; normalised layers count with gamma / sigma, sigma^2 a running average",
  sources: ["Lin, Feng, Zhang, Zhao 2025", "Ioffe, Szegedy 2015"],
  compare() {
    const stream = random(2);
    const inputs = Array.from({ length: 60 }, () => stream.normal());
    const deep = mlp({ widths: [3, 6, 4, 2], activation: "identity", init: { biasDeviation: 0.5 } });
    const whole = linearMaps(deep, { samples: 20, inputs }).at(deep.initial(3)).maps[0]!;
    // a tanh(w x) on some points; a falls out.
    const [w, points] = [1.7, [-0.8, 0.3, 1.1, 2]];
    const one = linearMaps(mlp({ widths: [1, 1, 1], bias: false }), { samples: 4, inputs: points }).at([w, -0.6]).maps[0]!;
    const [lost, kept] = points.reduce(
      ([l, k], x) => {
        const f = scalarMath.tanh(w * x);
        return [l + (f - w * x) * (f - w * x), k + f * f];
      },
      [0, 0],
    );
    // A step of next to nothing leaves the weights and moves the averages: the variance s of the sums becomes 1 - (1 - alpha)^t (1 - s).
    const [alpha, steps, gamma] = [0.2, 7, 1.4];
    const epsilon = 1e-3;
    const architecture = mlp({ widths: [1, 1, 1], normalisation: "batch", statisticsRate: alpha, epsilon });
    const theta = [w, gamma, 0.3, -0.6, 0.1];
    const run = training({
      architecture,
      data: { samples: 4, inputs: points, targets: [0, 0, 0, 0] },
      loss: square,
      optimizer: gradientDescent({ stepSize: 1e-300 }),
      initial: theta,
    });
    run.step(steps);
    const middle = points.reduce((s, x) => s + x / 4, 0);
    const spread = points.reduce((s, x) => s + (w * w * (x - middle) * (x - middle)) / 4, 0);
    let left = 1;
    for (let t = 0; t < steps; t++) left *= 1 - alpha;
    const variance = left + (1 - left) * spread;
    const network = run.network;
    const normalised = linearMaps(network.architecture, { samples: 4, inputs: points }).at(network.parameters).maps[0]!;
    return [
      exact("what a 3-6-4-2 network without activations loses", 0, whole.error.value, 1e-12),
      exact("what one tanh unit loses on four points", Math.sqrt(lost! / kept!), one.error.value, 1e-12),
      exact(
        "slope of the map of a normalised unit after seven steps",
        (w * gamma * -0.6) / Math.sqrt(variance + epsilon),
        normalised.matrix[0]!,
        1e-12,
      ),
    ];
  },
};
