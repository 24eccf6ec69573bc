import { eigenpairs } from "../analysis/eigenpairs.js";
import { mlp } from "../networks/mlp.js";
import { square } from "../training/losses.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { training } from "../training/training.js";
import { measuredMean, type Claim } from "./claim.js";

const inputs = Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19);
/** Twenty points of the Chebyshev polynomial T_5. */
const data = { samples: 20, inputs, targets: inputs.map((x) => x * (5 + x * x * (-20 + 16 * x * x))) };

/** Mean of eta sharpness / 2 over steps 6,000 to 18,000, and its standard error from eight parts of that time. */
function settled(stepSize: number): { value: number; error: number } {
  const architecture = mlp({ widths: [1, 100, 1], bias: [true, false], init: { weights: "xavier-normal", gain: [1.9, 1] } });
  const run = training({ architecture, data, loss: square, optimizer: gradientDescent({ stepSize }) });
  run.step(6000);
  const parts = Array.from({ length: 8 }, () => {
    let mean = 0;
    for (let i = 0; i < 5; i++) {
      run.step(300);
      mean += 0.1 * stepSize * eigenpairs(run.hessian(), { k: 1, tolerance: 1e-3 }).value[0]!;
    }
    return mean;
  });
  const value = parts.reduce((s, p) => s + p / 8, 0);
  return { value, error: Math.sqrt(parts.reduce((s, p) => s + ((p - value) * (p - value)) / (8 * 7), 0)) };
}

export const edgeOfStability: Claim = {
  name: "edge-of-stability",
  item: "B12",
  description:
    "gradient descent on a network sharpens it until eta lambda_max / 2 is about 1, where it stays (observed, not proved)",
  sources: ["Cohen, Kaur, Li, Kolter, Talwalkar 2021"],
  compare: () =>
    [0.2, 0.4].map((stepSize) => ({
      ...measuredMean(
        `mean of eta sharpness / 2 for a 1-100-1 tanh network on T_5, eta = ${stepSize}`,
        1,
        settled(stepSize),
        0.03,
      ),
      // An observation, not a theorem: the sharpness hovers at 2 / eta or somewhat beyond.
      predictedError: 0.05,
    })),
};
