// How fast order grows out of incoherence: the eigenvalue of the uniform density, for frequencies of any symmetric unimodal density, noise and graph.
//
// Derivation. With rho = (1 + z e^(-i theta) + conj) / (2 pi) at each frequency the Fokker-Planck equation is, to first order, z' = (i omega - D) z + (K zeta / 2) int z g.
// z = c / (lambda + D - i omega) gives 1 = (K zeta / 2) int g / (lambda + D - i omega), for symmetric g and real w = lambda + D > 0: int g w / (w^2 + omega^2) = 2 / (K zeta).
// The left falls from pi g(0) to 0 as w grows, so one root for K zeta > 2 / (pi g(0)) and none below, with noise or without: noise moves the line of the continuous spectrum
// and the eigenvalue alike. Left sides in closed form: 1 / (w + Delta) (Lorentz), atan(gamma / w) / gamma (even), sqrt(pi / 2) erfcx(w / (sqrt 2 s)) / s (normal),
// 2 atan(1 / w) - w log(1 + 1 / w^2) (triangle on [-1, 1]).
import {
  adaptive,
  allToAll,
  flow,
  frequencies,
  gaussianFrequencies,
  incoherenceGrowthRate,
  kuramotoCriticalCoupling,
  kuramotoField,
  lorentzianFrequencies,
  nearestOnRing,
  noisyCriticalCoupling,
  orderParameter,
  quantileFrequencies,
  ringGraphon,
  uniformFrequencies,
  vlasovField,
  vlasovFibres,
  type Frequencies,
} from "#dynamics";
import { describe, expect, it } from "vitest";

const triangle = frequencies({ density: (x) => Math.max(0, 1 - Math.abs(x)), scale: 1, breaks: [1], name: "triangle" });

/** e^(x^2) erfc x by its continued fraction, x > 0.5. */
const erfcx = (x: number): number => {
  let tail = 0;
  for (let k = 2000; k >= 1; k--) tail = (0.5 * k) / (x + tail);
  return 1 / (Math.sqrt(Math.PI) * (x + tail));
};

describe("closed forms", () => {
  it.each([
    [1, 5, 0.5, 1],
    [0.02, 0.3, 3, 0.7],
    [3, -40, 0, -0.4],
    [1e-9, 1, 0, 1],
    [1, 1e9, 2, 1],
  ])("Lorentz: K zeta / 2 - Delta - D, Delta = %f, K = %f, D = %f, zeta = %f", (width, coupling, noise, eigenvalue) => {
    const { value, error, status } = incoherenceGrowthRate(lorentzianFrequencies(width, 7), { coupling, noise, eigenvalue });
    expect(status).toBe("ok");
    const size = 0.5 * coupling * eigenvalue;
    expect(Math.abs(value - (size - width - noise))).toBeLessThan(1e-12 * (size + noise));
    expect(error).toBeLessThan(1e-11 * (size + noise));
  });

  it.each([
    [1, 1.3, 0],
    [1, 3, 0.4],
    [0.2, 0.26, 1],
    [1e-6, 50, 0.1],
  ])("even on [-gamma, gamma]: gamma / tan(2 gamma / K) - D, gamma = %f, K = %f, D = %f", (width, coupling, noise) => {
    const { value } = incoherenceGrowthRate(uniformFrequencies(width), { coupling, noise });
    expect(Math.abs(value - (width / Math.tan((2 * width) / coupling) - noise))).toBeLessThan(1e-13 * (coupling + noise));
  });

  it.each([
    [1, 4, 0],
    [0.5, 6, 2],
    [0.3, 1, 0.1],
  ])("normal: the erfc relation, deviation %f, K = %f, D = %f", (width, coupling, noise) => {
    const w = incoherenceGrowthRate(gaussianFrequencies(width), { coupling, noise }).value + noise;
    // The fraction is good to 1e-13 for arguments above 0.7, which these are.
    expect(w / (Math.SQRT2 * width)).toBeGreaterThan(0.7);
    expect(Math.abs((0.5 * coupling * Math.sqrt(Math.PI / 2) * erfcx(w / (Math.SQRT2 * width))) / width - 1)).toBeLessThan(1e-12);
  });

  it("a density of one's own, with a kink: the triangle", () => {
    const w = incoherenceGrowthRate(triangle, { coupling: 2.2, noise: 0.3 }).value + 0.3;
    expect(1.1 * (2 * Math.atan(1 / w) - w * Math.log1p(1 / (w * w)))).toBeCloseTo(1, 12);
  });
});

const densities: readonly Frequencies[] = [
  lorentzianFrequencies(0.7),
  gaussianFrequencies(1.3, -2),
  uniformFrequencies(0.4),
  triangle,
];

