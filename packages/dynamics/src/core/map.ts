import type { CompileOptions } from "#engine";
import { evolve, extend, finite } from "./evolve.js";
import {
  batchedInPlace,
  batchedProgram,
  inPlaceStepper,
  inPlaceTangents,
  programStepper,
  programTangents,
  type InPlaceMap,
  type MapProgram,
} from "./map-steppers.js";
import { fillNormal, random } from "./random.js";
import type { Part, System, TangentSystem } from "./system.js";

export type { InPlaceMap, MapProgram };

export interface MapOptions {
  readonly f: MapProgram | InPlaceMap;
  /** The initial state; its length is the dimension. */
  readonly initial: ArrayLike<number>;
  /** Number of the first step. Default 0. */
  readonly time?: number;
  /** Named parts of the state. Default: one part named "x". */
  readonly layout?: readonly Part[];
  /** Names of the tensors that a program returns after the next state. Default: none. */
  readonly observables?: readonly string[];
  readonly threads?: CompileOptions["threads"];
}

/** A map with quantities computed on the way. */
export interface MapSystem extends System {
  /** Views by name: the values at the state from which the last step started (NaN before the first step). */
  readonly observables: Readonly<Record<string, Float64Array>>;
  readonly before: Float64Array;
}

/**
 * An iterated map x -> f(x), or x -> f(x, t) in step t, as a System.
 *
 * *Arguments*: see `MapOptions`. A program may depend on the step number t, which is the system's time and not a part of its state: it has
 * no tangents, `reset(state, time)` sets it, and state and time together are all that a run needs to go on. A program is traced with x of shape [dim] and compiled once for the state, once for each number of
 * tangents and once for each batch; plain functions run as they are.
 * *Returns*: `step` gives "diverged" when a state is not finite. `time` is then the last step known to be finite, `state` the first
 * that is not, and both are the same however the steps were grouped.
 * *Error*: tangents are exact derivatives, not differences.
 * *Cost*: a tangent system computes the state once a step, whatever the number of tangents.
 * *Example*: `const s = map({ f: (x) => mul(mul(4, x), sub(1, x)), initial: [0.75] }); [s.step(1000), s.state] // ["ok", [0.75]]`
 * *Example*: `map({ f: { f: (x, out) => void (out[0] = 2 * x[0]) }, initial: [1] }).step(2000) // "diverged"`
 */
export function map(options: MapOptions): MapSystem {
  const { f, layout, observables: names = [], threads, time = 0 } = options;
  const initial = Float64Array.from(options.initial);
  const dim = initial.length;
  if (dim === 0) throw new RangeError("map: the initial state is empty; give at least one number");
  finite(initial, "initial state");
  const parts = layout ?? [{ name: "x", shape: [dim], offset: 0 }];
  const end = parts.reduce((e, p) => Math.max(e, p.offset + p.shape.reduce((a, b) => a * b, 1)), 0);
  if (end > dim)
    throw new RangeError(`map: the layout reaches ${end} numbers, the state has ${dim}; give parts inside the state`);
  const settings = threads === undefined ? {} : { threads };

  const stepper = typeof f === "function" ? programStepper(f, dim, names, settings) : inPlaceStepper(f, dim);
  const base = evolve(stepper, initial, parts, time);
  const observables = Object.fromEntries(
    names.map((name, i) => [name, (stepper.observables?.[i] ?? new Float64Array(0)).fill(NaN)]),
  );

  const tangentsOf =
    (origin: Pick<System, "state" | "time">) =>
    (k: number): TangentSystem => {
      if (!Number.isInteger(k) || k < 1)
        throw new RangeError(`tangent: k = ${k} given; allowed: integers from 1 (the dimension is ${dim})`);
      const riders = typeof f === "function" ? programTangents(f, dim, k, settings) : inPlaceTangents(f, dim, k);
      const tangents = riders.carried[1]!;
      const riding = evolve(riders, origin.state, parts, origin.time, () => fillNormal(tangents, random(0)));
      return extend(riding, {
        k,
        tangents,
        tangent: tangentsOf(riding),
        batch: () => {
          throw new TypeError("batch: a system with tangents is not batched; use system.batch(n).tangent(k)");
        },
      });
    };

  return extend(base, {
    observables,
    tangent: tangentsOf(base),
    batch(n: number): System {
      if (!Number.isInteger(n) || n < 1) throw new RangeError(`batch: n = ${n} given; allowed: integers from 1`);
      const tiled = new Float64Array(n * dim);
      for (let i = 0; i < n; i++) tiled.set(base.state, i * dim);
      return map({
        f: typeof f === "function" ? batchedProgram(f, dim, n, threads?.count ?? 1) : batchedInPlace(f, dim, n),
        initial: tiled,
        time: base.time,
        layout: [{ name: "copies", shape: [n, dim], offset: 0 }],
        observables: names,
        ...settings,
      });
    },
  });
}
