import { add, cast, constant, div, evaluate, floor, mul, neg, reshape, take, type Tensor } from "#engine";
import { map, type MapSystem } from "../core/map.js";
import type { Architecture, LayerMap } from "./architecture.js";

/** The signal in a network as a System. */
export interface LayerSystem extends MapSystem {
  /** Steps in which the signal passes the network, before the system begins again. */
  readonly depth: number;
}

/**
 * The layer-by-layer evolution of a network: activations as the state, a layer as a step.
 *
 * *Definition*: x' = layer_l(theta, x) with l = t mod depth in step t: after the last layer the first follows again. With `steps: depth` and
 * `transient: 0` `lyapunov` is about the network once through; with more it is about the network composed with itself again and again, which for a
 * recurrent network is what it does. Where layers of two laws take turns (attention and perceptrons) a step is one of each.
 * *Arguments*: `architecture`: layers with one width, and one law or laws that take turns, so that one compiled step serves them all. What leads into the
 * states or out of them (lifts, constant pasts, readouts) is no part of it, nor is a last layer of another law, as the linear readout of `mlp`.
 * `theta` [size]; `initial`: an input of the network, which its lift makes a state, or a state. That of a dense residual network is the window of
 * its last states, that of a neural delay equation the solution over the last tau. Throws for networks with layers of different widths: their exponents are `layerExponents`'.
 * *Returns*: a System of kind "map" with the property `depth`; it works with tangents and in batches as all maps do.
 * *Error*: exact derivatives. *Cost*: one layer a step.
 * *Example*: `const net = mlp({ widths: [2, 2, 2], activation: "identity", init: { weights: "orthogonal", gain: 3 } });
 * lyapunov(layerSystem(net, net.initial(0), [0, 0]), { k: 2 }).value // [1.0986, 1.0986]`
 * *Example*: `const delayed = neuralDelayEquation({ widths: [1, 4, 1], horizon: 3, steps: 2 });
 * const s = layerSystem(delayed, delayed.initial(0), [0.5]); [s.depth, s.dim] // [3, 9]`
 */
export function layerSystem(architecture: Architecture, theta: ArrayLike<number>, initial: ArrayLike<number>): LayerSystem {
  const { lead, layers } = evolving(architecture.layerMaps);
  const period = periodOf(layers);
  if (period === undefined)
    throw new RangeError(
      `layerSystem: ${architecture.name} has layers of different widths or laws, so its states have no common space; use layerExponents, or a network of one width`,
    );
  const width = layers[0]!.inputs;
  if (theta.length !== architecture.size || ![architecture.inputs, width].includes(initial.length))
    throw new RangeError(
      `layerSystem: ${theta.length} parameters and a state of ${initial.length} given; needed: ${architecture.size} and ${architecture.inputs}${architecture.inputs === width ? "" : `, or a state of ${width}`}`,
    );
  const values = Float64Array.from(theta);
  const start =
    initial.length === architecture.inputs && lead.length > 0
      ? evaluate(
          (parameters, x) => lead.reduce((h, layer) => layer.apply(parameters, h), x),
          { data: values },
          { data: Float64Array.from(initial), shape: [1, initial.length] },
        )[0]!
      : initial;
  const group = layers.slice(0, period);
  const depth = layers.length / period;
  const stride = offsetOf(layers[period]) - offsetOf(group[0]);
  const extent = Math.max(0, ...group.flatMap((l) => l.parameters).map((p) => p.offset + p.shape.reduce((a, b) => a * b, 1)));
  // What the first layers read, seen from each group in turn: so one traced group is all of them.
  const rows = depth === 1 || stride === 0 ? 1 : depth;
  const table = new Float64Array(rows * extent);
  for (let l = 0; l < rows; l++) table.set(values.subarray(l * stride, l * stride + extent), l * extent);
  const turn = (step: Tensor): Tensor => add(step, neg(mul(depth, floor(div(step, depth)))));
  const own = (step: Tensor): Tensor =>
    rows === 1
      ? constant(table)
      : reshape(take(constant(table, [rows, extent]), reshape(cast(turn(step), "i32"), [1])), [extent]);
  const system = map({
    f(x, step) {
      const parameters = own(step);
      const out = group.reduce<Tensor>(
        (h, { apply, numbered }) =>
          numbered ? numbered.apply(parameters, h, add(numbered.number, mul(period, turn(step)))) : apply(parameters, h),
        reshape(x, [1, width]),
      );
      return reshape(out, [width]);
    },
    initial: start,
    layout: [{ name: "activations", shape: [width], offset: 0 }],
  });
  return Object.defineProperty(system, "depth", { value: depth, enumerable: true }) as LayerSystem;
}

/** The layers that take states to states, and those before them. */
function evolving(all: readonly LayerMap[]): { lead: readonly LayerMap[]; layers: readonly LayerMap[] } {
  const first = all.findIndex((l) => !l.end);
  if (first < 0) return { lead: [], layers: [] };
  const layers = all.slice(first, all.findLastIndex((l) => !l.end) + 1);
  const readout = layers.length === all.length && all.length > 1 && all.at(-1)!.law !== all.at(-2)!.law;
  return { lead: all.slice(0, first), layers: readout ? layers.slice(0, -1) : layers };
}

const offsetOf = (layer: LayerMap | undefined): number => layer?.parameters[0]?.offset ?? 0;

/** After how many layers the same functions of their parameters follow again; undefined for layers of different widths. */
function periodOf(layers: readonly LayerMap[]): number | undefined {
  const width = layers[0]?.inputs;
  if (!layers.every((l) => l.inputs === width && l.outputs === width) || layers.length === 0) return undefined;
  for (let period = 1; period < layers.length; period++) if (repeats(layers, period)) return period;
  // All of them together, once, where they are of one kind: a single layer, or a single block.
  return layers.length === 1 || new Set(layers.map((l) => l.law)).size === layers.length ? layers.length : undefined;
}

/** Whether each layer is that `period` places before it, with parameters that lie a constant distance behind. */
function repeats(layers: readonly LayerMap[], period: number): boolean {
  const stride = offsetOf(layers[period]) - offsetOf(layers[0]);
  return (
    layers.length % period === 0 &&
    layers.every((layer, l) => {
      const like = layers[l % period]!;
      const turns = Math.floor(l / period);
      return (
        layer.law === like.law &&
        layer.parameters.length === like.parameters.length &&
        layer.numbered?.number === (like.numbered && like.numbered.number + turns * period) &&
        layer.parameters.every(
          (p, i) =>
            p.offset === like.parameters[i]!.offset + turns * stride && p.shape.join() === like.parameters[i]!.shape.join(),
        )
      );
    })
  );
}
