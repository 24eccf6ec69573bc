import { describe, expect, test } from "vitest";
import { dense, type LinearOperator } from "../core/linear-operator.js";
import { random } from "../core/random.js";
import { spectralDensity } from "./spectral-density.js";

/** A diagonal operator, which is as good as any: probes have no preferred direction. */
const diagonal = (values: ArrayLike<number>): LinearOperator => ({
  dim: values.length,
  symmetric: true,
  apply(block, out, m) {
    for (let r = 0; r < m; r++)
      for (let i = 0; i < values.length; i++) out[r * values.length + i] = values[i]! * block[r * values.length + i]!;
  },
});

describe("spectralDensity", () => {
  test("with as many steps as dimensions the nodes are the eigenvalues, and the weights of each probe add up to 1", () => {
    const { nodes, weights, probe } = spectralDensity(
      dense([
        [2, 1, 0],
        [1, 2, 0],
        [0, 0, -4],
      ]),
      { probes: 3, steps: 3 },
    );
    for (let p = 0; p < 3; p++) {
      const own = [...nodes.keys()].filter((i) => probe[i] === p);
      [-4, 1, 3].forEach((value, i) => expect(nodes[own[i]!]!).toBeCloseTo(value, 12));
      expect(own.reduce((s, i) => s + 3 * weights[i]!, 0)).toBeCloseTo(1, 12);
    }
  });

  test("two distinct eigenvalues end the iteration after two steps, whatever was asked for", () => {
    const { nodes, products } = spectralDensity(diagonal(Float64Array.from({ length: 50 }, (_, i) => (i < 20 ? 1 : 5))), {
      probes: 4,
      steps: 30,
    });
    expect(products).toBe(8);
    nodes.forEach((x, i) => expect(x).toBeCloseTo(i < 4 ? 1 : 5, 10));
  });

  // Gauss quadrature with m nodes is exact to degree 2 m - 1: moment k of a probe is (v, A^k v).
  test("moments of each probe up to degree 2 m - 1 are those of the operator", () => {
    const stream = random(3);
    const n = 30;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = stream.normal() / Math.sqrt(n);
    const operator = dense(a);
    const moments = (steps: number) => {
      const { nodes, weights, probe } = spectralDensity(operator, { probes: 2, steps, seed: 5 });
      return [...Array(6).keys()].map((k) => nodes.reduce((s, x, i) => (probe[i] === 0 ? s + 2 * weights[i]! * x ** k : s), 0));
    };
    const [few, all] = [moments(3), moments(n)];
    few.forEach((m, k) => expect(Math.abs(m - all[k]!)).toBeLessThan(1e-11 * Math.max(1, Math.abs(all[k]!))));
    // Degree 6 is beyond three nodes.
    const sixth = (steps: number) => {
      const { nodes, weights, probe } = spectralDensity(operator, { probes: 2, steps, seed: 5 });
      return nodes.reduce((s, x, i) => (probe[i] === 0 ? s + 2 * weights[i]! * x ** 6 : s), 0);
    };
    expect(Math.abs(sixth(3) - sixth(n))).toBeGreaterThan(1e-4);
  });

  test("trace, squares and counts lie within five standard errors of those of a known spectrum", () => {
    const n = 400;
    const values = Float64Array.from({ length: n }, (_, i) => (i === 0 ? 20 : i < 40 ? 1 + i / 40 : -0.1 * (i / n)));
    const found = spectralDensity(diagonal(values), { probes: 20, steps: 60, seed: 1 });
    const wanted = [values.reduce((a, b) => a + b, 0), values.reduce((a, b) => a + b * b, 0), 40 / n];
    [found.trace, found.squares, found.above(0)].forEach(({ value, error, status }, i) => {
      expect(status).toBe("ok");
      expect(error).toBeLessThan(0.5 * Math.abs(wanted[i]!));
      expect(Math.abs(value - wanted[i]!)).toBeLessThan(5 * error);
    });
    // The outlier: an eigenvalue that stands alone is found to rounding.
    expect(found.nodes.at(-1)!).toBeCloseTo(20, 9);
  });

  test("a product that is not finite is a failure, not a number", () => {
    const broken: LinearOperator = { dim: 3, symmetric: true, apply: (_b, out) => void out.fill(NaN) };
    const { trace } = spectralDensity(broken);
    expect([trace.status, trace.value, trace.error]).toEqual(["diverged", NaN, NaN]);
  });

  test("misuse", () => {
    expect(() =>
      spectralDensity(
        dense([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toThrow(/not symmetric/);
    expect(() => spectralDensity(dense([[1]]), { probes: 1 })).toThrow(/1 probes given; allowed: integers from 2/);
  });
});
