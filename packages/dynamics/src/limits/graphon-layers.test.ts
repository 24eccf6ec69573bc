import { describe, expect, it } from "vitest";
import { graphonFeatures, graphonSmoothingRate } from "./graphon-layers.js";
import { blockGraphon, erdosRenyiGraphon, graphon, powerLawGraphon, ringGraphon } from "./graphon.js";
import { graphLayers, overSmoothingRate } from "./over-smoothing.js";
import { ringLattice } from "./digraph.js";
import { sampleGraph } from "./random-graphs.js";

describe("the rate of over-smoothing in the limit", () => {
  it.each([0.3, 0.5, 1])("mixing %f on two communities: the matrix of block degrees in closed form", (s) => {
    // Equal blocks a, b within and c between: degrees (a + c)/2, (b + c)/2; the second eigenvalue is the trace less 1.
    const [a, b, c] = [0.6, 0.4, 0.1];
    const second = a / (a + c) + b / (b + c) - 1;
    const expected = Math.log(Math.max(1 - s, 1 - s + s * second));
    const kernel = blockGraphon(
      [0.5, 0.5],
      [
        [a, c],
        [c, b],
      ],
    );
    expect(graphonSmoothingRate(kernel, s).value).toBeCloseTo(expected, 10);
  });

  it("is log(1 - s) where all nodes look alike, and at s = 1 one layer forgets all", () => {
    for (const kernel of [erdosRenyiGraphon(0.2), powerLawGraphon(0.3)])
      expect(graphonSmoothingRate(kernel, 0.4).value).toBeCloseTo(Math.log(0.6), 8);
    expect(graphonSmoothingRate(erdosRenyiGraphon(0.2)).value).toBe(-Infinity);
  });

  it("is approached by rings like 1 / n", () => {
    const limit = graphonSmoothingRate(ringGraphon(0.2), 0.5).value;
    const gaps = [50, 100, 200].map((n) =>
      Math.abs(overSmoothingRate({ graph: ringLattice(n, n / 5), mixing: 0.5 }).value - limit),
    );
    expect(gaps[0]! / gaps[1]!).toBeGreaterThan(1.7);
    expect(gaps[1]! / gaps[2]!).toBeGreaterThan(1.7);
  });

  it("names kernels without edges", () => {
    expect(() => graphonSmoothingRate(erdosRenyiGraphon(0), 0.5)).toThrow(/has the degree 0/);
    expect(() => graphonSmoothingRate(graphon({ value: (x, y) => x * y - 0.4 }), 0.5)).toThrow(/the degree at x/);
  });
});

describe("features in the limit", () => {
  it.each([
    [
      "blocks",
      blockGraphon(
        [0.25, 0.75],
        [
          [0.9, 0.3],
          [0.3, 0.5],
        ],
      ),
    ],
    ["a power law", powerLawGraphon(0.2)],
    ["a ring", ringGraphon(0.15)],
  ] as const)("%s: weighted samples without chance come close like 1 / n", (_, kernel) => {
    const gap = (n: number): number => {
      const places = Float64Array.from({ length: n }, (_v, i) => (i + 0.5) / n);
      const layers = graphLayers(
        { graph: sampleGraph(kernel, n, { edges: "weighted" }), mixing: 0.7 },
        places.map((x) => Math.cos(2 * Math.PI * x)),
      );
      layers.step(4);
      const limit = graphonFeatures(kernel, { wave: 1, layers: 4, places, mixing: 0.7 });
      return Math.sqrt(layers.state.reduce((s, v, i) => s + (v - limit[i]!) ** 2, 0) / n);
    };
    // Loops left out and boxes counted by nodes are 1 / n; power laws have (1/n)^(1 - alpha) at the origin.
    expect(gap(40) / gap(160)).toBeGreaterThan(2.8);
    expect(gap(160)).toBeLessThan(0.03);
  });
});
