import { relu, sin, tanh, type Tensor } from "#engine";
import { describe, expect, it } from "vitest";
import { random } from "../core/random.js";
import { singularValues } from "../core/singular-values.js";
import { degrees, digraph, ringLattice, type Digraph } from "./digraph.js";
import { graphNetwork } from "./graph-network.js";
import { graphLayers, overSmoothingRate } from "./over-smoothing.js";
import { erdosRenyi } from "./random-graphs.js";

/** Distance from features that are alike at all nodes, weighted by degree. */
function spread(x: Float64Array, graph: Digraph): number {
  const degree = degrees(graph);
  const total = degree.reduce((s, d) => s + d, 0);
  const width = x.length / graph.nodes;
  let square = 0;
  for (let c = 0; c < width; c++) {
    const mean = degree.reduce((s, d, i) => s + (d / total) * x[i * width + c]!, 0);
    square += degree.reduce((s, d, i) => s + (d / total) * (x[i * width + c]! - mean) ** 2, 0);
  }
  return Math.sqrt(square);
}
const normals = (n: number, seed: number): Float64Array => random(seed).normals(new Float64Array(n));
const weighted = digraph(5, { to: [0, 1, 2, 3, 0], from: [1, 2, 3, 4, 2], weight: [1, 2.5, 0.3, 4, 1], symmetric: true });

describe("layers of a graph neural network with weights", () => {
  it("are those without where the weight is 1 and nothing bends", () => {
    const start = normals(7, 1);
    const [a, b] = [
      graphNetwork({ graph: ringLattice(7, 2), mixing: 0.3, weights: [[1]], activation: (x) => x }, start),
      graphLayers({ graph: ringLattice(7, 2), mixing: 0.3 }, start),
    ];
    a.step(5);
    b.step(5);
    expect(a.state).toEqual(b.state);
  });

  it("keep features that are alike at all nodes, and use their weights in turn", () => {
    const weights = [
      [0.5, -1, 2, 0.25],
      [1.5, 0, 0.5, -0.5],
    ];
    const biases = [
      [0.1, -0.2],
      [0, 0.3],
    ];
    const system = graphNetwork(
      { graph: weighted, mixing: 0.6, weights, biases, activation: tanh },
      [1, -1, 1, -1, 1, -1, 1, -1, 1, -1],
    );
    let c = [1, -1];
    for (let l = 0; l < 5; l++) {
      const [w, s] = [weights[l % 2]!, biases[l % 2]!];
      c = [0, 1].map((o) => Math.tanh(c[0]! * w[o]! + c[1]! * w[2 + o]! + s[o]!));
      system.step();
      system.state.forEach((v, e) => expect(Math.abs(v - c[e % 2]!)).toBeLessThan(1e-14));
    }
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ["tanh", tanh],
    ["relu", relu],
    ["sin", sin],
  ])("%s: come closer to each other by no less than the bound, on any graph", (_, activation) => {
    let tight = 0;
    for (const [g, graph] of [ringLattice(9, 2), weighted, erdosRenyi(30, 0.4, 2)].entries())
      for (const mixing of [0.2, 0.7, 1]) {
        const w = normals(9, 10 + g);
        const system = graphNetwork(
          { graph, mixing, weights: [w], biases: [normals(3, 20 + g)], activation },
          normals(3 * graph.nodes, g),
        );
        // All three are Lipschitz with 1.
        const factor = singularValues(w, 3, 3).values[0]! * Math.exp(overSmoothingRate({ graph, mixing }).value);
        for (let l = 0; l < 6; l++) {
          const before = spread(system.state, graph);
          system.step();
          const after = spread(system.state, graph);
          expect(after).toBeLessThanOrEqual(factor * before * (1 + 1e-12));
          tight = Math.max(tight, after / (factor * before));
        }
      }
    // The bound is no empty one.
    expect(tight).toBeGreaterThan(0.3);
  });

  it("fade at the graph's rate plus that of a node: tanh about 0", () => {
    const graph = erdosRenyi(40, 0.3, 5);
    const system = graphNetwork(
      { graph, mixing: 0.5, weights: [[0.9]], activation: tanh },
      normals(40, 3).map((v) => 1e-6 * v),
    );
    system.step(60);
    const before = spread(system.state, graph);
    system.step(20);
    const rate = Math.log(spread(system.state, graph) / before) / 20;
    // The third power of features of 1e-6, and a gap to the next eigenvalue that 60 layers have opened.
    expect(Math.abs(rate - Math.log(0.9) - overSmoothingRate({ graph, mixing: 0.5 }).value)).toBeLessThan(1e-3);
  });

  it("name what does not fit", () => {
    const graph = ringLattice(4, 1);
    const make = (weights: number[][], biases?: number[][], features = [1, 2, 3, 4]) =>
      graphNetwork({ graph, weights, activation: tanh, ...(biases ? { biases } : {}) }, features);
    expect(() => make([])).toThrow("no weights given; give 1 x 1 numbers a layer");
    expect(() => make([[1], [1, 2]])).toThrow("2 weights of layer 1 given");
    expect(() => make([[1]], [[1, 2]])).toThrow("biases of 1 layers given; give 1 numbers for each of 1");
    expect(() => make([[NaN]])).toThrow("the weight NaN given");
    expect(() => make([[1]], undefined, [1, 2, 3])).toThrow("3 features given for 4 nodes");
  });
});
