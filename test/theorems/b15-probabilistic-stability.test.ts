// Stability in probability (Ziyin et al. 2023, The probabilistic stability of stochastic gradient descent): the scalar random product
// theta' = (1 - eta xi) theta goes to 0 in probability exactly when E log |1 - eta xi| < 0, whatever the sign of single curvatures xi and
// whatever the mean factor or the mean square do.
import { characteristicExponent, draws, matrixProducts } from "#dynamics";
import { describe, expect, it } from "vitest";

const exact = (h: readonly number[], eta: number): number =>
  h.reduce((s, x) => s + Math.log(Math.abs(1 - eta * x)), 0) / h.length;
const products = (h: readonly number[], eta: number) => matrixProducts(h.map((x) => [1 - eta * x]));

/** The fraction of 2,000 runs of 1,000 steps that end below 1e-3 of their start. */
function attracted(h: readonly number[], eta: number): number {
  let count = 0;
  const drawn = new Int32Array(1000);
  for (let run = 0; run < 2000; run++) {
    let theta = 1;
    for (const i of draws({ samples: h.length, seed: 5, stream: run }).fill(drawn)) theta *= 1 - eta * h[i]!;
    if (Math.abs(theta) < 1e-3) count++;
  }
  return count / 2000;
}

describe("curvatures -1/2 and 2, one sample's maximum and the other's minimum", () => {
  const h = [-0.5, 2];

  it.each([
    [0.9, 0.0742, "positive"],
    [0.6, -0.6735, "negative"],
  ])("eta = %f: lambda = %f", (eta, listed, sign) => {
    expect(Math.abs(exact(h, eta) - listed)).toBeLessThan(5e-5);
    const found = characteristicExponent(products(h, eta), { least: 2 ** 17, budget: 2 ** 18 });
    expect(found.sign).toBe(sign);
    expect(Math.abs(found.value - exact(h, eta))).toBeLessThan(4 * found.error);
  });

  it("gradient descent is stable at both, with factors 0.325 and 0.55", () => {
    expect(1 - 0.9 * 0.75).toBeCloseTo(0.325, 12);
    expect(1 - 0.6 * 0.75).toBeCloseTo(0.55, 12);
  });

  it("runs go to 0 at eta = 0.6 and not at eta = 0.9", () => {
    expect(attracted(h, 0.6)).toBe(1);
    // lambda n = 74 with standard deviation 0.297 sqrt(1000) = 9.4: below log 1e-3 = -7 at 8.6 deviations.
    expect(attracted(h, 0.9)).toBe(0);
  });
});

it("a maximum of the mean loss can attract: curvatures -1 and 0.8, eta = 1.2", () => {
  const [h, eta] = [[-1, 0.8], 1.2] as const;
  // The mean curvature is -0.1: gradient descent leaves with factor 1.12, and the mean square grows by (2.2^2 + 0.04^2) / 2 = 2.42 a step.
  expect(1 - eta * -0.1).toBeGreaterThan(1);
  expect(characteristicExponent(products(h, eta)).sign).toBe("negative");
  expect(attracted(h, eta)).toBe(1);
});

it("stable in probability above the mean-square threshold: h = (0.2, 3) at eta = 4.8", () => {
  const [h, eta] = [[0.2, 3], 4.8] as const;
  expect(0.5 * ((1 - 0.2 * eta) ** 2 + (1 - 3 * eta) ** 2)).toBeGreaterThan(1);
  expect(exact(h, eta)).toBeLessThan(0);
  expect(characteristicExponent(products(h, eta)).sign).toBe("negative");
  // lambda n = -310 with deviation 2.9 sqrt(1000) = 92: the fraction is 0.999.
  expect(attracted(h, eta)).toBeGreaterThan(0.99);
});
