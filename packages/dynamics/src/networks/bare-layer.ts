import type { Tensor } from "#engine";
import type { Architecture } from "./architecture.js";

/** A layer without parameters that leads into states or out of them, as a network. */
export function bareLayer(name: string, inputs: number, outputs: number, of: (x: Tensor) => Tensor): Architecture {
  const apply = (_theta: Tensor, x: Tensor): Tensor => of(x);
  return {
    name: `${name} ${inputs}-${outputs}`,
    inputs,
    outputs,
    size: 0,
    layout: [],
    layerMaps: [{ name, inputs, outputs, parameters: [], law: name, apply, end: true }],
    apply,
    layers: (theta, x) => [apply(theta, x)],
    initial: () => new Float64Array(0),
  };
}
