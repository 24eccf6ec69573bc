import { add, concat, mul, scan, slice, type Tensor } from "#engine";
import { compose, type Architecture, type LayerMap } from "./architecture.js";
import { residualParts, type ResnetOptions } from "./residual.js";
import { withMemory } from "./window.js";

export interface DenseResnetOptions extends ResnetOptions {
  /** Layers r that a layer looks back. Default L - 1, or 1: to the first state. */
  readonly memory?: number;
  /** Earlier states that a layer sees, evenly spaced in its memory, the oldest among them: a divisor of `memory`. Default: all r. */
  readonly shortcuts?: number;
}

/**
 * A residual network with shortcuts from earlier layers.
 *
 * *Definition*: h_{k+1} = h_k + (T/L) F_k(h_k, h_{k-s}, h_{k-2s}, ..., h_{k-r}), k = 0 ... L - 1, s = r / shortcuts, with multilayer perceptrons F_k; states
 * before the first are h_0. With `shared` parameters and r growing like L it is the explicit Euler method for dh/dt = F(h(t), h(t - tau s / r), ..., h(t - tau)),
 * tau = r T/L, and tends to that delay equation like 1/L.
 * *Arguments*: see `DenseResnetOptions`.
 * *Returns*: an Architecture. The state that its layers pass on is the window (h_k, ..., h_{k-r}), newest first, since h_k alone does not say what comes next:
 * its layers are the lift if there is one, the constant past, the L layers, the newest state and the readout.
 * *Error*: throws for a number of shortcuts that does not divide the memory.
 * *Cost*: a layer moves its window of r + 1 states besides the work of F.
 * *Source*: Huang, Liu, van der Maaten and Weinberger 2017, Densely connected convolutional networks; Kuehn and Kuntz 2025, arXiv 2505.07244 (the limit).
 * *Example*: `const { size, layerMaps } = denseResnet({ widths: [2, 8, 1], depth: 3, memory: 2 }); [size, layerMaps.length] // [225, 6]`
 */
export function denseResnet(options: DenseResnetOptions): Architecture {
  const owner = "dense-resnet";
  const { memory: asked, shortcuts: seen, ...common } = options;
  const { state, depth, horizon, shared, branch, around } = residualParts(owner, common);
  const memory = asked ?? Math.max(1, depth - 1);
  const shortcuts = seen ?? memory;
  if (!Number.isInteger(memory) || memory < 1)
    throw new RangeError(`${owner}: memory ${memory} given; allowed: integers from 1; use resnet for none`);
  if (!Number.isInteger(shortcuts) || shortcuts < 1 || memory % shortcuts !== 0)
    throw new RangeError(`${owner}: ${shortcuts} shortcuts given; allowed: divisors of the memory, ${memory}`);
  const layer = dense(branch(state * (shortcuts + 1)), { memory, shortcuts, factor: horizon / depth });
  const members = shared
    ? ([["layers", repeated(layer, depth)]] as const)
    : Array.from({ length: depth }, (_, k) => [`${k + 1}`, layer] as const);
  return around(withMemory(owner, state, memory + 1, members), `, memory ${memory}`);
}

interface Shortcuts {
  readonly memory: number;
  readonly shortcuts: number;
  /** T/L. */
  readonly factor: number;
}

/** One layer on windows of memory + 1 states. */
function dense(branch: Architecture, { memory, shortcuts, factor }: Shortcuts): Architecture {
  const units = branch.outputs;
  const width = units * (memory + 1);
  const apply: LayerMap["apply"] = (theta, window, walk) => {
    const n = window.shape[0]!;
    const back = (k: number): Tensor => slice(window, [0, k * units], [n, (k + 1) * units]);
    const seen = concat(
      Array.from({ length: shortcuts + 1 }, (_, j) => back((j * memory) / shortcuts)),
      1,
    );
    const next = add(back(0), mul(factor, branch.apply(theta, seen, walk)));
    return concat([next, slice(window, [0, 0], [n, memory * units])], 1);
  };
  const law = `dense ${factor} ${memory} ${shortcuts} ${branch.name}`;
  const layerMaps = [{ name: "residual", inputs: width, outputs: width, parameters: branch.layout, law, apply }];
  return { ...branch, inputs: width, outputs: width, layerMaps, ...compose(layerMaps) };
}

/** A layer applied `times` times with the same parameters, as one loop. */
function repeated(layer: Architecture, times: number): Architecture {
  const layerMaps = Array.from({ length: times }, (_, k) => ({ ...layer.layerMaps[0]!, name: `${k + 1}` }));
  const one = compose(layerMaps);
  return {
    ...layer,
    layerMaps,
    layers: one.layers,
    apply: (theta, x, walk) =>
      walk ? one.apply(theta, x, walk) : scan(([h]) => [[layer.apply(theta, h!)], []], [x], [], { length: times })[0][0]!,
  };
}
