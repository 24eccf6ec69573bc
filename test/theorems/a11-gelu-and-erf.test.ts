import { criticalLine, meanField } from "#dynamics";
import { describe, expect, it } from "vitest";
import { gaussianAverages } from "../../packages/dynamics/src/networks/gaussian-averages.js";

// E gelu(sqrt(q) z)^2 and E gelu'(sqrt(q) z)^2 in closed form (by Stein's lemma and Sheppard's formula), checked against quadrature by another program.
const square = (q: number): number =>
  q / 4 + (q / (2 * Math.PI)) * (Math.asin(q / (1 + q)) + (2 * q) / ((1 + q) * Math.sqrt(1 + 2 * q)));
const slope = (q: number): number =>
  1 / 4 + (1 / (2 * Math.PI)) * (Math.asin(q / (1 + q)) + (q * (3 + 5 * q)) / ((1 + q) * (1 + 2 * q) ** 1.5));

describe("GELU", () => {
  it.each([1e-6, 0.031, 0.5, 0.77, 3, 41, 2e3, 1e6])("averages at q = %f are the closed forms", (q) => {
    const { product, slopes } = gaussianAverages("gelu").single(q);
    expect(Math.abs(product / square(q) - 1)).toBeLessThan(1e-13);
    expect(Math.abs(slopes / slope(q) - 1)).toBeLessThan(1e-13);
  });

  it("its edge of chaos begins where E phi phi'' = 0, at q = (3 + sqrt 17)/2: no stable length has chi_1 = 1 at smaller biases", () => {
    const q = (3 + Math.sqrt(17)) / 2;
    const least = q - square(q) / slope(q);
    expect(least).toBeCloseTo(0.1729223907560682, 12);
    const above = criticalLine({ activation: "gelu", biasVariance: least * 1.001 });
    // The bias variance is a thousandth away, and so may this be.
    expect(Math.abs(above.value * slope(q) - 1)).toBeLessThan(1e-3);
    expect(above.length).toBeGreaterThan(q);
    const below = criticalLine({ activation: "gelu", biasVariance: least * 0.999 });
    expect([below.status, below.value]).toEqual(["not-converged", NaN]);
    expect(below.explanation).toMatch(/at 1\.98\d+ chi_1 is 1 for the length 3\.\d+, from which lengths depart/);
  });

  it.each([0.21, 0.33, 1.7, 6])("the edge at bias variance %f solves the two closed equations", (biasVariance) => {
    const { value, length } = criticalLine({ activation: "gelu", biasVariance });
    expect(Math.abs(value * slope(length) - 1)).toBeLessThan(1e-12);
    expect(Math.abs((value * square(length) + biasVariance) / length - 1)).toBeLessThan(1e-12);
  });
});

describe("erf", () => {
  it.each([0.004, 0.06, 0.35, 1.4, 9])("the edge at bias variance %f solves the two closed equations", (biasVariance) => {
    const { value, length: q } = criticalLine({ activation: "erf", biasVariance });
    expect(Math.abs((value * 4) / Math.PI / Math.sqrt(1 + 4 * q) - 1)).toBeLessThan(1e-12);
    const length = value * (2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q)) + biasVariance;
    expect(Math.abs(length / q - 1)).toBeLessThan(1e-12);
  });

  it.each([
    [0.8, 0.1],
    [1.9, 0.02],
    [6, 0.5],
  ])("c* at (%f, %f) is a fixed point of the arcsine map, with its slope", (weightVariance, biasVariance) => {
    const { length, correlation, slope: at } = meanField({ activation: "erf", weightVariance, biasVariance });
    const [q, c] = [length.value, correlation.value];
    const product = (2 / Math.PI) * Math.asin((2 * q * c) / (1 + 2 * q));
    expect(Math.abs((weightVariance * product + biasVariance) / q - c)).toBeLessThan(1e-11);
    const rate = (weightVariance * 4) / Math.PI / Math.sqrt((1 + 2 * q) ** 2 - 4 * q * q * c * c);
    expect(Math.abs(at.value - rate)).toBeLessThan(1e-9);
  });
});
