import { add, matmul, type Tensor } from "#engine";
import type { Part } from "../core/system.js";
import type { Activation } from "./activations.js";
import { part, type LayerMap } from "./architecture.js";
import { activated } from "./walk.js";

/** The layer h' = phi(h W + b); without an activation h W + b. */
export function affineLayer(name: string, weight: Part, bias: Part | undefined, activation: Activation | undefined): LayerMap {
  const sums = (theta: Tensor, h: Tensor): Tensor => {
    const linear = matmul(h, part(theta, weight));
    return bias ? add(linear, part(theta, bias)) : linear;
  };
  const [inputs, outputs] = weight.shape as [number, number];
  return {
    name,
    inputs,
    outputs,
    parameters: bias ? [weight, bias] : [weight],
    law: activation ? `affine, ${activation.name}` : "affine",
    sums,
    apply: (theta, h, walk) => (activation ? activated(activation, sums(theta, h), walk) : sums(theta, h)),
  };
}
