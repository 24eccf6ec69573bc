// Mulayoff, Michaeli 2024, Exact mean square linear stability analysis for SGD. One step A = I - (eta / B) sum of the batch's Hessians moves the second
// moment by E[A x A] (x: Kronecker product) = I - 2 eta C + eta^2 D. With single samples or subsets, the variance of the mean of a simple random
// sample gives D = (1 - p) H x H + (p / N) sum H_i x H_i, p = (N - B) / (B (N - 1)). Stability in mean square is the spectral radius at most 1,
// which by C, D >= 0 is eta <= 2 / lambda_max(C^-1 D).
import {
  batchNoise,
  characteristicExponent,
  denseSymmetric,
  gram,
  gramSpectrum,
  gramStability,
  matrixProducts,
  meanSquareStability,
  momentOperator,
  random,
  sgdProducts,
  spectralRadius,
  toDense,
  type Gram,
  type Sampling,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** All batches, each as probable as any other. */
function batches(samples: number, size: number, sampling: Sampling): number[][] {
  if (size === 0) return [[]];
  return batches(samples, size - 1, sampling).flatMap((rest) =>
    Array.from({ length: samples }, (_, i) => i)
      .filter((i) => sampling === "replacement" || !rest.includes(i))
      .map((i) => [...rest, i]),
  );
}

/** The spectral radius of E[A x A], brute force: A in residual coordinates, its Kronecker square averaged over all batches. */
function momentRadius(g: Gram, eta: number, batchSize: number, sampling: Sampling): number {
  const { size: n, matrix, outputs, samples } = g;
  const all = batches(samples, batchSize, sampling);
  const total = new Float64Array(n ** 4);
  for (const batch of all) {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) a[i * n + i] = 1;
    for (const s of batch)
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < n; i++) a[i * n + s * outputs + o]! -= (eta / batchSize) * matrix[i * n + s * outputs + o]!;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++)
          for (let l = 0; l < n; l++) total[(i * n + k) * n * n + j * n + l]! += (a[i * n + j]! * a[k * n + l]!) / all.length;
  }
  return spectralRadius(total, n * n);
}

function randomGram(samples: number, outputs: number, parameters: number, seed: number): Gram {
  const r = random(seed);
  const rows = Array.from({ length: samples * outputs }, (_, i) =>
    Array.from({ length: parameters }, () => r.normal() * (1 + 0.5 * (i % 3))),
  );
  return gram(
    rows.map((a) => rows.map((b) => a.reduce((s, x, i) => s + x * b[i]!, 0))),
    { outputs },
  );
}

const example = gram([
  [1.5, 0.9],
  [0.9, 2.5],
]);

it("the 2 x 2 example: eta = 0.8558164, where E[A x A] has spectral radius 1 to 1e-13", () => {
  const { value, error, status } = meanSquareStability(example);
  expect(status).toBe("ok");
  expect(Math.abs(value - 0.8558164)).toBeLessThan(5e-8);
  expect(error).toBeLessThan(1e-12);
  expect(Math.abs(momentRadius(example, value, 1, "subset") - 1)).toBeLessThan(1e-13);
});

