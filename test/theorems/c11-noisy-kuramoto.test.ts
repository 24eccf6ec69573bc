// Identical oscillators with noise: d theta = K r sin(psi - theta) dt + sqrt(2 D) dW.
//
// Derivation. The stationary Fokker-Planck density is proportional to exp((K r / D) cos(theta - psi)), so r = I_1(K r / D) / I_0(K r / D). For small x
// I_1 / I_0 = x / 2 - x^3 / 16 + ..., so a positive root needs K / (2 D) > 1: K_c = 2 D. Around the uniform density z' = (K / 2 - D) z.
import { constant } from "#engine";
import {
  allToAll,
  besselRatio,
  diffusion,
  gaussianFrequencies,
  kuramotoCriticalCoupling,
  kuramotoField,
  lorentzianFrequencies,
  noisyCriticalCoupling,
  noisyKuramotoOrder,
  orderParameter,
  uniformFrequencies,
} from "#dynamics";
import { describe, expect, it } from "vitest";

/** int cos e^(x cos) / int e^(x cos), by the midpoint rule on the circle, which converges faster than any power. */
const ratio = (x: number, n = 2000): number => {
  let [top, bottom] = [0, 0];
  for (let i = 0; i < n; i++) {
    const c = Math.cos((2 * Math.PI * (i + 0.5)) / n);
    const e = Math.exp(x * (c - 1));
    top += c * e;
    bottom += e;
  }
  return top / bottom;
};

describe("I_1 / I_0", () => {
  it.each([0.01, 0.5, 1, 3, 10, 50, 300, 999, 1001, 5000])("at %f: the mean of the cosine", (x) => {
    expect(Math.abs(besselRatio(x) / ratio(x) - 1)).toBeLessThan(1e-12);
    expect(besselRatio(-x)).toBe(-besselRatio(x));
  });

  it("is x / 2 - x^3 / 16 for small x, where the integrals cancel", () => {
    for (const x of [1e-8, 1e-4]) expect(Math.abs(besselRatio(x) / (x / 2 - x ** 3 / 16) - 1)).toBeLessThan(1e-15);
    expect(besselRatio(0)).toBe(0);
  });

  it("obeys A' = 1 - A / x - A^2 across both ways of computing it", () => {
    for (const x of [0.3, 4, 80, 1000]) {
      const h = 1e-3 * x;
      const slope = (8 * (besselRatio(x + h) - besselRatio(x - h)) - besselRatio(x + 2 * h) + besselRatio(x - 2 * h)) / (12 * h);
      // Differences of numbers near 1: rounding 1e-16 over a step of 1e-3 x.
      expect(Math.abs(slope - (1 - besselRatio(x) / x - besselRatio(x) ** 2))).toBeLessThan(1e-11);
    }
  });
});

describe("the stationary order parameter", () => {
  it.each([
    [2.1, 1],
    [4, 1],
    [1, 0.1],
    [30, 2],
  ])("K = %f, D = %f: solves r = A(K r / D) with the integral in place of the fraction", (coupling, noise) => {
    const { value, status } = noisyKuramotoOrder({ coupling, noise });
    expect(status).toBe("ok");
    expect(value).toBeGreaterThan(0);
    expect(Math.abs(ratio((coupling * value) / noise) - value)).toBeLessThan(1e-12);
  });

  it("is 0 up to K_c = 2 D and grows like the square root of the distance beyond", () => {
    for (const coupling of [-3, 0, 1.9, 2]) expect(noisyKuramotoOrder({ coupling, noise: 1 }).value).toBe(0);
    // x / 2 - x^3 / 16 = x / K (D = 1) gives x^2 = 8 - 16 / K, r = x / K.
    const coupling = 2 + 1e-6;
    const { value, growthRate } = noisyKuramotoOrder({ coupling, noise: 1 });
    expect(value / (Math.sqrt(8 - 16 / coupling) / coupling)).toBeCloseTo(1, 5);
    expect(growthRate).toBeCloseTo(5e-7, 15);
  });
});

describe("finite populations with noise", () => {
  it.each([
    [4, 1],
    [1, 0.2],
  ])("n = 400, K = %f, D = %f: the mean of r is within 3 / sqrt n of the stationary value", (coupling, noise) => {
    const n = 400;
    const drift = kuramotoField({ graph: allToAll(n), coupling });
    const spread = constant(new Float64Array(n).fill(Math.sqrt(2 * noise)), [n]);
    // Steps of 1/64: the scheme's weak error is of that order times the rates, below 0.02 here.
    const system = diffusion({ drift, diffusion: () => spread, initial: new Float64Array(n), dt: 0.25, level: 4, seed: 2 });
    system.step(80);
    let mean = 0;
    for (let i = 0; i < 160; i++) {
      system.step();
      mean += orderParameter(system.state).r / 160;
    }
    expect(Math.abs(mean - noisyKuramotoOrder({ coupling, noise }).value)).toBeLessThan(3 / Math.sqrt(n));
  });
});

describe("noise and different frequencies together (Strogatz, Mirollo 1991)", () => {
  it("Lorentzian: widths add up, K_c = 2 (D + Delta)", () => {
    for (const [width, noise] of [
      [1, 0.5],
      [0.2, 3],
    ] as const)
      expect(noisyCriticalCoupling(lorentzianFrequencies(width), noise).value).toBeCloseTo(2 * (width + noise), 11);
  });

  it.each([1e-9, 1e9])("also where the noise is %f times the width, within the error", (noise) => {
    const { value, error } = noisyCriticalCoupling(lorentzianFrequencies(1), noise);
    expect(error).toBeLessThan(1e-14 * value);
    expect(Math.abs(value - 2 * (1 + noise))).toBeLessThan(error);
    const even = noisyCriticalCoupling(uniformFrequencies(1), noise);
    expect(Math.abs(even.value - 2 / Math.atan(1 / noise))).toBeLessThan(even.error);
  });

  it("even on [-gamma, gamma]: K_c = 2 gamma / atan(gamma / D)", () => {
    expect(noisyCriticalCoupling(uniformFrequencies(1.5), 0.4).value).toBeCloseTo(3 / Math.atan(1.5 / 0.4), 11);
  });

  it("D -> 0 gives 2 / (pi g(0)); narrow frequencies give 2 D", () => {
    const f = gaussianFrequencies(1);
    expect(noisyCriticalCoupling(f, 1e-5).value).toBeCloseTo(kuramotoCriticalCoupling(f).value, 4);
    expect(noisyCriticalCoupling(gaussianFrequencies(1e-4), 0.7).value).toBeCloseTo(1.4, 7);
  });
});
