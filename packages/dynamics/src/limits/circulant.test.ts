// Circulant couplings without a matrix, against the matrix.
import { evaluate, mul, sin, sub, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { circulant, nearestOnRing } from "./circulant.js";
import { coupledUnits, sinusoidal } from "./coupled-units.js";
import { alongEdges, fullMatrix, type CouplingMatrix } from "./coupling-matrix.js";
import { ringLattice } from "./digraph.js";

const numbers = (n: number, seed: number): Float64Array => fillNormal(new Float64Array(n), random(seed));
const off = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), a.length === b.length ? 0 : Infinity);
const mixed = (graph: CouplingMatrix, x: Float64Array, m: number): Float64Array =>
  evaluate((v) => graph.mix(v), { data: x, shape: [graph.nodes, m] })[0] as Float64Array;
const pairwise = (to: Tensor, from: Tensor): Tensor => mul(mul(to, 0.3), sin(sub(from, to)));

describe("a circulant coupling", () => {
  // Powers of two go through transforms of their own length, all others through longer ones; 1 and 2 are the smallest.
  it.each([1, 2, 3, 8, 37, 64, 100])("of %d units is the full matrix, to rounding", (n) => {
    const weights = numbers(n, n);
    const dense = fullMatrix(Float64Array.from({ length: n * n }, (_, e) => weights[((e % n) - Math.floor(e / n) + n) % n]!));
    for (const m of [1, 2, 3]) {
      const x = numbers(n * m, 7);
      expect(off(mixed(circulant(weights), x, m), mixed(dense, x, m))).toBeLessThan(1e-13 * Math.log2(n + 2));
    }
    const u = numbers(n, 9);
    for (const interaction of [sinusoidal(1.7, 0.2), { name: "any", pairwise }]) {
      const value = (graph: CouplingMatrix) => evaluate(coupledUnits({ graph, interaction }), { data: u })[0]!;
      expect(off(value(circulant(weights)), value(dense))).toBeLessThan(1e-13 * Math.log2(n + 2));
    }
  });

  it("names what cannot be", () => {
    expect(() => circulant([0, 1, NaN])).toThrow("weight 2 is NaN");
    expect(() => circulant([])).toThrow("0 nodes given");
  });
});

describe("the nearest on a ring", () => {
  it.each([
    [5, 1],
    [5, 2],
    [40, 7],
    [41, 20],
    [64, 16],
  ])("n = %d, k = %d are the edges of the lattice", (n, k) => {
    const [ring, edges] = [nearestOnRing(n, k, 1.5), alongEdges(ringLattice(n, k, 1.5))];
    const x = numbers(2 * n, 1);
    expect(off(mixed(ring, x, 2), mixed(edges, x, 2))).toBeLessThan(1e-14);
    const value = (graph: CouplingMatrix) =>
      evaluate(coupledUnits({ graph, interaction: { name: "any", pairwise } }), { data: x.slice(0, n) })[0]!;
    expect(off(value(ring), value(edges))).toBeLessThan(1e-14);
  });

  it.each([
    [4, 2],
    [9, 0],
    [9, 1.5],
  ])("n = %d has no k = %d", (n, k) => {
    expect(() => nearestOnRing(n, k)).toThrow(`${k} neighbours on each side given`);
  });
});