describe.each([
  [4, 1, 6, 1],
  [3, 2, 8, 2],
])("%i samples with %i outputs and %i parameters", (samples, outputs, parameters, seed) => {
  const g = randomGram(samples, outputs, parameters, seed);
  const cases = [
    [1, "subset"],
    [2, "subset"],
    [samples, "subset"],
    [2, "replacement"],
  ] as const;

  it.each(cases)(
    "batches of %i, %s: the spectral radius of E[A x A] is 1 at the threshold and passes 1 there",
    (batchSize, sampling) => {
      const { value } = meanSquareStability(g, { batchSize, sampling, tolerance: 1e-12 });
      expect(Math.abs(momentRadius(g, value, batchSize, sampling) - 1)).toBeLessThan(1e-10);
      expect(momentRadius(g, 0.98 * value, batchSize, sampling)).toBeLessThan(1);
      expect(momentRadius(g, 1.02 * value, batchSize, sampling)).toBeGreaterThan(1);
    },
  );

  it("proposition 6: the threshold does not fall with the batch size; full batches give that of gradient descent", () => {
    const thresholds = Array.from({ length: samples }, (_, b) => meanSquareStability(g, { batchSize: b + 1 }).value);
    for (let b = 1; b < samples; b++) expect(thresholds[b]!).toBeGreaterThanOrEqual(thresholds[b - 1]!);
    expect(Math.abs(thresholds.at(-1)! / gramStability(g, { stepSize: 1 }).threshold.value - 1)).toBeLessThan(1e-7);
  });

  it("proposition 9: both upper bounds hold", () => {
    const { hessian, rank, rows } = gramSpectrum(g);
    const top = hessian[0]!;
    const trace = hessian.reduce((s, h) => s + h, 0);
    const square = hessian.reduce((s, h) => s + h * h, 0);
    // v^T H_i v for the leading eigenvector v, and |H_i|_F^2 = |J_i J_i^T|_F^2.
    let spread = 0;
    let own = 0;
    for (let i = 0; i < samples; i++) {
      let along = 0;
      for (let a = i * outputs; a < (i + 1) * outputs; a++) {
        along += rows[a * rank]! ** 2;
        for (let b = i * outputs; b < (i + 1) * outputs; b++) own += g.matrix[a * g.size + b]! ** 2;
      }
      spread += (along - top) ** 2;
    }
    for (let batchSize = 1; batchSize < samples; batchSize++) {
      const p = batchNoise(samples, batchSize);
      const { value } = meanSquareStability(g, { batchSize });
      expect(value).toBeLessThanOrEqual(((2 * top) / (top * top + (p / samples) * spread)) * (1 + 1e-9));
      expect(value).toBeLessThanOrEqual(((2 * trace) / ((1 - p) * square + (p / samples) * own)) * (1 + 1e-9));
    }
  });

  it("proposition 8: B >= (1 - e) / e lambda_max(C^-1 E) / lambda_max(H) brings the threshold within a factor 1 - e of 2 / lambda_max(H)", () => {
    const { rank, hessian } = gramSpectrum(g);
    const single = toDense(momentOperator(g, 1));
    const mean = toDense(momentOperator(g, 0));
    const excess = denseSymmetric(
      single.map((x, i) => x - mean[i]!),
      rank * rank,
    ).values.at(-1)!;
    for (let batchSize = 1; batchSize <= samples; batchSize++) {
      // The smallest e that the condition allows.
      const ratio = excess / hessian[0]!;
      const e = ratio / (batchSize + ratio);
      const { value } = meanSquareStability(g, { batchSize });
      expect(value).toBeGreaterThanOrEqual((1 - e) * (2 / hessian[0]!) * (1 - 1e-9));
    }
  });

  it("proposition 7: a single sample with probability p and the full batch otherwise has the same threshold", () => {
    const p = batchNoise(samples, 2);
    const { value } = meanSquareStability(g, { batchSize: 2, tolerance: 1e-12 });
    const { size: n, matrix } = g;
    const total = new Float64Array(n ** 4);
    const put = (weight: number, members: readonly number[]): void => {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) a[i * n + i] = 1;
      for (const s of members)
        for (let c = s * outputs; c < (s + 1) * outputs; c++)
          for (let i = 0; i < n; i++) a[i * n + c]! -= (value / members.length) * matrix[i * n + c]!;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          for (let k = 0; k < n; k++)
            for (let l = 0; l < n; l++) total[(i * n + k) * n * n + j * n + l]! += weight * a[i * n + j]! * a[k * n + l]!;
    };
    const samplesAll = Array.from({ length: samples }, (_, i) => i);
    samplesAll.forEach((i) => put(p / samples, [i]));
    put(1 - p, samplesAll);
    expect(Math.abs(spectralRadius(total, n * n) - 1)).toBeLessThan(1e-10);
  });

  it("theorem 14: the leading eigenvector is a semidefinite matrix", () => {
    const { rank } = gramSpectrum(g);
    const operator = toDense(momentOperator(g, 1));
    const { vectors } = denseSymmetric(operator, rank * rank);
    const { hessian } = gramSpectrum(g);
    const x = vectors
      .subarray((rank * rank - 1) * rank * rank)
      .map((v, e) => v / Math.sqrt(hessian[Math.floor(e / rank)]! + hessian[e % rank]!));
    const { values } = denseSymmetric(x, rank);
    const largest = Math.max(...values.map(Math.abs));
    const sign = Math.abs(values[0]!) > values.at(-1)! ? -1 : 1;
    for (const v of values) expect(sign * v).toBeGreaterThan(-1e-9 * largest);
  });
});

it("below the threshold lambda is not positive (Jensen), and just above it SGD may still be stable", () => {
  const { value } = meanSquareStability(example);
  expect(characteristicExponent(sgdProducts(example, { stepSize: 0.99 * value })).sign).toBe("negative");
  expect(characteristicExponent(sgdProducts(example, { stepSize: 1.03 * value })).sign).toBe("negative");
});

it("a singular Gram matrix: the threshold is that of the directions that are left", () => {
  // Parallel gradients: E (1 - eta h)^2 = 1 at eta = 2 sum h / sum h^2.
  const h = [0.5, 2, 1.2];
  const g = gram(h.map((a) => h.map((b) => Math.sqrt(a * b))));
  expect(g.factor.rank).toBe(1);
  expect(meanSquareStability(g).value).toBeCloseTo((2 * 3.7) / (0.25 + 4 + 1.44), 12);
});

// Theorem 12, away from interpolation, on two scalar quadratics h_i (x - c_i)^2 / 2: the stationary variance is eta p (2 C - eta D)^-1 Sigma_g
// with C = mean h, D = mean h^2 and Sigma_g = mean g_i^2 at the mean's minimum.
it("theorem 12 on two scalar quadratics: the stationary variance, within 4 standard errors", () => {
  const [h, c, eta] = [[0.6, 1.8], [1, -0.4], 0.4] as const;
  const center = (h[0] * c[0] + h[1] * c[1]) / (h[0] + h[1]);
  const noise = 0.5 * ((h[0] * (center - c[0])) ** 2 + (h[1] * (center - c[1])) ** 2);
  const exact = (eta * noise) / (h[0] + h[1] - eta * 0.5 * (h[0] ** 2 + h[1] ** 2));
  // The same as a product of matrices on (x - center, 1): the affine part rides along.
  const step = (i: 0 | 1) => [1 - eta * h[i], eta * h[i] * (c[i] - center), 0, 1];
  const products = matrixProducts([step(0), step(1)]);
  const state = Float64Array.of(0, 1);
  products.restart(4);
  const batchTotals: number[] = [];
  for (let b = 0; b < 40; b++) {
    let s = 0;
    for (let t = 0; t < 5000; t++) {
      products.advance(state, 1, 1);
      s += state[0]! * state[0]!;
    }
    batchTotals.push(s / 5000);
  }
  const mean = batchTotals.slice(1).reduce((a, b) => a + b, 0) / 39;
  const error = Math.sqrt(batchTotals.slice(1).reduce((a, b) => a + (b - mean) ** 2, 0) / (39 * 38));
  expect(Math.abs(mean - exact)).toBeLessThan(4 * error);
  expect(error).toBeLessThan(0.02 * exact);
});
