import { constant, matmul, sub, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { fillNormal, random } from "../core/random.js";
import { activations } from "./activations.js";

export interface RateFieldOptions {
  readonly units: number;
  /** g: the couplings are g J with J_ij ~ N(0, 1 / units). */
  readonly gain: number;
  /** Name of an entry of `activations`. Default "tanh". */
  readonly activation?: string;
  readonly seed?: number;
}

/** A vector field with the couplings that it was made of. */
export interface RateField {
  readonly field: (x: Tensor) => Tensor;
  /** units x units, row by row: gain times J. */
  readonly couplings: Float64Array;
}

/**
 * A random network of rate units in continuous time, as a vector field for `flow`.
 *
 * *Definition*: dx/dt = -x + g J phi(x), J_ij independent normal numbers of variance 1 / units.
 * *Arguments*: see `RateFieldOptions`.
 * *Returns*: the field as an engine program, and g J. For an activation with phi(0) = 0, phi'(0) = 1 the exponents at the fixed point 0 are the real parts of
 * -1 + the eigenvalues of g J, so it is stable up to g = 1 for many units; beyond there is chaos.
 * *Error*: the couplings are the same bits on every machine. *Cost*: units^2 multiplications an evaluation.
 * *Source*: Sompolinsky, Crisanti, Sommers 1988, Chaos in random neural networks, equation 1.
 * *Example*: `const { field } = rateField({ units: 3, gain: 0 }); evaluate(field, { data: [1, 2, 3] })[0] // [-1, -2, -3]`
 */
export function rateField({ units, gain, activation = "tanh", seed = 0 }: RateFieldOptions): RateField {
  if (!Number.isInteger(units) || units < 1 || !Number.isFinite(gain))
    throw new RangeError(`rateField: ${units} units, gain ${gain} given; allowed: integers from 1; finite numbers`);
  const { apply } = lookup("activation", activations, activation);
  const scale = gain / Math.sqrt(units);
  const couplings = fillNormal(new Float64Array(units * units), random(seed)).map((z) => scale * z);
  return { field: (x) => sub(matmul(constant(couplings, [units, units]), apply(x)), x), couplings };
}
