import { expect, test } from "vitest";
import { argument, complex, expOf, minus, modulus, times } from "./complex.js";
import { lambertW } from "./lambert-w.js";

// Arguments of all sizes and angles, some close to the branch point and to the negative axis.
const points = Array.from({ length: 400 }, (_, i) => {
  const [r, angle] = [Math.exp(8 * Math.sin(1.1 * i)), Math.PI * Math.sin(0.77 * i)];
  return complex(r * Math.cos(angle) - (i % 5 === 0 ? 1 / Math.E : 0), r * Math.sin(angle));
}).filter(({ im }) => im !== 0);

test("the angle of a complex number", () => {
  for (const z of points) expect(Math.abs(argument(z) - Math.atan2(z.im, z.re))).toBeLessThan(2e-15);
  expect([argument(complex(-1)), argument(complex(2)), argument(complex(0, -3))]).toEqual([Math.PI, 0, -Math.PI / 2]);
});

test("w exp(w) = z on every branch, each in its own region: w + log w = log z + 2 pi i k, conjugate branches are conjugate", () => {
  let [identity, region, mirror] = [0, 0, 0];
  for (const z of points)
    for (const k of [-3, -2, -1, 0, 1, 2, 3]) {
      const w = lambertW(k, z);
      const conjugate = lambertW(-k, complex(z.re, -z.im));
      const near = modulus(minus(w, complex(-1)));
      identity = Math.max(identity, modulus(minus(times(w, expOf(w)), z)) / modulus(z));
      region = Math.max(region, Math.abs(w.im + argument(w) - argument(z) - 2 * Math.PI * k) * Math.min(1, near));
      mirror = Math.max(mirror, modulus(minus(conjugate, complex(w.re, -w.im))) / (1 + modulus(w)));
    }
  expect(identity).toBeLessThan(1e-12);
  expect(region).toBeLessThan(1e-9);
  expect(mirror).toBeLessThan(1e-11);
});

test("real values: the two between -1/e and 0, one beyond, -1 where they meet, known constants", () => {
  for (const x of [-0.3678, -0.3, -0.1, -1e-5, -1e-300]) {
    const [upper, lower] = [lambertW(0, x), lambertW(-1, x)];
    expect([upper.im, lower.im]).toEqual([0, 0]);
    expect(upper.re).toBeGreaterThan(-1);
    expect(lower.re).toBeLessThan(-1);
    for (const { re } of [upper, lower])
      expect(Math.abs(re * Math.exp(re) - x)).toBeLessThan(1e-13 * Math.abs(x) * (1 + Math.abs(re)));
  }
  expect(lambertW(0, -1 / Math.E).re).toBeCloseTo(-1, 7);
  expect(lambertW(0, 1).re).toBeCloseTo(0.5671432904097838, 15);
  expect(lambertW(0, Math.E).re).toBeCloseTo(1, 14);
  expect(lambertW(-1, -2 * Math.exp(-2)).re).toBeCloseTo(-2, 14);
  expect(lambertW(0, 0)).toEqual({ re: 0, im: 0 });
  expect(lambertW(1, 0).re).toBe(-Infinity);
  expect(() => lambertW(0.5, 1)).toThrow("branch 0.5");
});
