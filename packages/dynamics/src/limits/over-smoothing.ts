import { add, constant, mul, reshape, scalarMath, spmv, type Tensor } from "#engine";
import { denseSymmetric } from "../core/dense-symmetric.js";
import type { Estimate } from "../core/estimate.js";
import { map, type MapSystem } from "../core/map.js";
import type { Digraph } from "./digraph.js";

export interface GraphLayersOptions {
  readonly graph: Digraph;
  /** Share of each layer that is taken from the neighbours, in (0, 1]. Default 1. */
  readonly mixing?: number;
}

/** The degrees; throws on nodes without neighbours and on graphs that are not symmetric or have negative weights. */
function degreesOf({ nodes, offsets, columns, weights, name }: Digraph): Float64Array {
  const find = (i: number, j: number): number => {
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) if (columns[e] === j) return weights[e]!;
    return 0;
  };
  return Float64Array.from({ length: nodes }, (_, i) => {
    let s = 0;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
      const w = weights[e]!;
      if (!(w >= 0) || find(columns[e]!, i) !== w)
        throw new RangeError(
          `${name}: the edge from ${columns[e]} to ${i} has the weight ${w}, the other way ${find(columns[e]!, i)}; layers need a symmetric graph with weights from 0`,
        );
      s += w;
    }
    if (!(s > 0)) throw new RangeError(`${name}: node ${i} has no neighbour; give a graph without isolated nodes`);
    return s;
  });
}

export function share(mixing: number): number {
  if (!(mixing > 0 && mixing <= 1)) throw new RangeError(`graphLayers: mixing ${mixing} given; allowed: above 0 and up to 1`);
  return mixing;
}

/** Features [nodes, width] mixed with those of neighbours: (1 - s) x + s D^-1 A x. */
export function averaging({ graph, mixing = 1 }: GraphLayersOptions): (x: Tensor) => Tensor {
  const { nodes, offsets, columns, weights } = graph;
  const s = share(mixing);
  const degree = degreesOf(graph);
  const scaled = weights.slice();
  for (let i = 0; i < nodes; i++) for (let e = offsets[i]!; e < offsets[i + 1]!; e++) scaled[e]! *= s / degree[i]!;
  return (x) => {
    const edges = columns.length;
    const csr = {
      values: constant(scaled, [edges]),
      columns: constant(columns, [edges], "i32"),
      offsets: constant(offsets, [nodes + 1], "i32"),
    };
    return add(mul(1 - s, x), spmv(csr, x));
  };
}

/**
 * The layers of a graph neural network without its weights: features averaged over neighbours, layer after layer.
 *
 * *Definition*: x -> (1 - s) x + s D^-1 A x, with D the degrees and s the mixing.
 * *Arguments*: see `GraphLayersOptions`; `features`: nodes x width, flat.
 * *Returns*: a System of kind "map" whose steps are layers.
 * *Cost*: one pass over the edges for each feature.
 * *Source*: Kipf, Welling 2017 (the layer); Oono, Suzuki 2020, Graph neural networks exponentially lose expressive power.
 * *Example*: `const s = graphLayers({ graph: ringLattice(4, 1) }, [0, 1, 0, 1]); s.step(); s.state // [1, 0, 1, 0]`
 */
export function graphLayers(options: GraphLayersOptions, features: ArrayLike<number>): MapSystem {
  const { nodes } = options.graph;
  const mix = averaging(options);
  const width = features.length / nodes;
  if (!Number.isInteger(width) || width < 1)
    throw new RangeError(`graphLayers: ${features.length} features given for ${nodes} nodes; give as many for each node`);
  return map({
    f: (flat) => reshape(mix(reshape(flat, [nodes, width])), [nodes * width]),
    initial: features,
    layout: [{ name: "features", shape: [nodes, width], offset: 0 }],
  });
}

/**
 * How fast the layers of a graph neural network forget their features.
 *
 * *Definition*: log of the largest |1 - s + s lambda| over the eigenvalues lambda of D^(-1/2) A D^(-1/2) but one 1: differences between features shrink
 * by this exponent a layer. 0 where the graph falls apart into components, or for s = 1 into two colours.
 * *Error*: a few rounding errors (dense eigenvalues). *Cost*: 10 nodes^3: for graphs of up to about a thousand nodes.
 * *Source*: Oono, Suzuki 2020, theorem 1 (for the linear part).
 * *Example*: `overSmoothingRate({ graph: ringLattice(5, 2) }).value // -1.3862944`
 */
export function overSmoothingRate({ graph, mixing = 1 }: GraphLayersOptions): Estimate {
  const { nodes, offsets, columns, weights } = graph;
  const s = share(mixing);
  const root = degreesOf(graph).map(Math.sqrt);
  const matrix = new Float64Array(nodes * nodes);
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++)
      matrix[i * nodes + columns[e]!] = weights[e]! / (root[i]! * root[columns[e]!]!);
  const { values } = denseSymmetric(matrix, nodes);
  let largest = 0;
  for (let i = 0; i + 1 < nodes; i++) largest = Math.max(largest, Math.abs(1 - s + s * values[i]!));
  const rounding = 1e-14 * nodes;
  return {
    value: largest > rounding ? scalarMath.log(Math.min(1, largest)) : -Infinity,
    error: largest > rounding ? rounding / largest : 0,
    unit: "1/layer",
    status: "ok",
    method: "dense eigenvalues of the normalised adjacency",
    sources: ["Oono, Suzuki 2020"],
    cost: {},
  };
}
