import { broadcastTo, concat, constant, mul, reshape, type Tensor } from "#engine";
import { integrate, type IntegrateOptions } from "../flow/integrate.js";
import type { Solver } from "../flow/solver.js";
import type { Architecture, LayerMap } from "./architecture.js";
import type { Walk } from "./walk.js";

export interface FlowBlockOptions {
  /** The field, from the state (and the time, as one more input) to its rate of change. */
  readonly field: Architecture;
  /** The flow goes from time 0 to here. */
  readonly horizon: number;
  readonly steps: number;
  readonly solver: Solver;
  readonly segments?: number;
}

/** The time-T map of dh/dt = field(h) or field(h, t), as a network whose layers are the solver's steps. */
export function flowBlock(name: string, { field, horizon, steps, solver, segments }: FlowBlockOptions): Architecture {
  const units = field.outputs;
  if (field.inputs !== units && field.inputs !== units + 1)
    throw new RangeError(
      `${name}: a field from ${field.inputs} to ${units} given; allowed: ${units} inputs, or ${units + 1} with the time`,
    );
  if (!(horizon > 0 && horizon < Infinity))
    throw new RangeError(`${name}: horizon ${horizon} given; allowed: finite numbers above 0`);
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`${name}: ${steps} steps given; allowed: integers from 1`);
  const at =
    (theta: Tensor, walk?: Walk) =>
    (h: Tensor, t: Tensor): Tensor =>
      field.apply(theta, field.inputs === units ? h : concat([h, broadcastTo(reshape(t, [1, 1]), [h.shape[0]!, 1])], 1), walk);
  const length = horizon / steps;
  const step = (theta: Tensor, h: Tensor, t: Tensor, walk?: Walk): Tensor =>
    solver.step(at(theta, walk), h, t, constant(length), at(theta, walk)(h, t)).next;
  const layerMaps = Array.from({ length: steps }, (_, k): LayerMap => ({
    name: `${k + 1}`,
    inputs: units,
    outputs: units,
    parameters: field.layout,
    law: `${solver.name} ${length} ${field.name}`,
    apply: (theta, h, walk) => step(theta, h, constant(k * length), walk),
    ...(field.inputs > units
      ? { numbered: { number: k, apply: (theta, h, number) => step(theta, h, mul(number, length)) } }
      : {}),
  }));
  const options: IntegrateOptions = { solver, steps, to: horizon, ...(segments === undefined ? {} : { segments }) };
  return {
    name,
    inputs: units,
    outputs: units,
    size: field.size,
    layout: field.layout,
    layerMaps,
    flow: {
      units,
      horizon,
      steps,
      solver,
      from: 0,
      size: field.size,
      field: (theta, h, t) => at(theta)(h, t),
      lift: (_, x) => x,
      readout: (_, h) => h,
    },
    // A walk goes along step by step, outside loops.
    apply: (theta, x, walk) =>
      walk ? layerMaps.reduce((h, layer) => layer.apply(theta, h, walk), x) : integrate(at(theta), options)(x),
    layers(theta, x) {
      let h = x;
      return layerMaps.map((layer) => (h = layer.apply(theta, h)));
    },
    initial: (seed) => field.initial(seed),
  };
}
