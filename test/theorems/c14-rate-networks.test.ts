// Rate networks with random couplings of mean J0 / n and variance g^2 / n: m = E phi(J0 m + g sqrt q z), q = E phi^2.
//
// Derivation. sum_j J_ij phi(x_j) is a sum of many independent terms: normal with mean J0 m and variance g^2 q, and x_i equals it at rest. Linearised at
// m = 0, the first equation is m = J0 E phi'(g sqrt q z) m; for g phi'(0) <= 1 only q = 0 solves the second, and J0 phi'(0) = 1 is the transition.
import { erf, mul, neg, relu, sub, tanh } from "#engine";
import { coupledUnits, fillNormal, flow, fullMatrix, random, rateCriticalMean, rateMeanField, sending } from "#dynamics";
import { describe, expect, it } from "vitest";

/** E f(z) by the midpoint rule on [-10, 10]: exact to rounding for smooth f. */
const normal = (f: (z: number) => number): number => {
  let s = 0;
  for (let i = 0; i < 4000; i++) {
    const z = -10 + (i + 0.5) / 200;
    s += (f(z) * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI) / 200;
  }
  return s;
};

describe("the two equations", () => {
  it.each([
    [2, 0.5],
    [1.5, 0.9],
    [3, 2],
    [-2, 1.4],
    [0.5, 2],
  ])("J0 = %f, g = %f: solved, by another rule", (mean, deviation) => {
    const found = rateMeanField({ activation: tanh, mean, deviation });
    const [m, q] = [found.mean.value, found.square.value];
    expect(found.mean.status).toBe("ok");
    const x = (z: number): number => mean * m + deviation * Math.sqrt(q) * z;
    expect(Math.abs(normal((z) => Math.tanh(x(z))) - m)).toBeLessThan(1e-12);
    expect(Math.abs(normal((z) => Math.tanh(x(z)) ** 2) - q)).toBeLessThan(1e-12);
  });

  it("erf: q has the closed form (2 / pi) asin(2 s / (1 + 2 s)), s = g^2 q, at m = 0", () => {
    const g = 1.5;
    const q = rateMeanField({ activation: erf, mean: 0, deviation: g }).square.value;
    const s = g * g * q;
    expect((2 / Math.PI) * Math.asin((2 * s) / (1 + 2 * s))).toBeCloseTo(q, 12);
  });

  it("without scatter: m = tanh(J0 m)", () => {
    const { mean, square } = rateMeanField({ activation: tanh, mean: 1.3, deviation: 0 });
    expect(Math.tanh(1.3 * mean.value)).toBeCloseTo(mean.value, 13);
    expect(square.value).toBeCloseTo(mean.value ** 2, 13);
  });

  it("close to the transition it says that it has not converged, or gives the value within its error", () => {
    const { mean } = rateMeanField({ activation: tanh, mean: 1 + 1e-5, deviation: 0 });
    // m^2 = 3 (J0 - 1) to leading order.
    if (mean.status === "ok") expect(Math.abs(mean.value - Math.sqrt(3e-5))).toBeLessThan(mean.error + 1e-6);
    else expect(mean.explanation).toMatch(/close to a transition/);
  });

  it("an activation that grows without bound gives no number", () => {
    const { mean } = rateMeanField({ activation: relu, mean: 3, deviation: 1 });
    expect(mean.status).toBe("not-converged");
    expect(mean.value).toBeNaN();
  });
});

describe("the ordering transition", () => {
  it.each([0, 0.3, 0.99])("g = %f <= 1: J0 = 1 for tanh", (deviation) => {
    expect(rateCriticalMean({ activation: tanh, deviation }).value).toBeCloseTo(1, 12);
  });

  it("scales with the slope: phi(x) = tanh(2 x) orders at J0 = 1/2", () => {
    expect(rateCriticalMean({ activation: (x) => tanh(mul(2, x)), deviation: 0.4 }).value).toBeCloseTo(0.5, 12);
  });

  it.each([1.2, 2, 4])("g = %f > 1: J0 E phi'(g sqrt q z) = 1 at the glassy q, and order appears there", (deviation) => {
    const { value } = rateCriticalMean({ activation: tanh, deviation });
    const q = rateMeanField({ activation: tanh, mean: 0, deviation }).square.value;
    expect(value * normal((z) => 1 - Math.tanh(deviation * Math.sqrt(q) * z) ** 2)).toBeCloseTo(1, 9);
    expect(rateMeanField({ activation: tanh, mean: value * 0.98, deviation }).mean.value).toBeLessThan(1e-5);
    expect(rateMeanField({ activation: tanh, mean: value * 1.02, deviation }).mean.value).toBeGreaterThan(0.05);
  });

  it("needs phi(0) = 0", () => {
    expect(() => rateCriticalMean({ activation: (x) => sub(tanh(x), 0.1), deviation: 1 })).toThrow(/phi\(0\) = -0\.0999/);
  });
});

it("a network of 400 rests where the equations say, within its own scatter", () => {
  const [n, mean, deviation] = [400, 1.8, 0.6];
  const drawn = fillNormal(new Float64Array(n * n), random(5));
  const matrix = drawn.map((z) => mean + deviation * Math.sqrt(n) * z);
  const field = coupledUnits({ graph: fullMatrix(matrix), interaction: sending(tanh), own: (x) => neg(x) });
  const system = flow({ field, initial: new Float64Array(n).fill(1), dt: 60 });
  expect(system.step()).toBe("ok");
  const phi = Float64Array.from(system.state, Math.tanh);
  const [m, q] = [phi.reduce((s, v) => s + v, 0) / n, phi.reduce((s, v) => s + v * v, 0) / n];
  const theory = rateMeanField({ activation: tanh, mean, deviation });
  // Fluctuations of order n^(-1/2), amplified near the transition: four of them.
  expect(Math.abs(m - theory.mean.value)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(q - theory.square.value)).toBeLessThan(4 / Math.sqrt(n));
});
