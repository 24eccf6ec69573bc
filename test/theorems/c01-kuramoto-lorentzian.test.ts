// Kuramoto oscillators with Lorentzian frequencies (Ott, Antonsen 2008).
//
// Derivation. With g(w) = (Delta / pi) / (w^2 + Delta^2) the density f(t, theta, w) = (1 / 2 pi) (1 + 2 Re sum_k a^k e^(ik theta)) keeps its form if
// a' = -i w a + (K / 2)(conj z - z a^2); closing the contour in the lower half plane, z = conj a(-i Delta), so r = |z| obeys
// r' = (K / 2 - Delta) r - (K / 2) r^3. Its rest is r^2 = 1 - 2 Delta / K, and s = r^2 is logistic.
import { kuramotoCriticalCoupling, kuramotoOrder, lorentzianFrequencies, ottAntonsen } from "#dynamics";
import { describe, expect, it } from "vitest";

describe("the partially locked state", () => {
  it.each([
    [1, 2.5],
    [1, 3],
    [1, 4],
    [1, 8],
    [0.25, 0.7],
    [3, 6.5],
  ])("Delta = %f, K = %f: self-consistency gives sqrt(1 - 2 Delta / K)", (width, coupling) => {
    const { value, error, status } = kuramotoOrder(lorentzianFrequencies(width, 7), coupling);
    const exact = Math.sqrt(1 - (2 * width) / coupling);
    expect(status).toBe("ok");
    expect(Math.abs(value - exact)).toBeLessThan(1e-13);
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(error);
  });

  it("begins at K_c = 2 Delta and is absent below", () => {
    expect(kuramotoCriticalCoupling(lorentzianFrequencies(1.5)).value).toBeCloseTo(3, 14);
    for (const coupling of [2.9999, 1, 0, -4]) expect(kuramotoOrder(lorentzianFrequencies(1.5), coupling).value).toBe(0);
    expect(kuramotoOrder(lorentzianFrequencies(1.5), 3.0003).value).toBeCloseTo(Math.sqrt(1 - 3 / 3.0003), 10);
  });
});

describe("the order parameter in time, in closed form", () => {
  const cases = [
    { width: 1, coupling: 4, initial: 0.1 },
    { width: 1, coupling: 2, initial: 0.6 },
    { width: 1, coupling: 0.5, initial: 0.9 },
    { width: 0.5, coupling: -3, initial: 0.7 },
    { width: 1, coupling: 4, initial: 1 },
  ];
  it.each(cases)("obeys r' = (K/2 - Delta) r - (K/2) r^3: %o", (options) => {
    const { at } = ottAntonsen(options);
    const slope = (r: number): number => (0.5 * options.coupling - options.width) * r - 0.5 * options.coupling * r ** 3;
    // Four-point differences of step 1e-3: their own error is 4e-14 r''''' + rounding 1e-13.
    for (const t of [0.1, 0.7, 2.3]) {
      const h = 1e-3;
      const rate = (8 * (at(t + h) - at(t - h)) - at(t + 2 * h) + at(t - 2 * h)) / (12 * h);
      expect(Math.abs(rate - slope(at(t)))).toBeLessThan(1e-10);
    }
    expect(at(0)).toBeCloseTo(options.initial, 15);
  });

  it.each(cases)("ends at its limit: %o", (options) => {
    const { at, limit } = ottAntonsen(options);
    expect(at(1e9)).toBeCloseTo(limit, 4);
    expect(at(400)).toBeCloseTo(limit, 1);
    if (options.coupling !== 2) expect(at(400)).toBeCloseTo(limit, 12);
  });

  it("does not overflow, and is a semigroup: going t and then s is going t + s", () => {
    const options = { width: 1, coupling: 5, initial: 0.02 };
    const middle = ottAntonsen(options).at(1.3);
    expect(ottAntonsen({ ...options, initial: middle }).at(0.9)).toBeCloseTo(ottAntonsen(options).at(2.2), 14);
    expect(ottAntonsen({ width: 1, coupling: 3000, initial: 0.5 }).at(1e6)).toBeCloseTo(Math.sqrt(1 - 2 / 3000), 14);
  });
});
