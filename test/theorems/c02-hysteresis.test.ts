// A first-order transition with a loop: oscillators pulled with the size of their own frequency as weight (Hu et al. 2014).
//
// Derivation. In a field r oscillator omega rests at sin theta = sign(omega) / (K r), whatever |omega| is: all do or none. Then r = cos theta =
// sqrt(1 - 1 / (K r)^2), r^4 - r^2 + 1 / K^2 = 0: real from K = 2 on, r = 1 / sqrt 2 there. Incoherence: 1 = (K / 2) int g |omega| / (s - i omega) d omega
// at s = i Omega + 0, real part (K / 2) pi Omega g(Omega), imaginary part the principal value of int_0^inf g omega / (Omega^2 - omega^2), which must vanish.
// Lorentzian, half-width D: PV ~ log(D / Omega): Omega = D, K = 4. Even on [-c, c]: |Omega^2 - c^2| = Omega^2: Omega = c / sqrt 2, K = 4 sqrt 2 / pi.
// Normal, deviation s: PV ~ Ei(Omega^2 / (2 s^2)), whose zero is 0.37250741078...
import {
  fixed,
  flow,
  frequencies,
  frequencyWeighted,
  gaussianFrequencies,
  kuramotoField,
  kuramotoOrder,
  lorentzianFrequencies,
  lowRank,
  orderParameter,
  quantileFrequencies,
  random,
  rk4,
  uniformFrequencies,
} from "#dynamics";
import { describe, expect, it } from "vitest";

describe("where the loop begins and ends", () => {
  it.each([0.3, 1, 5])("width %f: Lorentzian 4, even 4 sqrt 2 / pi, normal by the zero of Ei", (width) => {
    const root = Math.sqrt(2 * 0.37250741078136663);
    const normal = (2 / (Math.PI * root * Math.exp(-0.5 * root * root))) * Math.sqrt(2 * Math.PI);
    expect(frequencyWeighted(lorentzianFrequencies(width)).up.value).toBeCloseTo(4, 8);
    expect(frequencyWeighted(uniformFrequencies(width)).up.value).toBeCloseTo((4 * Math.SQRT2) / Math.PI, 8);
    expect(frequencyWeighted(gaussianFrequencies(width)).up.value).toBeCloseTo(normal, 8);
    expect(frequencyWeighted(gaussianFrequencies(width)).down.value).toBe(2);
  });

  it.each([2, 2.3, 3, 10])("K = %f: the locked state solves its equation", (coupling) => {
    const r = frequencyWeighted(gaussianFrequencies(1)).locked(coupling);
    expect(Math.sqrt(1 - 1 / (coupling * r) ** 2)).toBeCloseTo(r, 12);
    expect(r).toBeGreaterThanOrEqual(Math.SQRT1_2);
  });

  it("there is no locked state below 2, and frequencies about 1 are refused", () => {
    expect(frequencyWeighted(gaussianFrequencies(1)).locked(1.999)).toBe(0);
    expect(() => frequencyWeighted(gaussianFrequencies(1, 1))).toThrow(/frequencies about 1 given/);
  });

  it("a triangular density, with its kink named", () => {
    const triangle = frequencies({ density: (x) => Math.max(0, 1 - Math.abs(x)), scale: 1, breaks: [1] });
    const coupling = frequencyWeighted(triangle).up.value;
    // K = 2 / (pi W (1 - W)): two W; the loop's is the one at which the principal value vanishes.
    const root = Math.sqrt(0.25 - 2 / (Math.PI * coupling));
    const pv = (w: number): number => {
      const [n, v] = [200_000, w * w];
      let s = 0;
      for (let i = 0; i < n; i++) {
        const x = (2 * v * (i + 0.5)) / n;
        s += ((Math.max(0, 1 - Math.sqrt(x)) - (1 - w)) / (v - x)) * ((2 * v) / n);
      }
      for (let i = 0; i < n; i++) {
        const x = 2 * v + ((1 - 2 * v) * (i + 0.5)) / n;
        if (x < 1) s += (Math.max(0, 1 - Math.sqrt(x)) / (v - x)) * ((1 - 2 * v) / n);
      }
      return s;
    };
    expect(Math.min(Math.abs(pv(0.5 - root)), Math.abs(pv(0.5 + root)))).toBeLessThan(1e-4);
  });
});

describe("a population of 600 inside the loop", () => {
  const n = 600;
  const omega = quantileFrequencies(gaussianFrequencies(1), n);
  const run = (coupling: number, initial: Float64Array, time: number): number => {
    const graph = lowRank(omega.map(Math.abs), new Float64Array(n).fill(1), 1);
    const field = kuramotoField({ graph, frequencies: omega, coupling });
    const system = flow({ field, initial, dt: time, solver: rk4, controller: fixed(0.1) });
    expect(system.step()).toBe("ok");
    return orderParameter(system.state).r;
  };
  const stream = random(4);
  const incoherent = Float64Array.from({ length: n }, () => 2 * Math.PI * stream.uniform());

  it("keeps either state at K = 2.2", () => {
    expect(run(2.2, incoherent, 40)).toBeLessThan(0.2);
    // The quantiles' weights are the density's up to 1 / n.
    expect(Math.abs(run(2.2, new Float64Array(n), 40) - frequencyWeighted(gaussianFrequencies(1)).locked(2.2))).toBeLessThan(
      0.01,
    );
  });

  it("has one state on either side: order is lost at 1.8, and found at 3", () => {
    expect(run(1.8, new Float64Array(n), 80)).toBeLessThan(0.3);
    expect(run(3, incoherent, 40)).toBeGreaterThan(0.85);
  });
});

it("evenly spread frequencies under equal weights jump without a loop: below K_c no coherent start stays", () => {
  const [n, critical] = [400, 4 / Math.PI];
  const omega = quantileFrequencies(uniformFrequencies(1), n);
  const last = (coupling: number): number => {
    const graph = lowRank(new Float64Array(n).fill(1), new Float64Array(n).fill(1), 1);
    const system = flow({
      field: kuramotoField({ graph, frequencies: omega, coupling }),
      initial: new Float64Array(n),
      dt: 60,
      solver: rk4,
      controller: fixed(0.1),
    });
    system.step();
    return orderParameter(system.state).r;
  };
  expect(last(0.95 * critical)).toBeLessThan(0.3);
  expect(Math.abs(last(1.05 * critical) - kuramotoOrder(uniformFrequencies(1), 1.05 * critical).value)).toBeLessThan(0.01);
});
