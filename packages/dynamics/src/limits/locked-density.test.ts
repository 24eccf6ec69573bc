import { expect, it } from "vitest";
import { scalarMath } from "#engine";
import { gaussianFrequencies, lorentzianFrequencies, uniformFrequencies, type Frequencies } from "./frequencies.js";
import { erdosRenyiGraphon, powerLawGraphon, type Graphon } from "./graphon.js";
import { graphonOrder } from "./graphon-order.js";
import { lockedDensity } from "./locked-density.js";

it.each([
  [1, 2.5],
  [0.3, 4],
  [2, 4.1],
])("of Lorentzian frequencies of width %f at coupling %f is Ott and Antonsen's Poisson kernel", (width, coupling) => {
  const frequencies = lorentzianFrequencies(width, 5);
  const rho = lockedDensity(frequencies, coupling, graphonOrder(erdosRenyiGraphon(1), frequencies, coupling));
  const r = Math.sqrt(1 - (2 * width) / coupling);
  for (const theta of [-3, -1.6, -0.2, 0, 0.5, 1.5707963, 2.2, Math.PI]) {
    const kernel = (1 - r * r) / (2 * Math.PI * (1 - 2 * r * scalarMath.cos(theta) + r * r));
    expect(Math.abs(rho(theta) / kernel - 1)).toBeLessThan(1e-8);
  }
});

it.each<[string, Frequencies, Graphon, number]>([
  ["Gaussian frequencies", gaussianFrequencies(1), erdosRenyiGraphon(1), 2],
  ["Gaussian frequencies on a power law", gaussianFrequencies(1), powerLawGraphon(0.3), 1.5],
  ["uniform frequencies, some of which drift", uniformFrequencies(1), powerLawGraphon(0.2), 1.4],
])("%s: it adds up to 1 and its first moment is the order parameter", (_, frequencies, kernel, coupling) => {
  const order = graphonOrder(kernel, frequencies, coupling);
  expect(order.value).toBeGreaterThan(0.1);
  const rho = lockedDensity(frequencies, coupling, order);
  // The density has corners where oscillators cease to be locked: the sums are of second order.
  const n = 800;
  let [total, along, across] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const theta = (2 * Math.PI * (i + 0.5)) / n;
    const value = rho(theta);
    expect(value).toBeGreaterThanOrEqual(0);
    total += (value * 2 * Math.PI) / n;
    along += (value * scalarMath.cos(theta) * 2 * Math.PI) / n;
    across += (value * scalarMath.sin(theta) * 2 * Math.PI) / n;
  }
  expect(Math.abs(total - 1)).toBeLessThan(2e-4);
  expect(Math.abs(along - order.value)).toBeLessThan(2e-4);
  expect(Math.abs(across)).toBeLessThan(1e-9);
});

it("is even where there is no order, and unknown where the order is", () => {
  const frequencies = gaussianFrequencies(1);
  const order = graphonOrder(erdosRenyiGraphon(1), frequencies, 1);
  expect(lockedDensity(frequencies, 1, order)(0.3)).toBeCloseTo(0.5 / Math.PI, 15);
  expect(lockedDensity(frequencies, 1, { ...order, status: "not-converged" })(0.3)).toBeNaN();
});
