import { sampleBySample, type Architecture } from "./architecture.js";

/** One affine map of a network: x -> x W + b. */
export interface AffineLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs x outputs, row by row, as `mlp` has them. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/**
 * The affine maps of a multilayer perceptron with given parameters.
 *
 * *Arguments*: `network`: one made by `mlp`; `theta`: its parameters.
 * *Returns*: one map a layer; where the network has no bias it is 0.
 * *Error*: throws for a theta of another length, and for networks whose layers are not named W1, b1, W2, ...
 * *Example*: `affineLayers(mlp({ widths: [2, 1], bias: false }), [3, 4])[0].weights // [3, 4]`
 */
export function affineLayers(network: Architecture, theta: ArrayLike<number>): AffineLayer[] {
  if (theta.length !== network.size)
    throw new RangeError(`affineLayers: ${theta.length} parameters given; allowed: ${network.size}, those of ${network.name}`);
  const values = Float64Array.from(theta);
  return sampleBySample(network, "affineLayers").layerMaps.map(({ name, inputs, outputs, parameters }) => {
    const weight = network.layout.find((p) => p.name === `W${name}`);
    const bias = network.layout.find((p) => p.name === `b${name}`);
    if (!weight || weight.shape.join() !== `${inputs},${outputs}` || parameters.length > 2)
      throw new RangeError(
        `affineLayers: ${network.name} has no layer of weights W${name} of shape [${inputs}, ${outputs}] and a bias alone; give a multilayer perceptron without normalisation`,
      );
    return {
      inputs,
      outputs,
      weights: values.slice(weight.offset, weight.offset + inputs * outputs),
      bias: bias ? values.slice(bias.offset, bias.offset + outputs) : new Float64Array(outputs),
    };
  });
}
