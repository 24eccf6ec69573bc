import { concat, constant, slice, type Tensor } from "#engine";
import { integrate, type IntegrateOptions } from "../flow/integrate.js";
import type { VectorField } from "../flow/solver.js";

export interface EmbedOptions {
  /** d. */
  readonly inputs: number;
  /** q. */
  readonly outputs: number;
  /** Units m of the state, at least d + q. Default d + q. */
  readonly state?: number;
}

/** A flow between an affine lift and an affine readout. */
export interface Embedding {
  readonly inputs: number;
  readonly outputs: number;
  readonly state: number;
  /** [inputs] to [state]. */
  lift(x: Tensor): Tensor;
  readonly field: VectorField;
  /** [state] to [outputs]. */
  readout(h: Tensor): Tensor;
  /** [inputs] to [outputs] by a solver: readout of the time-1 map of the lift. */
  map(options: Omit<IntegrateOptions, "from" | "to" | "grid">): (x: Tensor) => Tensor;
}

/**
 * The augmented neural ODE that represents a given function exactly.
 *
 * *Definition*: lift x -> (x, 0, 0), field (u, v, r) -> (0, psi(u), 0), time 1, readout (u, v, r) -> v. Its flow is the shear (u, v + t psi(u), r), so the
 * readout is psi(x).
 * *Arguments*: `psi`, from a tensor of shape [inputs] to one of shape [outputs]; see `EmbedOptions`.
 * *Returns*: an Embedding; `vmap` its map for many inputs.
 * *Error*: the field is constant along every solution, so each one-step method for any field is exact up to rounding, with any number of steps: with one step of Euler the
 * very numbers of psi. Throws for a state of fewer than inputs + outputs units.
 * *Cost*: an evaluation of psi a stage.
 * *Source*: Kuehn and Kuntz 2023, Embedding capabilities of neural ODEs; the chapter of Kuehn and others 2025 (arXiv 2507.05164), theorem 2.6.
 * *Example*: `const square = embed((u) => mul(u, u), { inputs: 1, outputs: 1 });
 * [square.state, evaluate(square.map({ solver: euler, steps: 1 }), { data: [3] })[0]] // [2, [9]]`
 */
export function embed(psi: (u: Tensor) => Tensor, { inputs, outputs, state = inputs + outputs }: EmbedOptions): Embedding {
  for (const [name, n] of Object.entries({ inputs, outputs, state }))
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`embed: ${name} ${n} given; allowed: integers from 1`);
  if (state < inputs + outputs)
    throw new RangeError(
      `embed: a state of ${state} units given for ${inputs} inputs and ${outputs} outputs; allowed: from ${inputs + outputs}, ` +
        `since the inputs have to stay (${inputs} units) while the outputs grow beside them (${outputs} units); with fewer the theorem does not hold`,
    );
  const zeros = (n: number): Tensor[] => (n > 0 ? [constant(new Float64Array(n), [n])] : []);
  const field: VectorField = (h) => {
    const value = psi(slice(h, [0], [inputs]));
    if (value.shape.length !== 1 || value.shape[0] !== outputs)
      throw new RangeError(`embed: the function gives shape [${value.shape.join(", ")}]; ${outputs} outputs need [${outputs}]`);
    return concat([...zeros(inputs), value, ...zeros(state - inputs - outputs)]);
  };
  const lift = (x: Tensor): Tensor => concat([x, ...zeros(state - inputs)]);
  const readout = (h: Tensor): Tensor => slice(h, [inputs], [inputs + outputs]);
  return {
    inputs,
    outputs,
    state,
    lift,
    field,
    readout,
    map(options) {
      const flow = integrate(field, options);
      return (x) => readout(flow(lift(x)));
    },
  };
}
