import { at, broadcastTo, cast, concat, flip, reshape, slice, take, transpose, type Tensor } from "#engine";
import { lookup } from "../core/lookup.js";
import { delayed, intervalsUntil, type Intervals } from "../flow/delayed.js";
import { suitsDelays, type DelayField } from "../flow/segment.js";
import { solvers } from "../flow/solvers/index.js";
import { compose, sampleBySample, type Architecture, type LayerMap } from "./architecture.js";
import { chain } from "./chain.js";
import { between, type Ends } from "./ends.js";
import { mlp, type MlpOptions } from "./mlp.js";
import { withMemory } from "./window.js";

export interface NeuralDelayEquationOptions extends MlpOptions, Partial<Ends> {
  /** Inputs first, outputs last, between them the hidden layers of the field. */
  readonly widths: readonly number[];
  /** Units of the state. Default: inputs. */
  readonly state?: number;
  /** tau, the longest delay. Default 1. */
  readonly delay?: number;
  /** How many delays the field sees: tau / lags, 2 tau / lags, ..., tau. Default 1. */
  readonly lags?: number;
  /** Whether the field knows the time, as one more input. Default false. */
  readonly timeDependent?: boolean;
  /** The equation runs from time 0 to here. Default 2. */
  readonly horizon?: number;
  /** Steps of the solver in the shortest delay. Default 4. */
  readonly steps?: number;
  /** Name of an explicit entry of `solvers`. Default "rk4". */
  readonly solver?: string;
}

/** The solvers that step delay equations. */
export const delaySolvers = solvers.filter(suitsDelays);

/**
 * A neural delay equation.
 *
 * *Definition*: dh/dt = F(h(t), h(t - tau / p), ..., h(t - tau)) or with t besides, h(t) = lift(x) for t <= 0, y = W h(T) + b; F a multilayer perceptron.
 * *Arguments*: see `NeuralDelayEquationOptions`. With as many units as inputs it is not augmented, and can still represent what no neural ODE of that width can, where
 * the Lipschitz constant of F times tau is above 1/e.
 * *Returns*: an Architecture. Its layers are the lift if there is one, the constant past, one layer for each shortest delay, the present and the readout; what
 * they pass on is the solution over the last tau, by its values at the nodes of the solver's dense output, newest first.
 * *Error*: that of the solver, whose breaking points lie on the mesh. Gradients are exact for the discrete solution.
 * *Source*: Zhu, Guo and Lin 2021, Neural delay differential equations; Kuehn and Kuntz 2025, arXiv 2505.07244 (what the memory can represent).
 * *Example*: `const { size, layerMaps } = neuralDelayEquation({ widths: [2, 8, 1], horizon: 3 }); [size, layerMaps.length] // [61, 6]`
 */
export function neuralDelayEquation(options: NeuralDelayEquationOptions): Architecture {
  const {
    widths,
    delay: tau = 1,
    lags: p = 1,
    timeDependent = false,
    horizon = 2,
    steps = 4,
    solver = "rk4",
    lift = "pad",
    readout = "affine",
    state = widths[0]!,
    ...rest
  } = options;
  const owner = "neural-delay-equation";
  if (widths.length < 2)
    throw new RangeError(`${owner}: widths [${widths.join(", ")}] given; allowed: inputs, hidden layers of the field, outputs`);
  if (!Number.isInteger(p) || p < 1 || !(tau > 0 && tau < Infinity))
    throw new RangeError(`${owner}: ${p} lags up to ${tau} given; allowed: integers from 1; finite numbers above 0`);
  const field = sampleBySample(
    mlp({ ...rest, widths: [state * (p + 1) + (timeDependent ? 1 : 0), ...widths.slice(1, -1), state] }),
    owner,
  );
  const how = {
    lags: Array.from({ length: p }, (_, j) => ((j + 1) * tau) / p),
    until: horizon,
    steps,
    solver: lookup("solver for delay equations", delaySolvers, solver),
  };
  const intervals = intervalsUntil(how);
  const copies = 1 + intervals.mesh.window * intervals.nodes;
  const passing = chainOfIntervals(field, intervals, state, `${solver} ${tau}/${p} ${horizon}/${steps}`);
  const walked = withMemory(owner, state, copies, [["field", passing]]);
  const solved: Architecture = {
    ...walked,
    apply(theta, x, walk) {
      if (walk)
        throw new RangeError(
          `${owner}: its activations lie inside the loops of the solver, where nothing can go along; allowed: networks of layers, and neural ODEs`,
        );
      const flat = reshape(x, [x.shape[0]! * state]);
      const { present } = delayed({ ...how, field: overSamples(field, theta, x.shape[0]!), history: () => flat });
      return reshape(present, x.shape);
    },
  };
  const ends = { inputs: widths[0]!, outputs: widths.at(-1)! };
  const name = `${owner} ${widths.join("-")}, ${state} units, delay ${tau}, ${solver} x ${steps} a delay`;
  return chain(name, between(owner, ends, ["delay", solved], { lift, readout }));
}

/** The perceptron as the field of all samples together, one after the other in one vector. */
function overSamples(field: Architecture, theta: Tensor, samples: number): DelayField {
  const units = field.outputs;
  return (x, past, t) => {
    const states = [x, ...past].map((y) => reshape(y, [samples, units]));
    const known = units * states.length < field.inputs ? [...states, broadcastTo(reshape(t, [1, 1]), [samples, 1])] : states;
    return reshape(field.apply(theta, concat(known, 1)), [samples * units]);
  };
}

/** One layer an interval of the method of steps, on [samples, (1 + window nodes) units]: the present, then the window from its newest value back. */
function chainOfIntervals(
  field: Architecture,
  { mesh, nodes, table, pass }: Intervals,
  units: number,
  how: string,
): Architecture {
  const values = mesh.window * nodes;
  const width = units * (1 + values);
  const step = (theta: Tensor, h: Tensor, rowsOf: (table: Tensor) => Tensor): Tensor => {
    const samples = h.shape[0]!;
    const byValue = transpose(reshape(h, [samples, 1 + values, units]), [1, 0, 2]);
    const rows = reshape(byValue, [1 + values, samples * units]);
    const oldestFirst = reshape(flip(slice(rows, [1, 0], [1 + values, samples * units]), 0), [
      mesh.window,
      nodes,
      samples * units,
    ]);
    const next = pass(overSamples(field, theta, samples), at(rows, 0), oldestFirst, table.map(rowsOf));
    const newestFirst = flip(reshape(next.window, [values, samples * units]), 0);
    const all = concat([reshape(next.present, [1, samples * units]), newestFirst]);
    return reshape(transpose(reshape(all, [1 + values, samples, units]), [1, 0, 2]), [samples, width]);
  };
  const layerMaps = Array.from({ length: mesh.intervals }, (_, k): LayerMap => ({
    name: `${k + 1}`,
    inputs: width,
    outputs: width,
    parameters: field.layout,
    law: `delay interval of ${how} ${field.name}`,
    apply: (theta, h) => step(theta, h, (rows) => at(rows, k)),
    numbered: {
      number: k,
      apply: (theta, h, number) => {
        const place = reshape(cast(number, "i32"), [1]);
        return step(theta, h, (rows) => reshape(take(rows, place), rows.shape.slice(1)));
      },
    },
  }));
  return { ...field, inputs: width, outputs: width, layerMaps, ...compose(layerMaps) };
}
