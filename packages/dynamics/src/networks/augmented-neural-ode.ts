import type { Architecture } from "./architecture.js";
import { flowing, type NeuralOdeOptions } from "./neural-ode.js";

export interface AugmentedNeuralOdeOptions extends NeuralOdeOptions {
  /** Units of the state, more than inputs. Default inputs + outputs, with which every function can be represented. */
  readonly state?: number;
}

/**
 * A neural ordinary differential equation with more units than inputs, between an affine lift and an affine readout.
 *
 * *Definition*: h(0) = (x, 0) (or W' x + b' with `lift` "affine"), dh/dt = F(h) or F(h, t), y = W h(T) + b.
 * *Arguments*: see `AugmentedNeuralOdeOptions`.
 * *Returns*: an Architecture whose layers are the lift, the solver's steps and the readout.
 * *Error*: the padded lift has full rank; an affine one starts with orthonormal columns and may lose rank in training. Throws for a state not wider than the input.
 * *Source*: Dupont, Doucet and Teh 2019, Augmented neural ODEs; Kuehn and Kuntz 2023, Embedding capabilities of neural ODEs.
 * *Example*: `augmentedNeuralOde({ widths: [2, 8, 1] }).layout.map((p) => p.shape) // [[3, 8], [8], [8, 3], [3], [3, 1], [1]]`
 */
export function augmentedNeuralOde(options: AugmentedNeuralOdeOptions): Architecture {
  const { widths, lift = "pad", state = widths[0]! + widths.at(-1)!, ...rest } = options;
  if (!Number.isInteger(state) || state <= widths[0]!)
    throw new RangeError(
      `augmented-neural-ode: a state of ${state} given for ${widths[0]} inputs; allowed: integers from ${widths[0]! + 1}; use neural-ode for as many units as inputs`,
    );
  return flowing("augmented-neural-ode", { ...rest, widths }, state, lift);
}
