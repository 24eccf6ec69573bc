import { describe, expect, it } from "vitest";
import { random } from "../core/random.js";
import { frequencyDensities, quantileFrequencies } from "./frequencies.js";
import { nearestFrequencies } from "./nearest-frequencies.js";

describe("the density that frequencies look like", () => {
  it.each(frequencyDensities.map((d) => [d.name, d] as const))(
    "%s: quantiles give it back, with center and width",
    (name, density) => {
      for (const [width, center, n] of [
        [0.3, -2, 41],
        [7, 100, 400],
      ] as const) {
        const found = nearestFrequencies(quantileFrequencies(density.make(width, center), n));
        expect(found.frequencies.name).toBe(name);
        expect(Math.abs(found.center - center)).toBeLessThan(1e-9 * (1 + Math.abs(center)));
        // Quartiles between two of n values: straight lines between quantiles.
        expect(Math.abs(found.width / width - 1)).toBeLessThan(2 / n);
        expect(found.distance).toBeLessThan(1 / n);
      }
    },
  );

  it.each(frequencyDensities.map((d) => [d.name, d] as const))(
    "%s: the share below is the inverse of the quantile",
    (_, { make, below }) => {
      for (const u of [0.01, 0.2, 0.5, 0.77, 0.999]) expect(Math.abs(below(make(1).quantile!(u)) - u)).toBeLessThan(1e-12);
    },
  );

  it("the usual distance is what 95 of 100 samples stay below", () => {
    const gaussian = frequencyDensities[1];
    const below = Array.from({ length: 400 }, (_, seed) => {
      const { distance, usual } = nearestFrequencies(random(seed).normals(new Float64Array(100)), {
        density: gaussian.name,
        width: 1,
        center: 0,
      });
      return distance < usual ? 1 : 0;
    });
    // 0.95 with a standard error of 0.011; for 100 values the asymptotic bound is a little high.
    const share = below.reduce((a: number, b) => a + b, 0) / 400;
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.99);
  });

  it("refuses what has no width, no density and too few values", () => {
    expect(() => nearestFrequencies([1, 2, 3])).toThrow("3 values given");
    expect(() => nearestFrequencies([1, 1, 1, 1, 1, 5])).toThrow("half of the 6 values are 1");
    expect(() => nearestFrequencies([1, 2, NaN, 4])).toThrow("the value NaN given");
    expect(() => nearestFrequencies([1, 2, 3, 4], { density: "cauchy" })).toThrow("allowed: lorentzian, gaussian, uniform");
  });
});
