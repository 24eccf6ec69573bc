import { add, constant, matmul, mul, sub, type Tensor } from "#engine";
import { sampleBasins } from "../analysis/sample-basins.js";
import { weightBasin } from "../analysis/weight-basin.js";
import { worstDirections } from "../analysis/worst-directions.js";
import { normalDensity, normalDistribution, normalQuantile } from "../core/normal-distribution.js";
import { mlp } from "../networks/mlp.js";
import { exact, measuredMean, type Claim } from "./claim.js";

/** sigma at which the largest of K outputs, ahead by 1, stays so with probability 1/2: E Phi(z + 1 / sigma)^(K - 1) = 1/2. */
function vertex(K: number): number {
  const kept = (sigma: number): number => {
    let p = 0;
    // The midpoint rule converges faster than any power here.
    for (let z = -8.99; z < 9; z += 0.02) {
      let all = 0.02 * normalDensity(z);
      for (let k = 1; k < K; k++) all *= normalDistribution(z + 1 / sigma);
      p += all;
    }
    return p;
  };
  let [low, high] = [0.1, 10];
  for (let i = 0; i < 50; i++) {
    const middle = Math.sqrt(low * high);
    if (kept(middle) > 0.5) low = middle;
    else high = middle;
  }
  return low;
}

export const attractionBasins: Claim = {
  name: "attraction-basins",
  item: "E4",
  description:
    "noise that changes a class half the time: a / Phi^-1(3/4) for the middle of (-a, a); for K outputs with a margin m where E Phi(z + m / sigma)^(K-1) = 1/2, for K = 2 never",
  sources: ["Lin, Feng, Zhang, Zhao 2025"],
  compare() {
    const radius = (classify: (x: Tensor) => Tensor, inputs: readonly number[], threshold = 0.5) => {
      const { radii, errors } = sampleBasins({
        classify,
        samples: 1,
        dim: inputs.length,
        inputs,
        draws: 4000,
        threshold,
        seed: 3,
      });
      return { value: radii[0]!, error: errors[0]! };
    };
    const largest = (x: Tensor): Tensor => mul(x, 1);
    const [K, a] = [5, 0.9];
    // The sum of the weights is 4, and with noise of sigma deviations (here 1) on each N(4, 2 sigma^2): positive with probability Phi(4 / (sqrt 2 sigma)).
    const net = mlp({ widths: [2, 1], bias: false });
    const noisy = weightBasin({ ...net, theta: [1, 3], samples: 1, dim: 2, inputs: [1, 1], threshold: 0.7, draws: 10_000 });
    // Three outputs, linear: the nearest boundary is (f_0 - f_k) / |w_0 - w_k| away.
    const weights = [1, -0.5, 0.3, 0.2, 0.9, -1.1];
    const point = [1.2, -0.4];
    const nearest = worstDirections({
      classify: (x) => add(matmul(x, constant(weights, [2, 3])), constant([0.5, 0, -0.2])),
      samples: 1,
      dim: 2,
      inputs: point,
    });
    const distances = [1, 2].map((k) => {
      const [u, v] = [weights[0]! - weights[k]!, weights[3]! - weights[3 + k]!];
      return (u * point[0]! + v * point[1]! + 0.5 - [0, 0, -0.2][k]!) / Math.sqrt(u * u + v * v);
    });
    const two = sampleBasins({ classify: largest, samples: 4, dim: 2, inputs: [1, 0, 0, 3, 2, 1, -1, 1], draws: 1000 });
    return [
      exact("radii at 1/2 of four points with 2 outputs", 0, two.radii.filter(Number.isFinite).length, 0),
      measuredMean(
        "radius of the middle of (-0.9, 0.9)",
        a / normalQuantile(0.75),
        radius((x) => sub(a * a, mul(x, x)), [0]),
        0.15,
      ),
      measuredMean("radius of a vertex of 5 outputs, margin 1", vertex(K), radius(largest, [0, 1, 0, 0, 0]), 0.15),
      measuredMean(
        "radius at probability 0.6 of 2 outputs, margin 1",
        Math.SQRT1_2 / normalQuantile(0.6),
        radius(largest, [1, 0], 0.6),
        0.8,
      ),
      measuredMean(
        "noise that leaves the sign of a sum of weights with probability 0.7",
        4 / (Math.SQRT2 * normalQuantile(0.7)),
        noisy,
        0.8,
      ),
      exact("distance to the nearest other of three linear classes", Math.min(...distances), nearest.distances[0]!, 1e-9),
    ];
  },
};
