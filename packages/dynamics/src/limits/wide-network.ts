import { constant, div, grad, matmul, mean, mul, reshape, slice, sub, sum, transpose, vmap, type Tensor } from "#engine";
import type { Field } from "./coupled-units.js";

/** "mean-field": f = (1/n) sum, time stretched by n; "tangent": f = n^(-1/2) sum, ordinary time. */
export type Scaling = "mean-field" | "tangent";

export interface WideNetworkOptions {
  readonly neurons: number;
  /** d: inputs of a sample. */
  readonly inputs: number;
  /** sigma, elementwise. */
  readonly activation: (x: Tensor) => Tensor;
  /** Default "mean-field". */
  readonly scaling?: Scaling;
}

export interface WideNetwork {
  /** Outputs [samples] of the network with the parameters [neurons x (1 + d)] at inputs [samples, d]. */
  output(parameters: Tensor, inputs: Tensor): Tensor;
  /** The tangent kernel [samples, samples]: (1/n) sum over neurons of the products of their gradients at two samples, in either scaling. */
  kernel(parameters: Tensor, inputs: Tensor): Tensor;
  /** The gradient flow of (1 / 2N) sum (f - y)^2, with time scaled as `scaling` says. */
  training(data: { readonly inputs: ArrayLike<number>; readonly targets: ArrayLike<number> }): Field;
}

/**
 * A wide two-layer network as a population: each neuron is a particle (a_j, w_j).
 *
 * *Definition*: f(x) = s sum_j a_j sigma(w_j . x), s = 1 / n ("mean-field") or n^(-1/2) ("tangent"). Training is the gradient flow of the mean
 * square loss; with s = 1 / n its time is stretched by n, so that each particle moves at a speed of order one: the empirical measure of the
 * particles then follows the Wasserstein gradient flow of the loss for n -> infinity. With n^(-1/2) particles move by n^(-1/2) and the tangent
 * kernel stays.
 * *Arguments*: see `WideNetworkOptions`; parameters are n x (1 + d), row j being (a_j, w_j), flat.
 * *Returns*: the output as an engine function, and the training as a field for `flow`.
 * *Error*: exact derivatives. *Cost*: about 6 n d N operations a field.
 * *Source*: Mei, Montanari, Nguyen 2018; Chizat, Bach 2018; Jacot, Gabriel, Hongler 2018 (tangent).
 * *Example*: `evaluate((p, x) => wideNetwork({ neurons: 2, inputs: 1, activation: tanh }).output(p, reshape(x, [1, 1])), { data: [1, 1, 1, 1] }, { data: [0.5] })[0] // [0.46211716]`
 */
export function wideNetwork({ neurons, inputs: d, activation, scaling = "mean-field" }: WideNetworkOptions): WideNetwork {
  for (const [name, value] of Object.entries({ neurons, inputs: d }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`wideNetwork: ${name} ${value} given; allowed: integers from 1`);
  if (scaling !== "mean-field" && scaling !== "tangent")
    throw new RangeError(`wideNetwork: scaling ${String(scaling)} given; allowed: "mean-field" and "tangent"`);
  const n = neurons;
  const size = scaling === "mean-field" ? n : Math.sqrt(n);
  const output = (parameters: Tensor, inputs: Tensor): Tensor => {
    const table = reshape(parameters, [n, 1 + d]);
    const a = slice(table, [0, 0], [n, 1]);
    const w = slice(table, [0, 1], [n, 1 + d]);
    const hidden = activation(matmul(w, transpose(inputs, [1, 0])));
    return div(sum(mul(a, hidden), 0), size);
  };
  return {
    output,
    kernel(parameters, inputs) {
      const slopes = vmap((x) => [grad((p: Tensor) => sum(output(p, reshape(x, [1, d]))))(parameters)])(inputs)[0]!;
      return mul((size * size) / n, matmul(slopes, transpose(slopes, [1, 0])));
    },
    training({ inputs, targets }) {
      const samples = targets.length;
      if (samples < 1 || inputs.length !== samples * d)
        throw new RangeError(
          `wideNetwork: ${inputs.length} inputs given for ${samples} samples of ${d}; give ${d} numbers a sample`,
        );
      const [x, y] = [Float64Array.from(inputs), Float64Array.from(targets)];
      const loss = (p: Tensor): Tensor => {
        const residual = sub(output(p, constant(x, [samples, d])), constant(y, [samples]));
        return mul(0.5, mean(mul(residual, residual)));
      };
      return (p) => mul(scaling === "mean-field" ? -n : -1, grad(loss)(p));
    },
  };
}
