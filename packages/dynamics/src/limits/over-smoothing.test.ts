import { describe, expect, it } from "vitest";
import { digraph, ringLattice } from "./digraph.js";
import { ringGraphon } from "./graphon.js";
import { graphLayers, overSmoothingRate } from "./over-smoothing.js";
import { erdosRenyi } from "./random-graphs.js";

/** How far features are from their degree-weighted mean, in the norm in which the layer is symmetric. */
function spread(x: Float64Array, degree: Float64Array): number {
  const total = degree.reduce((s, d) => s + d, 0);
  const mean = x.reduce((s, v, i) => s + v * degree[i]!, 0) / total;
  return Math.sqrt(x.reduce((s, v, i) => s + degree[i]! * (v - mean) ** 2, 0));
}

describe("over-smoothing", () => {
  it.each([1, 0.5])("mixing %f: differences shrink at most, and in the long run exactly, at the predicted rate", (mixing) => {
    const n = 60;
    const graph = erdosRenyi(n, 0.3, 1);
    const degree = Float64Array.from({ length: n }, (_, i) => graph.offsets[i + 1]! - graph.offsets[i]!);
    const { value } = overSmoothingRate({ graph, mixing });
    const layers = graphLayers(
      { graph, mixing },
      Float64Array.from({ length: n }, (_, i) => (i * 37) % 11),
    );
    const history = [spread(layers.state, degree)];
    for (let l = 0; l < 25; l++) {
      layers.step();
      history.push(spread(layers.state, degree));
      expect(history[l + 1]! / history[l]!).toBeLessThanOrEqual(Math.exp(value) * (1 + 1e-9));
    }
    expect(Math.abs(Math.log(history[20]! / history[19]!) - value)).toBeLessThan(0.05);
  });

  it("on rings the rate tends to log |zeta_1 / zeta_0| of the graphon", () => {
    const { symbol } = ringGraphon(0.2);
    const limit = Math.log(symbol!(1) / symbol!(0));
    const gaps = [50, 100, 200].map((n) => Math.abs(overSmoothingRate({ graph: ringLattice(n, n / 5) }).value - limit));
    expect(gaps[0]! / gaps[1]!).toBeGreaterThan(1.8);
    expect(gaps[1]! / gaps[2]!).toBeGreaterThan(1.8);
    expect(gaps[2]).toBeLessThan(0.02);
  });

  it("does not happen between components, nor between two colours without mixing", () => {
    const two = digraph(4, { to: [0, 2], from: [1, 3], symmetric: true });
    expect(overSmoothingRate({ graph: two, mixing: 0.5 }).value).toBeCloseTo(0, 12);
    expect(overSmoothingRate({ graph: ringLattice(6, 1) }).value).toBeCloseTo(0, 12);
    expect(overSmoothingRate({ graph: ringLattice(6, 1), mixing: 0.5 }).value).toBeCloseTo(Math.log(0.75), 12);
  });

  it("names nodes without neighbours and edges that go one way", () => {
    expect(() => overSmoothingRate({ graph: digraph(3, { to: [0], from: [1], symmetric: true }) })).toThrow(
      /node 2 has no neighbour/,
    );
    expect(() => graphLayers({ graph: digraph(2, { to: [0], from: [1] }) }, [1, 2])).toThrow(
      /from 1 to 0 has the weight 1, the other way 0/,
    );
  });
});
