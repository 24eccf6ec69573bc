import { add, compile, constant, div, grad, matmul, mul, reshape, slice, sub, sum, transpose, type Tensor } from "#engine";
import type { Part } from "../core/system.js";
import type { Field } from "./coupled-units.js";
import { empirical, type Atoms } from "./measure.js";

/** A network with its parameters in named parts, W1, b1, W2, ... as those of `mlp` are. */
export interface LayeredNetwork {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: readonly Part[];
  layers(theta: Tensor, x: Tensor): Tensor[];
}

export interface LayerPopulationOptions {
  readonly network: LayeredNetwork;
  /** Its parameters, trained or not. */
  readonly theta: ArrayLike<number>;
  /** sigma of the layer, elementwise. */
  readonly activation: (x: Tensor) => Tensor;
  /** samples x inputs, and samples x outputs. */
  readonly inputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** The last hidden layer of a network as a population of its neurons. */
export interface LayerPopulation {
  readonly units: number;
  /** Numbers of a neuron: its output weights times n, its input weights, its bias where the layer has one. */
  readonly components: readonly string[];
  /** units x components, flat: where the neurons are. */
  readonly state: Float64Array;
  /** How training by gradient flow moves them, time stretched by n, all other parameters at rest. */
  readonly training: Field;
  /** Outputs [samples, outputs] of the network with its neurons there. */
  output(state: Tensor): Tensor;
  /** Where all neurons stand in one component, as an empirical measure. */
  measure(component: number, state?: ArrayLike<number>): Atoms;
}

/**
 * The last hidden layer of a trained network, read as a population of units that differ.
 *
 * *Definition*: f(x) = c + (1/n) sum_j a_j sigma(w_j . h(x) + b_j), h being what the layers before make of x. Neuron j is the unit (a_j, w_j, b_j); under the
 * gradient flow of (1 / 2N) sum |f - y|^2 it obeys u_j' = F(u_j) + (1/n) sum_k G(u_j, u_k): pulled by the data, pushed by all other neurons, the form of
 * `coupledUnits` on the all-to-all graph. Output weights of the network are a_j / n.
 * *Arguments*: see `LayerPopulationOptions`; the layer is the last hidden one: neurons of earlier layers do not act on each other in pairs.
 * *Returns*: the units and their field for `flow`, with which every question on systems can be asked of them; their empirical measure can be held against
 * those of other widths (`wasserstein1`) and of a start.
 * *Error*: exact but for rounding.
 * *Cost*: the layers before are computed once; a field costs about 6 operations a weight and sample.
 * *Source*: Mei, Montanari, Nguyen 2018 (neurons as particles); Kuehn, Xu 2022, equation (1.1) (the form).
 * *Example*: `layerPopulation({ network: net, theta: net.initial(0), activation: tanh, ...data }).units // 3`
 */
export function layerPopulation({ network, theta, activation, inputs, targets }: LayerPopulationOptions): LayerPopulation {
  const find = (name: string): Part | undefined => network.layout.find((p) => p.name === name);
  let last = 1;
  while (find(`W${last + 1}`)) last++;
  const [into, out] = [find(`W${last - 1}`), find(`W${last}`)];
  if (!into || !out || find(`gamma${last - 1}`))
    throw new RangeError(
      `layerPopulation: ${network.name} has the parts ${network.layout.map((p) => p.name).join(", ")}; give a network with a hidden layer between W1 and W2, such as mlp without normalisation`,
    );
  const samples = inputs.length / network.inputs;
  if (!Number.isInteger(samples) || samples < 1 || targets.length !== samples * network.outputs)
    throw new RangeError(
      `layerPopulation: ${inputs.length} inputs and ${targets.length} targets given; give ${network.inputs} and ${network.outputs} numbers a sample`,
    );
  const values = Float64Array.from(theta);
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new RangeError(`layerPopulation: parameter ${bad} is ${values[bad]}; it must be finite`);
  const [d, n] = into.shape as [number, number];
  const k = out.shape[1]!;
  const [bias, shift] = [find(`b${last - 1}`), find(`b${last}`)];
  const width = k + d + (bias ? 1 : 0);
  const state = new Float64Array(n * width);
  for (let j = 0; j < n; j++) {
    for (let o = 0; o < k; o++) state[j * width + o] = n * values[out.offset + j * k + o]!;
    for (let c = 0; c < d; c++) state[j * width + k + c] = values[into.offset + c * n + j]!;
    if (bias) state[j * width + k + d] = values[bias.offset + j]!;
  }
  const features = featuresOf(network, values, Float64Array.from(inputs), last - 2, samples, d);
  const constantPart = Float64Array.from({ length: k }, (_, o) => (shift ? values[shift.offset + o]! : 0));
  const y = Float64Array.from(targets);
  const output = (flat: Tensor): Tensor => {
    const table = reshape(flat, [n, width]);
    const column = (from: number, to: number): Tensor => slice(table, [0, from], [n, to]);
    const linear = matmul(constant(features, [samples, d]), transpose(column(k, k + d), [1, 0]));
    const fields = bias ? add(linear, reshape(column(k + d, width), [1, n])) : linear;
    return add(div(matmul(activation(fields), column(0, k)), n), constant(constantPart, [1, k]));
  };
  const loss = (flat: Tensor): Tensor => {
    const off = sub(output(flat), constant(y, [samples, k]));
    return mul(0.5 / samples, sum(mul(off, off)));
  };
  return {
    units: n,
    components: [
      ...Array.from({ length: k }, (_, o) => `a${o + 1}`),
      ...Array.from({ length: d }, (_, c) => `w${c + 1}`),
      ...(bias ? ["b"] : []),
    ],
    state,
    training: (flat) => mul(-n, grad(loss)(flat)),
    output,
    measure(component, at = state) {
      if (!Number.isInteger(component) || component < 0 || component >= width)
        throw new RangeError(`layerPopulation: component ${component} given; allowed: integers from 0 to ${width - 1}`);
      return empirical(Float64Array.from({ length: n }, (_, j) => at[j * width + component]!));
    },
  };
}

/** What comes into the layer, for all samples. */
function featuresOf(
  network: LayeredNetwork,
  theta: Float64Array,
  inputs: Float64Array,
  before: number,
  samples: number,
  width: number,
): Float64Array {
  if (before === 0) return inputs;
  const program = compile(
    (t, x) => [network.layers(t!, x!)[before - 1]!],
    [{ shape: [theta.length] }, { shape: [samples, network.inputs] }],
  );
  program.inputs[0]!.set(theta);
  program.inputs[1]!.set(inputs);
  program.run();
  const found = Float64Array.from(program.outputs[0]!);
  if (found.length !== samples * width)
    throw new RangeError(
      `layerPopulation: the layers before give ${found.length} numbers for ${samples} samples; ${samples * width} are needed`,
    );
  return found;
}
