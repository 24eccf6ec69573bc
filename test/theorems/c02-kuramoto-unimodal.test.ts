// Kuramoto oscillators with any symmetric unimodal density of frequencies (Kuramoto 1975, 1984).
//
// Derivation. In the frame of the mean frequency theta' = w - K r sin theta. Those with |w| <= K r rest at sin theta = w / (K r) and give
// cos theta; the drifting ones give 0 by symmetry. r = int_{|w| <= Kr} sqrt(1 - (w / Kr)^2) g(w) dw, and w = K r sin x makes it
// 1 = K int cos^2 x g(K r sin x) dx. At r -> 0 the integral is g(0) pi / 2: K_c = 2 / (pi g(0)).
import {
  frequencies,
  gaussianFrequencies,
  kuramotoCriticalCoupling,
  kuramotoOrder,
  lorentzianFrequencies,
  quantileFrequencies,
  uniformFrequencies,
} from "#dynamics";
import { describe, expect, it } from "vitest";
import { line } from "./linear-algebra.js";

/** 1 / K as a function of a = K r by the midpoint rule in x, which converges fast for smooth periodic integrands. */
const inverseCoupling = (density: (x: number) => number, a: number, n = 4000): number => {
  let s = 0;
  for (let i = 0; i < n; i++) {
    const x = -Math.PI / 2 + (Math.PI * (i + 0.5)) / n;
    s += Math.cos(x) ** 2 * density(a * Math.sin(x));
  }
  return (s * Math.PI) / n;
};

describe("normal frequencies", () => {
  it.each([0.5, 1, 3])("sigma = %f: K_c = sigma sqrt(8 / pi)", (sigma) => {
    expect(kuramotoCriticalCoupling(gaussianFrequencies(sigma)).value / sigma).toBeCloseTo(Math.sqrt(8 / Math.PI), 14);
  });

  it.each([
    [1.7, 0.425362],
    [2, 0.715174],
    [2.5, 0.86972],
    [3, 0.925182],
    [4, 0.964247],
  ])("K = %f: r = %f", (coupling, r) => {
    expect(kuramotoOrder(gaussianFrequencies(1), coupling).value).toBeCloseTo(r, 5);
    // Only the ratio of K to sigma counts.
    expect(kuramotoOrder(gaussianFrequencies(2.5, -1), 2.5 * coupling).value).toBeCloseTo(r, 5);
  });

  it.each([1.6, 1.9, 5, 40])("K = %f: the state solves the equation by another quadrature", (coupling) => {
    const { density } = gaussianFrequencies(1);
    const { value, error } = kuramotoOrder(gaussianFrequencies(1), coupling);
    expect(inverseCoupling(density, coupling * value) * coupling).toBeCloseTo(1, 11);
    expect(error).toBeLessThan(1e-11);
  });
});

describe("other densities", () => {
  it("a sech density, given by its formula", () => {
    const density = (x: number): number => 1 / (Math.PI * Math.cosh(x));
    const found = kuramotoOrder(frequencies({ density, scale: 1 }), 3);
    expect(inverseCoupling(density, 3 * found.value) * 3).toBeCloseTo(1, 11);
  });

  it("a triangular density, whose kink at a known place does not cost accuracy", () => {
    const triangle = frequencies({ density: (x) => Math.max(0, 1 - Math.abs(x)), scale: 1, breaks: [1] });
    // int cos^2 (1 - a |sin|) = pi / 2 - 2 a / 3 for a <= 1: r = a / K with a = (3/2)(pi / 2 - 1 / K).
    const coupling = 0.8;
    expect(kuramotoOrder(triangle, coupling).value).toBeCloseTo((1.5 * (Math.PI / 2 - 1 / coupling)) / coupling, 12);
  });

  it.each([1e-4, 1e-6, 1e-9, 1e-12])("densities of width %f, narrow beside the coupling 1, too", (width) => {
    // Lorentzian in closed form; for others r = 1 - <omega^2> / 2 + O(width^4), sin u = omega / (K r).
    const lorentzian = kuramotoOrder(lorentzianFrequencies(width), 1);
    expect(Math.abs(lorentzian.value - Math.sqrt(1 - 2 * width))).toBeLessThan(1e-12 + lorentzian.error);
    const normal = kuramotoOrder(gaussianFrequencies(width), 1);
    expect(normal.status).toBe("ok");
    expect(Math.abs(normal.value - (1 - 0.5 * width ** 2))).toBeLessThan(1e-13);
    expect(Math.abs(kuramotoOrder(uniformFrequencies(width), 1).value - (1 - width ** 2 / 6))).toBeLessThan(1e-13);
  });

  it("refuses what the theory does not cover, with the place", () => {
    expect(() => frequencies({ density: (x) => Math.exp(-((x - 1) ** 2)) + Math.exp(-((x + 1) ** 2)), scale: 1 })).toThrow(
      /rises to .* at the distance/,
    );
    expect(() => frequencies({ density: (x) => Math.exp(-x), scale: 1 })).toThrow(/symmetric/);
  });
});

describe("even frequencies on [-gamma, gamma] jump (Pazo 2005)", () => {
  // For a = K r <= gamma all oscillators lock at K = 4 gamma / pi whatever a is: the branch is vertical there and leaves it at a = gamma.
  it.each([1, 0.3])("gamma = %f: K_c = 4 gamma / pi, r jumps from 0 to pi / 4", (gamma) => {
    const population = uniformFrequencies(gamma);
    const critical = kuramotoCriticalCoupling(population).value;
    expect(critical).toBeCloseTo((4 * gamma) / Math.PI, 14);
    expect(kuramotoOrder(population, critical * (1 - 1e-12)).value).toBe(0);
    expect(kuramotoOrder(population, critical * (1 + 1e-12)).value).toBeCloseTo(Math.PI / 4, 7);
  });

  it.each([
    [1e-6, 0.785457],
    [1e-4, 0.786614],
    [1e-2, 0.807476],
    [0.1, 0.863718],
  ])("K - K_c = %f: r = %f", (excess, r) => {
    expect(kuramotoOrder(uniformFrequencies(1), 4 / Math.PI + excess).value).toBeCloseTo(r, 5);
  });

  it("leaves the jump with the exponent 2/3", () => {
    // With a = 1 / sin t: 2 F = t + sin t cos t, near t = pi / 2 - d: pi / 2 - (2/3) d^3, and r = a / K = pi / 4 + O(d^2).
    const excess = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5];
    const rise = excess.map((e) => kuramotoOrder(uniformFrequencies(1), 4 / Math.PI + e).value - Math.PI / 4);
    const fit = line(
      excess.map((e) => Math.log(e)),
      rise.map((r) => Math.log(r)),
    );
    expect(Math.abs(fit.slope - 2 / 3)).toBeLessThan(0.005);
  });
});

it("quantiles put equal shares of the population between neighbours", () => {
  const n = 1000;
  const omega = quantileFrequencies(gaussianFrequencies(2, 1), n);
  expect(omega.reduce((s, w) => s + w, 0) / n).toBeCloseTo(1, 12);
  expect(omega[n - 1]! + omega[0]!).toBeCloseTo(2, 9);
  // Midpoint quantiles miss a part of the tails: the variance of n = 1000 is 0.3 % short.
  expect(omega.reduce((s, w) => s + (w - 1) ** 2, 0) / n).toBeGreaterThan(3.97);
});
