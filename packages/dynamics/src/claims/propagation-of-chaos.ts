import { batchMeans } from "../analysis/batch-means.js";
import { linearMeanField } from "../limits/linear-mean-field.js";
import { measuredMean, type Claim } from "./claim.js";

const [pull, coupling, noise] = [0.6, 0.9, 0.75];

const QUANTITIES = ["variance of the mean", "variance about the mean", "covariance of two units"] as const;

/** Means over steps of M^2, (X_i - M)^2 and X_1 X_2, with standard errors. */
function moments(units: number, steps: number): { mean: Float64Array; error: Float64Array } {
  const system = linearMeanField({ units, pull, coupling, noise, dt: 3, seed: 11 });
  system.step(20);
  const means = batchMeans(QUANTITIES.length, 64);
  for (let t = 0; t < steps; t++) {
    system.step();
    const x = system.state;
    const m = x.reduce((s, v) => s + v, 0) / units;
    means.push([m * m, x.reduce((s, v) => s + (v - m) * (v - m), 0) / units, x[0]! * x[1]!], 1);
  }
  return means.result();
}

export const propagationOfChaos: Claim = {
  name: "propagation-of-chaos",
  item: "C8",
  description:
    "n units pulled to their mean become independent: the mean has the variance D / (a n), deviations from it (D / (a + kappa)) (1 - 1 / n)",
  sources: ["Sznitman 1991"],
  compare: () =>
    [2, 20].flatMap((n) => {
      const { mean, error } = moments(n, 16_000);
      const m = noise / (pull * n);
      const d = (noise / (pull + coupling)) * (1 - 1 / n);
      // By symmetry E X_1 X_2 = Var M - Var(X - M) / (n - 1).
      return [m, d, m - d / (n - 1)].map((predicted, i) =>
        measuredMean(
          `${QUANTITIES[i]}, n = ${n}`,
          predicted,
          { value: mean[i]!, error: error[i]! },
          [0.1 * m, 0.1 * d, 0.05 * (m + d)][i]!,
        ),
      );
    }),
};
