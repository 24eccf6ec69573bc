// How fast Gauss-Hermite averages of tanh converge, that kinks spoil them, and that integrals cut at the kinks do not care.
import { gaussHermite, gaussianAverages, gaussLegendre } from "#dynamics";
import { describe, expect, it } from "vitest";

const mean = (n: number, f: (z: number) => number): number => {
  const { points, weights } = gaussHermite(n);
  return points.reduce((s, z, i) => s + weights[i]! * f(z), 0);
};
const EXACT = 0.2736763079367;

describe("Gauss-Hermite", () => {
  it.each([1, 2, 3, 10, 31, 61, 96, 180])("with %i points is exact for polynomials up to degree 2 n - 1", (n) => {
    // Moments of a standard normal variable: 1, 1, 3, 15, ...; up to the tenth, which rounding still leaves alone.
    let moment = 1;
    for (let degree = 0; degree <= Math.min(2 * n - 1, 10); degree += 2) {
      expect(Math.abs(mean(n, (z) => z ** degree) / moment - 1)).toBeLessThan(5e-14);
      moment *= degree + 1;
    }
  });

  it("averages tanh^2 at variance 1/2 to 1e-8 with 31 points and to 1e-12 with 61", () => {
    const f = (z: number): number => Math.tanh(Math.sqrt(0.5) * z) ** 2;
    expect(Math.abs(mean(31, f) - EXACT)).toBeLessThan(2e-8);
    expect(Math.abs(mean(31, f) - EXACT)).toBeGreaterThan(1e-9);
    expect(Math.abs(mean(61, f) - EXACT)).toBeLessThan(2e-12);
    // The digits listed end here.
    expect(Math.abs(mean(96, f) - EXACT)).toBeLessThan(1e-13);
  });

  it("is inaccurate across a kink: the average slope of ReLU is off by a quarter of the middle weight and more", () => {
    expect(Math.abs(mean(61, (z) => (z > 0 ? 1 : 0)) - 0.5)).toBeGreaterThan(0.01);
    expect(Math.abs(mean(96, (z) => Math.max(z, 0)) - 1 / Math.sqrt(2 * Math.PI))).toBeGreaterThan(1e-4);
  });
});

describe("Gauss-Legendre", () => {
  it.each([1, 2, 7, 16, 100])("with %i points is exact for polynomials up to degree 2 n - 1", (n) => {
    const { points, weights } = gaussLegendre(n);
    for (let degree = 0; degree <= Math.min(2 * n - 1, 30); degree += 2) {
      const s = points.reduce((a, x, i) => a + weights[i]! * x ** degree, 0);
      expect(Math.abs(s - 2 / (degree + 1))).toBeLessThan(5e-15);
    }
  });
});

describe("averages of activations", () => {
  it("meet the listed digits and the closed form of erf, at any variance", () => {
    expect(Math.abs(gaussianAverages("tanh").single(0.5).product - EXACT)).toBeLessThan(1e-13);
    const erf = gaussianAverages("erf");
    for (const q of [1e-6, 0.01, 0.5, 0.51, 3, 40, 1e4, 1e8]) {
      const { product, slopes } = erf.single(q);
      expect(Math.abs(product / ((2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q))) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(slopes / (4 / Math.PI / Math.sqrt(1 + 4 * q)) - 1)).toBeLessThan(1e-11);
    }
  });

  it.each([-1, -0.7, 0, 0.3, 0.9, 0.99999, 1 - 1e-10])("of a pair of correlation %f: ReLU and erf in closed form", (c) => {
    const [relu, erf] = [gaussianAverages("relu"), gaussianAverages("erf")];
    for (const q of [0.2, 2, 50]) {
      const r = relu.pair(q, c);
      const angle = Math.acos(c);
      expect(Math.abs(r.product - (q * (Math.sqrt(1 - c * c) + c * (Math.PI - angle))) / (2 * Math.PI))).toBeLessThan(3e-14 * q);
      expect(Math.abs(r.slopes - (Math.PI - angle) / (2 * Math.PI))).toBeLessThan(3e-14);
      const e = erf.pair(q, c);
      expect(Math.abs(e.product - (2 / Math.PI) * Math.asin((2 * q * c) / (1 + 2 * q)))).toBeLessThan(1e-12);
      const [a, b] = [1 + 2 * q, 2 * q * c];
      expect(Math.abs(e.slopes - 4 / Math.PI / Math.sqrt(a * a - b * b))).toBeLessThan(1e-11);
    }
  });

  it("of kinks away from 0: hard-tanh in closed form", () => {
    // E min(|x|, 1)^2 and P(|x| < 1) for x of variance 2, with the distribution function by its own series.
    const averages = gaussianAverages("hard-tanh");
    for (const q of [0.1, 2, 500]) {
      const s = 1 / Math.sqrt(q);
      let [sum, term] = [s, s];
      for (let n = 1; n < 400; n++) sum += term *= (s * s) / (2 * n + 1);
      const inside = 2 * (Math.exp(-0.5 * s * s) / Math.sqrt(2 * Math.PI)) * sum;
      const square = q * (inside - (2 * s * Math.exp(-0.5 * s * s)) / Math.sqrt(2 * Math.PI)) + (1 - inside);
      expect(Math.abs(averages.single(q).slopes - inside)).toBeLessThan(1e-13);
      expect(Math.abs(averages.single(q).product - square)).toBeLessThan(1e-12);
      // At c = 1 a pair is a single; just below it the integrals are cut elsewhere and have to agree: E phi(u) phi(v) = E phi^2 - (1 - c) q E phi'^2 + ...
      expect(Math.abs(averages.pair(q, 1 - 1e-9).product - (square - 1e-9 * q * inside))).toBeLessThan(1e-11);
    }
  });

  it("have the derivative by c that Price's theorem gives, and by q that the length map needs", () => {
    // Central differences of averages that are good to 1e-14: the step 1e-4 leaves 1e-8 of either error.
    for (const name of ["tanh", "gelu", "relu", "hard-tanh", "softsign", "silu"]) {
      const { pair, single } = gaussianAverages(name);
      const h = 1e-4;
      for (const q of [0.3, 1.7]) {
        expect(
          Math.abs((pair(q, 0.4 + h).product - pair(q, 0.4 - h).product) / (2 * h) / (q * pair(q, 0.4).slopes) - 1),
        ).toBeLessThan(1e-6);
        expect(Math.abs((single(q + h).product - single(q - h).product) / (2 * h) / single(q).growth - 1)).toBeLessThan(1e-6);
      }
    }
  });
});
