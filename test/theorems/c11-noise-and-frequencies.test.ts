// Oscillators with both noise and different frequencies (Sakaguchi 1988): the stationary order parameter.
//
// Moments c_k of the stationary density in a field K r obey (k D - i omega) c_k = a (c_(k-1) - c_(k+1)), a = K r / 2; r is the mean of Re c_1 over omega. Averaged over
// a Lorentzian of half-width W, omega becomes i W: an independent way by the Fokker-Planck equation in time.
import {
  allToAll,
  flow,
  gaussianFrequencies,
  kuramotoOrder,
  lorentzianFrequencies,
  noisyCriticalCoupling,
  noisyKuramotoOrder,
  noisyOrder,
  poissonMoments,
  uniformFrequencies,
  vlasovField,
  vlasovFibres,
  ringGraphon,
  type Frequencies,
} from "#dynamics";
import { describe, expect, it } from "vitest";

describe("the order parameter", () => {
  it.each([
    [1, 6, 0.5],
    [0.3, 2, 0.4],
    [0.5, 4.5, 1.2],
  ])("Lorentzian of width %f, K = %f, D = %f: where the Fokker-Planck equation settles", (width, coupling, noise) => {
    const modes = 30;
    const field = vlasovField({ graph: allToAll(1), coupling, width, noise, modes });
    const system = flow({ field, initial: poissonMoments(1, modes, 0.6), dt: 60 });
    expect(system.step()).toBe("ok");
    const { value, error } = noisyOrder(lorentzianFrequencies(width), { coupling, noise });
    // The solver's tolerance; slow where r is small.
    expect(Math.abs(system.state[0]! - value)).toBeLessThan(1e-5 + error);
  });

  it.each([
    ["normal", gaussianFrequencies(0.8)],
    ["even", uniformFrequencies(1)],
  ] as const)("%s frequencies: where fibres of 32 frequencies settle", (_, density) => {
    const [coupling, noise, modes] = [3, 0.4, 24];
    const fibres = vlasovFibres(ringGraphon(0.5), { frequencies: density });
    const system = flow({
      field: vlasovField({ ...fibres, coupling, noise, modes }),
      initial: poissonMoments(fibres.weights.length, modes, 0.6),
      dt: 40,
    });
    system.step();
    const r = fibres.weights.reduce((s, w, f) => s + w * system.state[2 * modes * f]!, 0);
    expect(Math.abs(r - noisyOrder(density, { coupling, noise }).value)).toBeLessThan(1e-4);
  });

  it("tends to that of identical oscillators as the width goes to 0, quadratically", () => {
    const options = { coupling: 3, noise: 1 };
    const limit = noisyKuramotoOrder(options).value;
    const gaps = [0.2, 0.1, 0.05].map((w) => limit - noisyOrder(gaussianFrequencies(w), options).value);
    for (let i = 1; i < 3; i++) expect(Math.abs(gaps[i - 1]! / gaps[i]! - 4)).toBeLessThan(0.1);
  });

  it.each([
    ["normal", gaussianFrequencies(1), 3],
    ["Lorentzian", lorentzianFrequencies(0.5), 2],
    ["even", uniformFrequencies(1), 2],
  ] as const)(
    "weak noise, %s frequencies: tends to the order without noise, proportionally to the noise",
    (_, density, coupling) => {
      const limit = kuramotoOrder(density, coupling).value;
      const gaps = [4e-3, 2e-3, 1e-3].map((noise) => {
        const { value, error, status } = noisyOrder(density, { coupling, noise });
        expect([status, error < 1e-4]).toEqual(["ok", true]);
        return limit - value;
      });
      // Logarithms of the noise, from the edge of the locked ones, change the ratio a little.
      for (let i = 1; i < 3; i++) expect(Math.abs(gaps[i - 1]! / gaps[i]! - 2)).toBeLessThan(0.3);
    },
  );

  it("is not asked for noise of less than a millionth of the coupling: told at once", () => {
    const { status, value, explanation } = noisyOrder(gaussianFrequencies(1), { coupling: 3, noise: 1e-9 });
    expect([status, value]).toEqual(["not-converged", NaN]);
    expect(explanation).toMatch(/too weak a noise.*kuramotoOrder/);
  });

  it("knows frequencies much narrower than the noise as identical ones", () => {
    expect(noisyOrder(gaussianFrequencies(1e-9), { coupling: 4, noise: 1 }).value).toBeCloseTo(
      noisyKuramotoOrder({ coupling: 4, noise: 1 }).value,
      8,
    );
  });

  it("leaves 0 at the critical coupling", () => {
    for (const density of [lorentzianFrequencies(1), gaussianFrequencies(1), uniformFrequencies(1)] satisfies Frequencies[]) {
      const critical = noisyCriticalCoupling(density, 0.6).value;
      expect(noisyOrder(density, { coupling: 0.999 * critical, noise: 0.6 }).value).toBe(0);
      const { value } = noisyOrder(density, { coupling: 1.002 * critical, noise: 0.6 });
      expect(value).toBeGreaterThan(0.01);
      expect(value).toBeLessThan(0.15);
    }
  });
});
