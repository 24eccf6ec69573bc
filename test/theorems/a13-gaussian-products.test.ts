// The Lyapunov spectrum of products of Gaussian matrices is known exactly (Newman 1986): the best test of a full spectrum.
import { gaussianProductExponents, layerExponents, lyapunov, mlp, randomLayers } from "#dynamics";
import { describe, expect, it } from "vitest";

describe("width 4, sigma_w = 1.3", () => {
  const exact = gaussianProductExponents({ width: 4, weightVariance: 1.69 });

  it("has the listed exponents", () => {
    [0.12718284, -0.06596434, -0.37281716, -1.06596434].forEach((x, k) => expect(exact[k]).toBeCloseTo(x, 8));
  });

  it("is measured by QR along endless random layers, all four, within 5e-3 and four standard errors", () => {
    const layers = randomLayers({ width: 4, activation: "identity", weightVariance: 1.69, initial: [0, 0, 0, 0], seed: 3 });
    const found = lyapunov(layers, { k: 4, steps: 200_000, transient: 1000 });
    expect(found.status).toBe("ok");
    exact.forEach((x, k) => {
      expect(Math.abs(found.value[k]! - x)).toBeLessThan(5e-3);
      expect(Math.abs(found.value[k]! - x)).toBeLessThan(4 * found.error[k]!);
    });
  });
});

describe("any width", () => {
  it("obeys the sum rule: the sum is the mean log-determinant, with determinants of Gaussian matrices by Bartlett's product", () => {
    // E log |det G| = sum over n = 1 ... N of E log chi_n; each by a sum over a fine grid.
    const logChi = (n: number): number => {
      let [s, total] = [0, 0];
      for (let i = 1; i < 400_000; i++) {
        const x = i * 5e-5;
        const density = x ** (n - 1) * Math.exp(-0.5 * x * x);
        s += density * Math.log(x);
        total += density;
      }
      return s / total;
    };
    const width = 5;
    const exponents = gaussianProductExponents({ width, weightVariance: 2 });
    const sum = exponents.reduce((a, b) => a + b);
    const expected = [2, 3, 4, 5].reduce((a, n) => a + logChi(n), 0) - 0.5 * (0.5772156649015329 + Math.log(2));
    expect(sum).toBeCloseTo(expected + 2.5 * Math.log(2 / width), 7);
  });

  it("tends to the quarter-circle law of the bulk: lambda_k = log sigma_w + log(1 - k / N) / 2", () => {
    const width = 2000;
    const exponents = gaussianProductExponents({ width, weightVariance: 1 });
    // psi(x) = log x - 1 / (2 x) ...: the difference is -1 / (2 (N - k)) to first order, and half a step in k.
    for (const k of [0, 500, 1000, 1500])
      expect(Math.abs(exponents[k]! - 0.5 * Math.log(1 - k / width))).toBeLessThan(2 / (width - k));
  });

  it("holds for layers of unequal widths in sum: a linear network of fan-in scaling", () => {
    // One tangent through 400 networks 3-6-4-5 of Gaussian weights: log |W^T v| is (log chi_n^2 - log inputs) / 2, n the outputs.
    const widths = [3, 6, 4, 5];
    const net = mlp({ widths, activation: "identity", bias: false, init: { weights: "lecun-normal" } });
    const { value, error } = layerExponents(net, { draws: 400 });
    // psi(3), psi(2), psi(5/2) by their recurrence.
    const psi = [1.5 - 0.5772156649015329, 1 - 0.5772156649015329, 2 + 2 / 3 - 0.5772156649015329 - 2 * Math.log(2)];
    const exact = psi.reduce((s, p, l) => s + 0.5 * (Math.log(2) + p - Math.log(widths[l]!)), 0) / 3;
    expect(Math.abs(value[0]! - exact)).toBeLessThan(4 * error[0]!);
    expect(error[0]).toBeLessThan(0.02);
  });

  it("refuses what has no exponents", () => {
    expect(() => gaussianProductExponents({ width: 0, weightVariance: 1 })).toThrow(/integers from 1/);
    expect(() => randomLayers({ width: 2.5, activation: "tanh", weightVariance: 1 })).toThrow(/width 2.5/);
    expect(() => layerExponents(mlp({ widths: [3, 2, 3] }), { k: 3 })).toThrow(/to the least width, 2/);
  });
});
