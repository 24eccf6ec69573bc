import type { Tensor } from "#engine";
import type { Activation } from "./activations.js";

/** What goes along with the signal through a network: it stands in for each activation, and is told of what else bends. */
export interface Walk {
  /** In place of `phi`, an activation: what it makes of its local field. Called in the order in which the signal passes. */
  activation(field: Tensor, phi: Activation): Tensor;
  /** Told of a step that has a name (softmax, layer normalisation): what it read and what it gave. */
  step?(name: string, from: readonly Tensor[], to: readonly Tensor[]): void;
}

/** An activation applied to its local field, or what a walk puts in its place. */
export const activated = (phi: Activation, field: Tensor, walk: Walk | undefined): Tensor =>
  walk ? walk.activation(field, phi) : phi.apply(field);

/** A step with a name: done, and told to the walk. */
export function namedStep(walk: Walk | undefined, name: string, from: Tensor, of: (x: Tensor) => Tensor): Tensor {
  const to = of(from);
  walk?.step?.(name, [from], [to]);
  return to;
}
