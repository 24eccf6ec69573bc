import { lookup } from "../core/lookup.js";
import { explicitSolvers } from "../flow/solvers/index.js";
import { sampleBySample, type Architecture } from "./architecture.js";
import { chain } from "./chain.js";
import { between, type Ends } from "./ends.js";
import { flowBlock } from "./flow-block.js";
import { mlp, type MlpOptions } from "./mlp.js";

export interface NeuralOdeOptions extends MlpOptions, Partial<Ends> {
  /** Inputs first, outputs last, between them the hidden layers of the field. */
  readonly widths: readonly number[];
  /** Whether the field knows the time, as one more input. Default false. */
  readonly timeDependent?: boolean;
  /** The flow goes from time 0 to here. Default 1. */
  readonly horizon?: number;
  /** Steps of the solver. Default 10. */
  readonly steps?: number;
  /** Name of an explicit entry of `solvers`. Default "rk4". */
  readonly solver?: string;
  /** Checkpoints of reverse mode, see `integrate`. Default 1. */
  readonly segments?: number;
}

/**
 * A neural ordinary differential equation that is not augmented: as many units as inputs.
 *
 * *Definition*: h(0) = x, dh/dt = F(h) or F(h, t) with a multilayer perceptron F, y = W h(T) + b (or h(T) with `readout` "identity").
 * *Arguments*: see `NeuralOdeOptions`. `widths` [2, 32, 1]: two inputs and units, 32 hidden units in the field, one output. All but the last layer of F
 * have the activation.
 * *Returns*: an Architecture whose layers are the solver's steps and the readout.
 * *Error*: that of the solver. The flow is a homeomorphism that keeps orientation; with it the network cannot represent every function (see `embeddable`).
 * *Source*: Chen, Rubanova, Bettencourt and Duvenaud 2018, Neural ordinary differential equations.
 * *Example*: `const { size, layerMaps } = neuralOde({ widths: [2, 8, 1], steps: 4 }); [size, layerMaps.length] // [45, 5]`
 */
export const neuralOde = (options: NeuralOdeOptions): Architecture =>
  flowing("neural-ode", options, options.widths[0]!, options.lift ?? "pad");

/** A neural ODE with a state of any width. */
export function flowing(owner: string, options: NeuralOdeOptions, state: number, lift: string): Architecture {
  const {
    widths,
    timeDependent = false,
    horizon = 1,
    steps = 10,
    solver = "rk4",
    readout = "affine",
    segments,
    ...rest
  } = options;
  if (widths.length < 2)
    throw new RangeError(`${owner}: widths [${widths.join(", ")}] given; allowed: inputs, hidden layers of the field, outputs`);
  const field = sampleBySample(mlp({ ...rest, widths: [state + (timeDependent ? 1 : 0), ...widths.slice(1, -1), state] }), owner);
  const name = `${owner} ${widths.join("-")}, ${state} units, ${solver} x ${steps}`;
  const method = lookup("explicit solver", explicitSolvers, solver);
  const body = flowBlock(owner, { field, horizon, steps, solver: method, ...(segments === undefined ? {} : { segments }) });
  const ends = { inputs: widths[0]!, outputs: widths.at(-1)! };
  return chain(name, between(owner, ends, ["field", body], { lift, readout }));
}
