import { add, cast, constant, div, floor, mul, neg, reshape, take, type Tensor } from "#engine";
import { map, type MapSystem } from "../core/map.js";
import type { Architecture, LayerMap } from "./architecture.js";

/** The signal in a network as a System. */
export interface LayerSystem extends MapSystem {
  /** Layers of the network that the system runs through before it begins again. */
  readonly depth: number;
}

/**
 * The layer-by-layer evolution of a network: activations as the state, a layer as a step.
 *
 * *Definition*: x' = layer_l(theta, x) with l = t mod depth in step t: after the last layer the first follows again. With `steps: depth` and
 * `transient: 0` `lyapunov` is about the network once through; with more it is about the network composed with itself again and again, which for a
 * recurrent network is what it does.
 * *Arguments*: `architecture`: layers with one width and one law (an `mlp` whose widths are all equal, a `recurrent` network), so that one compiled
 * step serves them all; a last layer of another law, as the linear readout of `mlp`, is left out. `theta` [size]; `initial` [inputs]. Throws for
 * networks with layers of different widths or laws: their exponents are `layerExponents`'.
 * *Returns*: a System of kind "map" with the property `depth`; it works with tangents and in batches as all maps do.
 * *Error*: exact derivatives. *Cost*: one layer a step.
 * *Example*: `const net = mlp({ widths: [2, 2, 2], activation: "identity", init: { weights: "orthogonal", gain: 3 } });
 * lyapunov(layerSystem(net, net.initial(0), [0, 0]), { k: 2 }).value // [1.0986, 1.0986]`
 */
export function layerSystem(architecture: Architecture, theta: ArrayLike<number>, initial: ArrayLike<number>): LayerSystem {
  const all = architecture.layerMaps;
  const readout = all.length > 1 && all.at(-1)!.law !== all.at(-2)!.law;
  const layers = readout ? all.slice(0, -1) : all;
  const [first] = layers as [LayerMap];
  const stride = strideOf(layers);
  if (stride === undefined)
    throw new RangeError(
      `layerSystem: ${architecture.name} has layers of different widths or laws, so its states have no common space; use layerExponents, or a network of one width`,
    );
  if (theta.length !== architecture.size || initial.length !== first.inputs)
    throw new RangeError(
      `layerSystem: ${theta.length} parameters and a state of ${initial.length} given; needed: ${architecture.size} and ${first.inputs}`,
    );
  const depth = layers.length;
  const extent = first.parameters.reduce((e, p) => Math.max(e, p.offset + p.shape.reduce((a, b) => a * b, 1)), 0);
  const values = Float64Array.from(theta);
  // What the first layer reads, seen from each layer in turn: so one traced layer is all of them.
  const rows = stride === 0 ? 1 : depth;
  const table = new Float64Array(rows * extent);
  for (let l = 0; l < rows; l++) table.set(values.subarray(l * stride, l * stride + extent), l * extent);
  const own = (step: Tensor): Tensor => {
    if (rows === 1) return constant(table);
    const row = add(step, neg(mul(rows, floor(div(step, rows)))));
    return reshape(take(constant(table, [rows, extent]), reshape(cast(row, "i32"), [1])), [extent]);
  };
  const width = first.inputs;
  const system = map({
    f: (x, step) => reshape(first.apply(own(step), reshape(x, [1, width])), [width]),
    initial,
    layout: [{ name: "activations", shape: [width], offset: 0 }],
  });
  return Object.defineProperty(system, "depth", { value: depth, enumerable: true }) as LayerSystem;
}

/** How far the parameters of a layer lie behind those of the layer before; undefined if the layers are not one function of them. */
function strideOf(layers: readonly LayerMap[]): number | undefined {
  const [first, second] = layers;
  if (!first || first.inputs !== first.outputs) return undefined;
  const stride = second ? (second.parameters[0]?.offset ?? 0) - (first.parameters[0]?.offset ?? 0) : 0;
  const alike = layers.every(
    (layer, l) =>
      layer.law === first.law &&
      layer.inputs === first.inputs &&
      layer.outputs === first.outputs &&
      layer.parameters.length === first.parameters.length &&
      layer.parameters.every((p, i) => {
        const like = first.parameters[i]!;
        return p.offset === like.offset + l * stride && p.shape.join() === like.shape.join();
      }),
  );
  return alike ? stride : undefined;
}
