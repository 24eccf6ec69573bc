import { batchMeans } from "../analysis/batch-means.js";
import { linearMeanField } from "../limits/linear-mean-field.js";
import { measuredMean, type Claim } from "./claim.js";

const [pull, coupling, noise] = [0.6, 0.9, 0.75];

/** Means over steps of M^2, (X_i - M)^2 and X_1 X_2, with standard errors. */
function moments(units: number, steps: number) {
  const system = linearMeanField({ units, pull, coupling, noise, dt: 3, seed: 11 });
  system.step(20);
  const means = batchMeans(3, 64);
  for (let t = 0; t < steps; t++) {
    system.step();
    const x = system.state;
    const m = x.reduce((s, v) => s + v, 0) / units;
    means.push([m * m, x.reduce((s, v) => s + (v - m) * (v - m), 0) / units, x[0]! * x[1]!], 1);
  }
  const { mean, error } = means.result();
  return [0, 1, 2].map((i) => ({ value: mean[i]!, error: error[i]! }));
}

export const propagationOfChaos: Claim = {
  name: "propagation-of-chaos",
  item: "C8",
  description:
    "n units pulled to their mean become independent: the mean has the variance D / (a n), deviations from it (D / (a + kappa)) (1 - 1 / n)",
  sources: ["Sznitman 1991"],
  compare: () =>
    [2, 20].flatMap((n) => {
      const [mean, deviation, product] = moments(n, 16_000) as [
        ReturnType<typeof moments>[0],
        ReturnType<typeof moments>[0],
        ReturnType<typeof moments>[0],
      ];
      const m = noise / (pull * n);
      const d = (noise / (pull + coupling)) * (1 - 1 / n);
      return [
        measuredMean(`variance of the mean, n = ${n}`, m, mean, 0.1 * m),
        measuredMean(`variance about the mean, n = ${n}`, d, deviation, 0.1 * d),
        measuredMean(`covariance of two units, n = ${n}`, m - d / (n - 1), product, 0.1 * (m + d)),
      ];
    }),
};
