import { reshape, slice, type Tensor } from "#engine";
import type { Part } from "../core/system.js";
import type { Solver } from "../flow/solver.js";
import type { Walk } from "./walk.js";

/** One step of the signal through a network: h' = apply(theta, h), with h of shape [samples, inputs]. */
export interface LayerMap {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Where its parameters lie in theta. */
  readonly parameters: readonly Part[];
  /** Names what it does with its parameters: layers with the same law and the same shapes are the same function of both. */
  readonly law: string;
  /** With a `walk`, which goes along with one sample, its activations are what that makes of them; layers of model files know none, there the network as a whole does. */
  apply(theta: Tensor, h: Tensor, walk?: Walk): Tensor;
  /** Where layers of one law differ by their number (the time of a flow, the mesh of a delay equation): that of this one, and the layer of any number, a scalar. */
  readonly numbered?: { readonly number: number; apply(theta: Tensor, h: Tensor, number: Tensor): Tensor };
  /** Whether it leads into the states of a network or out of them: a lift, a constant past, a readout. */
  readonly end?: boolean;
  /** Where a layer is an affine map and perhaps an activation: the affine map, whose values are the local fields of its units. */
  sums?(theta: Tensor, h: Tensor): Tensor;
}

/** The flow inside a network: h(0) = lift(x), dh/dt = field(h, t), output = readout(h(horizon)). All take the parameters of the whole network. */
export interface FlowInside {
  readonly units: number;
  readonly horizon: number;
  readonly steps: number;
  readonly solver: Solver;
  /** Where the field's parameters lie in theta. */
  readonly from: number;
  readonly size: number;
  field(theta: Tensor, h: Tensor, t: Tensor): Tensor;
  lift(theta: Tensor, x: Tensor): Tensor;
  readout(theta: Tensor, h: Tensor): Tensor;
}

/**
 * What a network keeps beside theta while it trains by batches: running means and variances.
 *
 * *Arguments*: `initial`: their values before the first step; `next(theta, x, now)`: those after a step that starts at theta and sees the batch x;
 * `evaluation`: the network that uses them in place of those of the batch. Its parameters are theta with the statistics after it.
 */
export interface RunningStatistics {
  readonly size: number;
  /** The share of the newest batch, alpha; 1 keeps that batch alone. */
  readonly rate: number;
  readonly initial: Float64Array;
  readonly evaluation: Architecture;
  next(theta: Tensor, x: Tensor, now: Tensor): Tensor;
}

/**
 * A parametrised function from R^inputs to R^outputs, layer by layer, with all parameters in one flat vector theta.
 *
 * *Arguments*: `apply(theta, x)` takes theta of shape [size] and x of shape [samples, inputs] and gives [samples, outputs];
 * `layers(theta, x)` gives the states after each layer, the last being the output. `initial(seed)` draws theta.
 * `apply(theta, x, walk)`, with x of shape [1, inputs], is the network with what the walk makes of its activations, for one sample: every tensor that the walk
 * sees is of that sample alone, and none lies inside a loop.
 */
export interface Architecture {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Name of the entry of `activations` between its layers, where there is one for all. */
  readonly activation?: string;
  /** Number of parameters. */
  readonly size: number;
  /** Where each parameter tensor lies in theta. */
  readonly layout: readonly Part[];
  readonly layerMaps: readonly LayerMap[];
  /** The flow that it is, where it is one between a lift and a readout. */
  readonly flow?: FlowInside;
  /** Where it normalises by the statistics of the batch x, so that samples depend on each other: what it keeps of them, and itself without. */
  readonly running?: RunningStatistics;
  apply(theta: Tensor, x: Tensor, walk?: Walk): Tensor;
  layers(theta: Tensor, x: Tensor): Tensor[];
  initial(seed: number): Float64Array;
}

/**
 * A named part of a flat parameter tensor, in its own shape.
 * *Arguments*: `theta` [size]; a `Part` from an architecture's `layout`. *Returns*: a tensor of the part's shape.
 * *Example*: `evaluate((theta) => part(theta, { name: "b", shape: [2], offset: 1 }), { data: [5, 6, 7] })[0] // [6, 7]`
 */
export function part(theta: Tensor, { offset, shape }: Part): Tensor {
  return reshape(slice(theta, [offset], [offset + shape.reduce((a, b) => a * b, 1)]), [...shape]);
}

/**
 * The network, unless what it makes of a sample depends on the others.
 * *Arguments*: `asker` names the caller in the message. Throws for networks with batch normalisation in training mode.
 * *Example*: `sampleBySample(net, "here") === net // true`
 */
export function sampleBySample(architecture: Architecture, asker: string): Architecture {
  if (architecture.running)
    throw new RangeError(
      `${asker}: ${architecture.name} normalises by batches, so its samples depend on each other; allowed: networks without normalisation, or one of mlp in evaluation mode, running.evaluation with the running statistics after theta`,
    );
  return architecture;
}

/**
 * The affine maps of all layers, for what needs local fields.
 * *Arguments*: `architecture`; `asker` names the caller in the message. Throws when a layer has none.
 * *Returns*: one function of (theta, h) a layer: the field of its units, before the activation.
 * *Example*: `fieldsOf(net, "here").length // 2`
 */
export function fieldsOf(architecture: Architecture, asker: string): readonly ((theta: Tensor, h: Tensor) => Tensor)[] {
  return sampleBySample(architecture, asker).layerMaps.map((layer) => {
    if (!layer.sums)
      throw new RangeError(
        `${asker}: layer ${layer.name} of ${architecture.name} has no local field; allowed: networks whose layers are an affine map and an activation, such as mlp`,
      );
    return (theta, h) => layer.sums!(theta, h);
  });
}

/** Whether all layers are an affine map and perhaps an activation, so that layers say all about activations. *Example*: `hasFields(net) // true` */
export const hasFields = ({ layerMaps }: Pick<Architecture, "layerMaps">): boolean =>
  layerMaps.every((l) => l.sums !== undefined);

/**
 * The two composed faces of a list of layers.
 * *Arguments*: `layerMaps`, each taking [samples, inputs] to [samples, outputs]; at least one. Throws when a state does not fit the next layer.
 * *Returns*: `layers(theta, x)`, the states after each layer, and `apply(theta, x)`, the last of them.
 * *Example*: `const twice = { name: "1", inputs: 1, outputs: 1, parameters: [], law: "product", apply: (theta, h) => mul(theta, h) };
 * evaluate(compose([twice, twice]).layers, { data: [2] }, { data: [1, 5], shape: [2, 1] }) // [[2, 10], [4, 20]]`
 */
export function compose(layerMaps: readonly LayerMap[]): Pick<Architecture, "apply" | "layers"> {
  const layers = (theta: Tensor, x: Tensor, walk?: Walk): Tensor[] => {
    const states: Tensor[] = [];
    let h = x;
    for (const layer of layerMaps) {
      if (h.shape.length !== 2 || h.shape[1] !== layer.inputs) {
        throw new RangeError(
          `layer ${layer.name}: a state of shape [${h.shape.join(", ")}] given, [samples, ${layer.inputs}] needed`,
        );
      }
      states.push((h = layer.apply(theta, h, walk)));
    }
    return states;
  };
  return { layers: (theta, x) => layers(theta, x), apply: (theta, x, walk) => layers(theta, x, walk).at(-1)! };
}
