import { matmul, mul, sub, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { compose, part, type Architecture, type LayerMap } from "./architecture.js";
import { initializers } from "./initializers.js";
import type { MlpOptions } from "./mlp.js";

/**
 * A diagonal linear network: linear in its input, with weights that are differences of squares.
 *
 * *Definition*: h_l = h_{l-1} (u_l^2 - v_l^2), elementwise squares of u_l and v_l of shape [widths[l-1], widths[l]], h_0 = x.
 * *Arguments*: `widths`: as for `mlp`; two of them make the network of the source; `init`: its weights and gain are those of every u and v; "constant" with gain
 * alpha gives u = v = alpha, so that the network starts at 0. No biases; the activation plays no role.
 * *Returns*: an Architecture; theta holds u1, v1, u2, v2, ... one after the other.
 * *Source*: Woodworth et al. 2020, Kernel and rich regimes in overparametrized models, section 4.
 * *Example*: `const net = diagonal({ widths: [3, 1], init: { weights: "constant", gain: 0.1 } }); [net.size, net.initial(0)] // [6, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]]`
 */
export function diagonal(options: MlpOptions): Architecture {
  const { widths, bias = false, init = {} } = options;
  const { weights = "xavier-normal", gain = 1 } = init;
  if (widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1))
    throw new RangeError(
      `diagonal: widths [${widths.join(", ")}] given; allowed: at least two integers from 1, input first and output last`,
    );
  if (bias !== false) throw new RangeError("diagonal: biases asked for; it has none: give bias: false");
  if (typeof gain !== "number") throw new RangeError("diagonal: a list of gains given; allowed: one number, for u and v alike");
  const { fill } = lookup("initializer", initializers, weights);
  const layout: Part[] = [];
  let size = 0;
  const layerMaps = widths.slice(1).map((outputs, l) => {
    const inputs = widths[l]!;
    const [u, v] = ["u", "v"].map((letter, i): Part => ({
      name: `${letter}${l + 1}`,
      shape: [inputs, outputs],
      offset: size + i * inputs * outputs,
    })) as [Part, Part];
    layout.push(u, v);
    size += 2 * inputs * outputs;
    return layer(`${l + 1}`, u, v);
  });
  return {
    name: `diagonal ${widths.join("-")}`,
    inputs: widths[0]!,
    outputs: widths.at(-1)!,
    size,
    layout,
    layerMaps,
    ...compose(layerMaps),
    initial(seed) {
      const theta = new Float64Array(size);
      layerMaps.forEach(({ inputs, outputs, parameters }, l) => {
        parameters.forEach(({ offset }, i) => {
          const w = theta.subarray(offset, offset + inputs * outputs);
          fill(w, inputs, outputs, random(seed, 2 * l + i));
          for (let j = 0; j < w.length; j++) w[j]! *= gain;
        });
      });
      return theta;
    },
  };
}

function layer(name: string, u: Part, v: Part): LayerMap {
  const squared = (theta: Tensor, p: Part): Tensor => {
    const t = part(theta, p);
    return mul(t, t);
  };
  const [inputs, outputs] = u.shape as [number, number];
  return {
    name,
    inputs,
    outputs,
    parameters: [u, v],
    law: "diagonal",
    apply: (theta, h) => matmul(h, sub(squared(theta, u), squared(theta, v))),
  };
}
