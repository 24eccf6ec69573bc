import { lookup } from "../core/lookup.js";
import { random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { activations } from "./activations.js";
import { affineLayer } from "./affine-layer.js";
import { compose, type Architecture } from "./architecture.js";
import { initializers } from "./initializers.js";
import type { MlpOptions } from "./mlp.js";

/**
 * A recurrent network without further input: one layer, applied again and again.
 *
 * *Definition*: h_t = phi(g h_{t-1} J + b), t = 1 ... T, h_0 = x, with one matrix J and one bias b for all steps. (Rows are states, so J stands on
 * the right; with column vectors it is the transpose.)
 * *Arguments*: as for `mlp`: `widths` lists the T + 1 states, all of one width; `gain` is g, one number; `bias` one truth value (default true).
 * The default initializer has variance 1 / width: the random networks of Sompolinsky, Crisanti and Sommers.
 * *Returns*: an Architecture of T layers that share their parameters J and b.
 * *Error*: gradients by theta are those through all steps (backpropagation through time), exact. `initial(seed)` is the same bits everywhere.
 * *Source*: Sompolinsky, Crisanti, Sommers 1988, Chaos in random neural networks (in continuous time).
 * *Example*: `const net = recurrent({ widths: [1, 1, 1, 1], activation: "identity", bias: false });
 * const output = (theta) => sum(net.apply(theta, constant([5], [1, 1])));
 * evaluate(grad(output), { data: [2] })[0] // [60]`
 */
export function recurrent(options: MlpOptions): Architecture {
  const { widths, activation = "tanh", bias = true, init = {} } = options;
  const { weights = "xavier-normal", gain = 1, biasDeviation = 0 } = init;
  const [n] = widths as [number];
  if (widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1 && w === n))
    throw new RangeError(
      `recurrent: widths [${widths.join(", ")}] given; allowed: at least two equal integers from 1, one for each state from the input on`,
    );
  if (typeof bias !== "boolean" || typeof gain !== "number")
    throw new RangeError(
      "recurrent: a list of gains or biases given; allowed: one for all, since all steps share their parameters",
    );
  if (!(biasDeviation >= 0)) throw new RangeError(`recurrent: biasDeviation ${biasDeviation} given; allowed: numbers from 0`);
  const phi = lookup("activation", activations, activation);
  const { fill } = lookup("initializer", initializers, weights);
  const weight: Part = { name: "J", shape: [n, n], offset: 0 };
  const shift: Part | undefined = bias ? { name: "b", shape: [n], offset: n * n } : undefined;
  const layerMaps = widths.slice(1).map((_, t) => affineLayer(`${t + 1}`, weight, shift, phi));
  const size = n * n + (bias ? n : 0);
  return {
    name: `recurrent ${n} units, ${widths.length - 1} steps, ${activation}`,
    inputs: n,
    outputs: n,
    size,
    layout: shift ? [weight, shift] : [weight],
    layerMaps,
    ...compose(layerMaps),
    initial(seed) {
      const theta = new Float64Array(size);
      const j = theta.subarray(0, n * n);
      fill(j, n, n, random(seed));
      for (let i = 0; i < j.length; i++) j[i]! *= gain;
      const stream = random(seed, 1);
      for (let i = n * n; i < size; i++) theta[i] = biasDeviation * stream.normal();
      return theta;
    },
  };
}