describe("where incoherence ends", () => {
  it.each(densities)("the rate is 0 at the critical coupling with noise: $name", (density) => {
    for (const noise of [0.01, 0.4, 9]) {
      const { value, error } = noisyCriticalCoupling(density, noise);
      const rate = incoherenceGrowthRate(density, { coupling: value, noise });
      // d lambda / d K is below 1 for all of these.
      expect(Math.abs(rate.value)).toBeLessThan(rate.error + error + 1e-12 * noise);
    }
  });

  it.each(densities)("no eigenvalue up to 2 / (pi g(0)), with noise or without, and one just above: $name", (density) => {
    const threshold = kuramotoCriticalCoupling(density).value;
    for (const noise of [0, 0.5]) {
      for (const coupling of [-3 * threshold, 0, 0.5 * threshold, threshold * (1 - 1e-12)]) {
        const { value, status, explanation } = incoherenceGrowthRate(density, { coupling, noise });
        expect([value, status]).toEqual([NaN, "not-converged"]);
        expect(explanation).toMatch(
          noise === 0 ? /no eigenvalue .* incoherence is neutral/ : /no eigenvalue .* incoherence is stable/,
        );
      }
      const above = incoherenceGrowthRate(density, { coupling: threshold * (1 + 1e-6), noise });
      expect(above.value + noise).toBeGreaterThan(0);
      expect(above.value + noise).toBeLessThan(1e-4 * threshold);
    }
    // A mode that is not coupled has none; two signs make a plus.
    expect(incoherenceGrowthRate(density, { coupling: 9 * threshold, eigenvalue: 0 }).status).toBe("not-converged");
    expect(incoherenceGrowthRate(density, { coupling: -9 * threshold, eigenvalue: -0.2 }).value).toBeGreaterThan(0);
  });

  it("refuses what is no number, and says where a density's kink is not named", () => {
    const f = lorentzianFrequencies(1);
    expect(() => incoherenceGrowthRate(f, { coupling: NaN })).toThrow(/coupling NaN given/);
    expect(() => incoherenceGrowthRate(f, { coupling: 3, noise: -1 })).toThrow(/noise -1 given; allowed: numbers from 0/);
    expect(() => incoherenceGrowthRate(f, { coupling: 3, eigenvalue: Infinity })).toThrow(/eigenvalue Infinity given/);
    const jump = frequencies({ density: (x) => (Math.abs(x) <= 1 ? 0.5 : 0), scale: 1 });
    expect(incoherenceGrowthRate(jump, { coupling: 3 }).explanation).toMatch(/name its kinks and jumps in `breaks`/);
  });
});

describe("measured", () => {
  it.each([
    ["normal", gaussianFrequencies(1), 3, 0],
    ["normal", gaussianFrequencies(0.5), 2.5, 0.4],
    ["even", uniformFrequencies(1), 2, 0.1],
  ] as const)("in the Vlasov equation, %s frequencies", (_, density, coupling, noise) => {
    const degree = 0.6;
    const modes = 2;
    const fibres = vlasovFibres(ringGraphon(0.5 * degree), { frequencies: density, quantiles: 64 });
    const initial = new Float64Array(fibres.weights.length * modes * 2);
    for (let f = 0; f < fibres.weights.length; f++) initial[2 * modes * f] = 1e-9;
    const field = vlasovField({ ...fibres, coupling: coupling / degree, noise, modes });
    const system = flow({ field, initial, dt: 2, controller: adaptive({ rtol: 1e-8, atol: 1e-16 }) });
    const size = (): number => fibres.weights.reduce((s, w, f) => s + w * system.state[2 * modes * f]!, 0);
    // What does not grow falls behind by e^(-(lambda + D) t); after 12 units of time it is below 1e-4 of the slope.
    system.step(6);
    const before = size();
    system.step();
    const { value } = incoherenceGrowthRate(density, { coupling: coupling / degree, noise, eigenvalue: degree });
    expect(value).toBeGreaterThan(0.3);
    expect(Math.abs(Math.log(size() / before) / 2 - value)).toBeLessThan(1e-3);
  });

  it("in 8,192 oscillators", () => {
    // 16 phases to each of 512 frequencies, evenly but for a wave of size 1e-5, which is all there is of order.
    const [n, each] = [8192, 16];
    const density = gaussianFrequencies(1);
    const omega = quantileFrequencies(density, n / each);
    const place = (j: number): number => (2 * Math.PI * (j % each)) / each;
    const field = kuramotoField({
      graph: allToAll(n),
      coupling: 3,
      frequencies: Float64Array.from({ length: n }, (_, j) => omega[Math.floor(j / each)]!),
    });
    const initial = Float64Array.from({ length: n }, (_, j) => place(j) - 1e-5 * Math.sin(place(j)));
    const system = flow({ field, initial, dt: 2 });
    system.step(3);
    const before = orderParameter(system.state).r;
    system.step();
    const after = orderParameter(system.state).r;
    // Far from saturation, whose effect is of the order of r squared.
    expect(after).toBeLessThan(0.02);
    expect(Math.abs(Math.log(after / before) / 2 - incoherenceGrowthRate(density, { coupling: 3 }).value)).toBeLessThan(5e-3);
  });

  it.each([0, 1, 2])("on a ring, mode %i by mode: K zeta_k / 2 - Delta - D", (wave) => {
    const [n, reach, coupling, width, noise] = [24, 5, 6, 0.3, 0.2];
    const field = vlasovField({ graph: nearestOnRing(n, reach), coupling, width, noise, modes: 1 });
    const initial = Float64Array.from({ length: 2 * n }, (_, e) => {
      const angle = (2 * Math.PI * wave * Math.floor(e / 2)) / n;
      return 1e-6 * (e % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    });
    const system = flow({ field, initial, dt: 1, controller: adaptive({ rtol: 1e-10, atol: 1e-18 }) });
    system.step();
    // The eigenvalue of the finite ring, which has no loops: its limit's is sin(2 pi k h) / (pi k).
    let zeta = 0;
    for (let d = 1; d <= reach; d++) zeta += (2 / n) * Math.cos((2 * Math.PI * wave * d) / n);
    const { value } = incoherenceGrowthRate(lorentzianFrequencies(width), { coupling, noise, eigenvalue: zeta });
    const rate = Math.log(Math.hypot(system.state[0]!, system.state[1]!) / 1e-6);
    if (0.5 * coupling * zeta > width) expect(Math.abs(rate - value)).toBeLessThan(1e-8);
    else expect(value).toBeNaN();
  });
});
