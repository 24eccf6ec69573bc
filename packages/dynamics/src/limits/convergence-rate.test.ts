import { describe, expect, it } from "vitest";
import { convergenceRate } from "./convergence-rate.js";

describe("the exponent of a power law", () => {
  it.each([-1, -0.5, 0, 2.25])("%f is found exactly, whatever the sizes", (rate) => {
    const sizes = [3, 17, 1000, 12345];
    const found = convergenceRate(
      sizes,
      sizes.map((n) => 0.7 * n ** rate),
    );
    expect(found.value).toBeCloseTo(rate, 12);
    expect(found.factor).toBeCloseTo(0.7, 11);
    expect(found.error).toBeLessThan(1e-12);
  });

  it("carries the errors of distances: of two of three sizes a factor of e apart, sigma / sqrt 2 of the slope", () => {
    const sizes = [1, Math.E, Math.E ** 2];
    const { error, interval } = convergenceRate(sizes, [1, 1, 1], [0.1, 0.1, 0.1]);
    expect(error).toBeCloseTo(0.1 / Math.SQRT2, 12);
    // One degree of freedom: 12.706 standard errors.
    expect(interval[1]).toBeCloseTo(12.706 * error, 3);
  });

  it("has no answer for a distance of 0, and refuses sizes that are none", () => {
    expect(convergenceRate([1, 2, 4], [1, 0, 1])).toMatchObject({ status: "not-converged", value: NaN });
    for (const size of [0, -1, NaN, Infinity])
      expect(() => convergenceRate([size, 2, 4], [1, 1, 1])).toThrow(`the size ${size} given; allowed: numbers above 0`);
    expect(() => convergenceRate([5, 5, 5], [1, 1, 1])).toThrow(/all sizes are equal/);
    expect(() => convergenceRate([1, 2], [1, 1])).toThrow(/at least three of each/);
  });
});
