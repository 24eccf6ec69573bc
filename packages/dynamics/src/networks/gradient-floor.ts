import { abs, add, amin, compile, constant, grad, jvp, matmul, mul, reshape, sqrt, sum, vmap, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { singularValues } from "../core/singular-values.js";
import { activations } from "./activations.js";
import { affineLayers } from "./affine-layers.js";
import type { Architecture } from "./architecture.js";

/** The gradient of a network at points, and what it cannot fall below there. */
export interface GradientFloor {
  /** |grad| at each point. */
  readonly gradients: Float64Array;
  /** The bound at each point; 0 where a layer is wider than the one before it or has lost rank. */
  readonly bounds: Float64Array;
}

/**
 * How small the gradient of a network that narrows from layer to layer can be at given inputs.
 *
 * *Definition*: |grad f(x)| >= product over layers of the least singular value of W_l, times the product over hidden layers of the least
 * |phi'| at the layer's arguments: no factor of grad f = W_1 D_1 W_2 ... W_L can shorten a vector by more.
 * *Arguments*: `network`: an `mlp` with one output; `theta`; `activation`: its name; `points`: inputs, one after the other.
 * *Returns*: see `GradientFloor`. Where the widths rise, W_l has a null space on the left and the bound is 0.
 * *Error*: rounding.
 * *Cost*: one gradient a point, in one compiled program.
 * *Source*: Kuehn, Kuntz 2024, arXiv 2405.09351 (no critical points in non-augmented networks), made quantitative by the singular values.
 * *Example*: `const net = mlp({ widths: [2, 1, 1], bias: false });
 * gradientFloor(net, [3, 4, 2], "identity", [0.1, 0.2]).bounds // [10.000000]`
 */
export function gradientFloor(
  network: Architecture,
  theta: ArrayLike<number>,
  activation: string,
  points: ArrayLike<number>,
): GradientFloor {
  const { inputs, outputs } = network;
  if (outputs !== 1) throw new RangeError(`gradientFloor: a network with ${outputs} outputs given; allowed: 1 output`);
  if (points.length === 0 || points.length % inputs !== 0)
    throw new RangeError(`gradientFloor: ${points.length} numbers given as points; allowed: a multiple of the ${inputs} inputs`);
  const phi = lookup("activation", activations, activation);
  const layers = affineLayers(network, theta);
  // grad f = W_1 D_1 ... W_L e acts on column vectors of the outputs: a layer may not have more outputs than inputs.
  const least = layers.reduce(
    (product, l) => product * (l.outputs > l.inputs ? 0 : singularValues(l.weights, l.inputs, l.outputs).values[l.outputs - 1]!),
    1,
  );
  const value = (x: Tensor): Tensor => reshape(network.apply(constant(Float64Array.from(theta)), reshape(x, [1, inputs])), []);
  const slopes = (x: Tensor): Tensor => {
    let [h, product]: [Tensor, Tensor] = [reshape(x, [1, inputs]), constant(least)];
    for (const l of layers.slice(0, -1)) {
      const a = add(matmul(h, constant(l.weights, [l.inputs, l.outputs])), constant(l.bias));
      const { outputs: states, tangents } = jvp(
        (z) => phi.apply(z),
        [a],
        [constant(new Float64Array(l.outputs).fill(1), [1, l.outputs])],
      );
      product = mul(product, amin(abs(tangents[0]!)));
      h = states[0]!;
    }
    return product;
  };
  const n = points.length / inputs;
  const one = (x: Tensor): Tensor[] => {
    const g = grad(value)(x);
    return [sqrt(sum(mul(g, g))), slopes(x)];
  };
  const program = compile(vmap(one), [{ shape: [n, inputs] }], { state: 0 });
  program.inputs[0]!.set(points);
  program.run();
  return { gradients: program.outputs[0]!.slice(), bounds: program.outputs[1]!.slice() };
}
