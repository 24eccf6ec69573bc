import { expect, it } from "vitest";
import { digraph, ringLattice } from "./digraph.js";
import { lorentzianFrequencies } from "./frequencies.js";
import { blockGraphon, ringGraphon } from "./graphon.js";
import { graphonOrder } from "./graphon-order.js";
import { criticalCouplings, kernelExtremes } from "./kernel-spectrum.js";
import { kuramotoOrder } from "./kuramoto-order.js";
import { stepGraphon } from "./step-graphon.js";

const f = lorentzianFrequencies(1);

it("a ring lattice has the eigenvalues of its circulant matrix, and tends to the ring graphon", () => {
  const n = 100;
  const { largest, smallest } = kernelExtremes(stepGraphon(ringLattice(n, 20)));
  expect(largest).toBeCloseTo(0.4, 13);
  const exact = Array.from({ length: n }, (_, m) => {
    let s = 0;
    for (let d = 1; d <= 20; d++) s += (2 * Math.cos((2 * Math.PI * m * d) / n)) / n;
    return s;
  });
  expect(smallest).toBeCloseTo(Math.min(...exact), 13);
  expect(Math.abs(smallest - kernelExtremes(ringGraphon(0.205)).smallest)).toBeLessThan(2 / n);
});

it("a graph of constant degree orders like all-to-all coupling at that degree", () => {
  const kernel = stepGraphon(ringLattice(50, 10));
  expect(criticalCouplings(kernel, f).positive.value).toBeCloseTo(2 / 0.4, 11);
  expect(graphonOrder(kernel, f, 10).value).toBeCloseTo(kuramotoOrder(f, 4).value, 8);
});

it("weights constant on two groups of nodes are the block graphon", () => {
  const chances = [
    [0.9, 0.2],
    [0.2, 0.4],
  ];
  const n = 10;
  const edges = { to: [] as number[], from: [] as number[], weight: [] as number[] };
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      edges.to.push(i);
      edges.from.push(j);
      edges.weight.push(chances[i < 4 ? 0 : 1]![j < 4 ? 0 : 1]!);
    }
  const [finite, limit] = [stepGraphon(digraph(n, edges)), blockGraphon([0.4, 0.6], chances)];
  expect(kernelExtremes(finite).largest).toBeCloseTo(kernelExtremes(limit).largest, 13);
  for (const coupling of [5, 8, 20])
    expect(graphonOrder(finite, f, coupling).value).toBeCloseTo(graphonOrder(limit, f, coupling).value, 8);
});

it("refuses graphs that go one way", () => {
  expect(() => stepGraphon(digraph(3, { to: [2], from: [0] }))).toThrow("node 0 acts on 2 with 1, the other way with 0");
});

it("holds weights whose squares are no numbers: a path of three has sqrt(2) times the weight, and a coupling beyond the numbers is none", () => {
  const path = (weight: number) =>
    stepGraphon(digraph(3, { to: [0, 1], from: [1, 2], weight: [weight, weight], symmetric: true }));
  for (const weight of [1e307, 1e-300])
    expect(kernelExtremes(path(weight)).largest / ((Math.SQRT2 * weight) / 3)).toBeCloseTo(1, 13);
  expect(criticalCouplings(path(1e307), f).positive.value).toBeCloseTo(0, 300);
  const { status, value, explanation } = criticalCouplings(path(1e-308), f).positive;
  expect([status, value]).toEqual(["not-converged", NaN]);
  expect(explanation).toMatch(/beyond the numbers/);
});
