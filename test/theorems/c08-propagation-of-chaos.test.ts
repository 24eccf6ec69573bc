// Propagation of chaos for linear forces: dX_i = -a X_i dt - kappa (X_i - M) dt + sqrt(2 D) dW_i.
//
// Derivation. Summed up, M obeys dM = -a M dt + sqrt(2 D / n) dB: stationary variance D / (a n). X_i - M has the rate a + kappa and noise
// W_i - B / sqrt n of variance 1 - 1 / n: stationary variance (D / (a + kappa)) (1 - 1 / n). For n -> infinity M -> m_0 e^(-at) and X is
// normal with variance D / (a + kappa): that is the mean-field law, and X_1, X_2 have the correlation of M alone, O(1 / n).
import {
  convergenceRate,
  empirical,
  gaussianFrequencies,
  linearMeanField,
  linearMeanFieldLaw,
  quantileFrequencies,
  wasserstein,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const [pull, coupling, noise] = [0.7, 1.3, 0.5];

/** Means over steps of M^2, (X_i - M)^2 and X_1 X_2, after a transient; steps of two relaxation times are nearly independent. */
function moments(units: number, steps: number) {
  const system = linearMeanField({ units, pull, coupling, noise, dt: 3, seed: 5 });
  system.step(20);
  let [mean, deviation, product] = [0, 0, 0];
  for (let t = 0; t < steps; t++) {
    system.step();
    const x = system.state;
    const m = x.reduce((s, v) => s + v, 0) / units;
    mean += (m * m) / steps;
    deviation += x.reduce((s, v) => s + (v - m) ** 2, 0) / units / steps;
    product += (x[0]! * x[1]!) / steps;
  }
  return { mean, deviation, product };
}

describe("stationary moments of n units", () => {
  it.each([2, 10, 50])("n = %i: D / (a n) and (D / (a + kappa)) (1 - 1 / n)", (n) => {
    const steps = 20_000;
    const { mean, deviation, product } = moments(n, steps);
    const [m, d] = [noise / (pull * n), (noise / (pull + coupling)) * (1 - 1 / n)];
    // A mean of squares of T normals has the relative error sqrt(2 / T); correlation e^(-2 a dt) = 0.015 adds 2 %. Five of these.
    expect(Math.abs(mean / m - 1)).toBeLessThan(5 * 1.02 * Math.sqrt(2 / steps));
    expect(Math.abs(deviation / d - 1)).toBeLessThan(5 * 1.02 * Math.sqrt(2 / (steps * (n - 1))));
    // Two units: E X_1 X_2 = Var M - Var(X - M) / (n - 1), by symmetry.
    const joint = m - d / (n - 1);
    expect(Math.abs(product - joint)).toBeLessThan((5 * 1.1 * (m + d)) / Math.sqrt(steps));
  });
});

it("one step of any length has the exact law: two half steps and a whole one agree in mean and variance", () => {
  const copies = 40_000;
  const spread = (dt: number, steps: number): { mean: number; variance: number } => {
    const system = linearMeanField({
      units: copies,
      pull,
      coupling,
      noise,
      dt,
      initial: new Float64Array(copies).fill(2),
      seed: 1,
    });
    system.step(steps);
    const mean = system.state.reduce((s, v) => s + v, 0) / copies;
    return { mean, variance: system.state.reduce((s, v) => s + (v - mean) ** 2, 0) / copies };
  };
  const law = linearMeanFieldLaw({ pull, coupling, noise }, 2, 0.8);
  for (const { mean, variance } of [spread(0.8, 1), spread(0.4, 2), spread(0.05, 16)]) {
    expect(Math.abs(mean - law.mean)).toBeLessThan(5 * Math.sqrt(law.variance / copies));
    expect(Math.abs(variance / law.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / copies));
  }
});

it("the empirical measure approaches the mean-field law like n^(-1/2) in the Wasserstein-2 distance", () => {
  // Against 20,000 quantiles of the law. For normal laws W2 is n^(-1/2) up to a factor sqrt(log log n): the fitted exponent lies a little above -1/2.
  const law = linearMeanFieldLaw({ pull, coupling, noise }, 2, 1);
  const limit = empirical(quantileFrequencies(gaussianFrequencies(Math.sqrt(law.variance), law.mean), 20_000));
  const sizes = [64, 256, 1024, 4096];
  const distances = sizes.map((n) => {
    let square = 0;
    const runs = 12;
    for (let seed = 0; seed < runs; seed++) {
      const system = linearMeanField({ units: n, pull, coupling, noise, dt: 1, initial: new Float64Array(n).fill(2), seed });
      system.step();
      square += wasserstein(empirical(system.state), limit) ** 2 / runs;
    }
    return Math.sqrt(square);
  });
  const { value } = convergenceRate(sizes, distances);
  expect(value).toBeLessThan(-0.4);
  expect(value).toBeGreaterThan(-0.6);
});
