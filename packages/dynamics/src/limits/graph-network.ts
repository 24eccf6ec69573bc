import { add, cast, constant, div, floor, matmul, mul, reshape, sub, take, type Tensor } from "#engine";
import { map, type MapSystem } from "../core/map.js";
import { averaging, type GraphLayersOptions } from "./over-smoothing.js";

export interface GraphNetworkOptions extends GraphLayersOptions {
  /** W_0, W_1, ...: width x width each, row by row; after the last the first is used again. */
  readonly weights: readonly ArrayLike<number>[];
  /** b_0, b_1, ...: width each. Default: none. */
  readonly biases?: readonly ArrayLike<number>[];
  /** phi, elementwise. */
  readonly activation: (x: Tensor) => Tensor;
}

/** The layer of a node whose neighbours all have its own features: c -> phi(c W_l + b_l), for rows of features. */
export function nodeLayer(
  { weights, biases, activation }: Pick<GraphNetworkOptions, "weights" | "biases" | "activation">,
  width: number,
): (rows: Tensor, step: Tensor) => Tensor {
  const layers = weights.length;
  const bad = weights.findIndex((w) => w.length !== width * width);
  if (layers === 0 || bad >= 0)
    throw new RangeError(
      `graphNetwork: ${layers === 0 ? "no weights" : `${weights[bad]!.length} weights of layer ${bad}`} given; give ${width} x ${width} numbers a layer`,
    );
  if (biases && (biases.length !== layers || biases.some((b) => b.length !== width)))
    throw new RangeError(
      `graphNetwork: biases of ${biases.length} layers given; give ${width} numbers for each of ${layers} layers`,
    );
  const flat = [...weights, ...(biases ?? [])].flatMap((v) => Array.from(v));
  const wrong = flat.find((v) => !Number.isFinite(v));
  if (wrong !== undefined) throw new RangeError(`graphNetwork: the weight ${wrong} given; weights must be finite`);
  const table = constant(Float64Array.from(weights.flatMap((w) => Array.from(w))), [layers, width * width]);
  const shifts = biases && constant(Float64Array.from(biases.flatMap((b) => Array.from(b))), [layers, width]);
  return (rows, step) => {
    const layer = cast(reshape(sub(step, mul(layers, floor(div(step, layers)))), [1]), "i32");
    const linear = matmul(rows, reshape(take(table, layer), [width, width]));
    return activation(shifts ? add(linear, reshape(take(shifts, layer), [1, width])) : linear);
  };
}

/**
 * The layers of a graph neural network with weights and a nonlinearity.
 *
 * *Definition*: X -> phi(P X W_l + b_l) with P = (1 - s) I + s D^-1 A, D the degrees and s the mixing.
 * *Arguments*: see `GraphNetworkOptions`; `features`: nodes x width, flat.
 * *Returns*: a System of kind "map" whose steps are layers. Features that are alike at all nodes stay so; the distance from such features, root mean square weighted by degree,
 * shrinks in a layer by at most (sup |phi'|) (largest singular value of W_l) e^(overSmoothingRate). Close to them differences along the eigenvector of P with
 * eigenvalue mu grow by log |mu| plus the exponent of the node alone, c -> phi(c W_l + b_l): a master stability function.
 * *Cost*: one pass over the edges for each feature, and nodes width^2. *Source*: Kipf, Welling 2017; Oono, Suzuki 2020, theorem 1 (the bound, for ReLU); Pecora, Carroll 1998
 * (master stability functions).
 * *Example*: `const s = graphNetwork({ graph: ringLattice(4, 1), weights: [[0.5]], activation: tanh }, [1, 1, 1, 1]); s.step(); s.state[2] // 0.46211716`
 */
export function graphNetwork(options: GraphNetworkOptions, features: ArrayLike<number>): MapSystem {
  const { nodes } = options.graph;
  const width = features.length / nodes;
  if (!Number.isInteger(width) || width < 1)
    throw new RangeError(`graphNetwork: ${features.length} features given for ${nodes} nodes; give as many for each node`);
  const mix = averaging(options);
  const layer = nodeLayer(options, width);
  return map({
    f: (flat, step) => reshape(layer(mix(reshape(flat, [nodes, width])), step), [nodes * width]),
    initial: features,
    layout: [{ name: "features", shape: [nodes, width], offset: 0 }],
  });
}
