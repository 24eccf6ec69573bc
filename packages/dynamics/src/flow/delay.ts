import {
  abs,
  add,
  cast,
  compile,
  concat,
  constant,
  lt,
  min,
  mul,
  reshape,
  select,
  slice,
  take,
  type CompileOptions,
  type Tensor,
} from "#engine";
import { extend } from "../core/evolve.js";
import { map, type MapProgram, type MapSystem } from "../core/map.js";
import type { System, TangentSystem } from "../core/system.js";
import { delayFailure } from "./delay-failure.js";
import { checkLags, checkSteps } from "./delayed.js";
import { TOLD } from "./failure.js";
import { meshOf, type Mesh } from "./mesh.js";
import { lookingBack, stateOf, type History } from "./past.js";
import { steppingOf, tablesOf, timesOf, type DelayField, type Stepping, type Table } from "./segment.js";
import type { Solver } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface DelayOptions {
  /** dx/dt, as an engine program of x [dim], the past values [dim] in the order of the lags, and the time t, a scalar. */
  readonly field: DelayField;
  /** The delays, all above 0. */
  readonly lags: readonly number[];
  /** x(t) for t up to the start: numbers for a constant past, or an engine program of t (counted as `time` is). */
  readonly history: History;
  /** x at the start, where it differs from the history there. */
  readonly initial?: ArrayLike<number>;
  /** Time that one step of the system covers, at most the shortest lag. Default: the shortest lag. */
  readonly dt?: number;
  /** Steps of the solver in the shortest lag, at least; `resolution` finds how many a tolerance asks for. Default 20. */
  readonly steps?: number;
  /** Default `tsit5`. */
  readonly solver?: Solver;
  /** The start. Default 0. */
  readonly time?: number;
  readonly threads?: CompileOptions["threads"];
}

/** A delay equation. */
export interface DelaySystem extends System {
  readonly kind: "delay";
  readonly dt: number;
  readonly lags: readonly number[];
  /** Steps of the solver in one dt. */
  readonly steps: number;
  /** x(t), of one copy after another in a batch: a fresh array. */
  readonly present: Float64Array;
  /** x(t - ago) for 0 <= ago <= the longest lag, of one copy after another. */
  past(ago: number): Float64Array;
  /** Why the system failed, in words; undefined while all is well. */
  readonly explanation: string | undefined;
  batch(n: number): DelaySystem;
}

/**
 * A delay equation, x'(t) = field(x(t), [x(t - lag_1), ...], t), as a System.
 *
 * *Definition*: the state is x(t) followed by the past: [window, nodes, dim] values of x, each step of the solver by its values at equally spaced times, both
 * ends among them, from the oldest step to the newest. The window reaches back over the longest lag, rounded up to whole dt. A step of the system carries all of it on by dt.
 * *Arguments*: see `DelayOptions`. Lags that are whole multiples of a common step have steps of one length; others have breaking points on mesh points until
 * they are smooth, and steps of one length from then on.
 * *Returns*: a System of kind "delay"; its time is t, and tangents are pasts too. Where the solution leaves the finite numbers the present is NaN, the status "diverged",
 * and `explanation` says where and what to try; a batch stops as a whole. A state given to `reset` is one that this system, or one with the same options, left at the time given;
 * the start of another history is another system.
 * *Error*: the global order is that of the solver (6 for dopri8, whose dense output has order 5), for smooth fields and histories; the history itself is taken at the nodes, of the
 * same order. Steps of fixed length do not notice where a solution ends without becoming infinite, as those of x' = -1/x do: `resolution` does, by a second run. Tangents are the exact derivative of the steps taken. The same bits for every grouping of the steps and every number of threads.
 * *Cost*: `solver.evaluations` + 1 evaluations a step of the solver, and window x nodes x dim numbers moved a step of the system.
 * *Source*: Bellen, Zennaro 2003, Numerical methods for delay differential equations, sections 2.2 (breaking points) and 6.1 (orders).
 * *Example*: `const s = delay({ field: (_x, [y]) => mul(-1, y), lags: [1], history: [1] }); s.step(3); s.present // [-0.16666666667]`
 */
export function delay(options: DelayOptions): DelaySystem {
  const { field, lags, solver = tsit5, time = 0, threads } = options;
  checkLags(lags);
  const shortest = Math.min(...lags);
  const { dt = shortest, steps: asked = 20 } = options;
  checkSteps(asked);
  if (!(dt > 0 && dt <= shortest * (1 + 1e-12)))
    throw new RangeError(`delay: dt ${dt} given; allowed: numbers above 0 up to the shortest lag, ${shortest}`);
  if (!Number.isFinite(time)) throw new RangeError(`delay: time ${time} given; allowed: finite numbers`);
  const stepping = steppingOf(solver);
  const { nodes, thetas, order } = stepping;
  const mesh = meshOf({ lags, dt: [dt], steps: Math.ceil((asked * dt) / shortest - 1e-9), order, thetas });
  const { state, dim } = stateOf(options.history, options.initial, time, mesh, lags, nodes);
  const { steps, window } = mesh;
  const base = map({
    f: intervalOf(field, stepping, mesh, lags, dim, time, dt),
    initial: state,
    layout: [
      { name: "present", shape: [dim], offset: 0 },
      { name: "past", shape: [window, nodes, dim], offset: dim },
    ],
    ...(threads === undefined ? {} : { threads }),
  });
  const lookBack = lookingBack(mesh, lags, nodes, dim);
  const ends = timesOf(mesh, lags);
  const explain = (failed: Float64Array, before: Float64Array, count: number, copy: number | undefined): string => {
    // The step that failed is the one after the last that is finite.
    const first = (mesh.aligned ? 0 : Math.min(count + 1, mesh.intervals)) * steps;
    // Steps of one length have no others before them.
    const lengths = mesh.aligned
      ? new Array<number>(TOLD).fill(dt / steps)
      : Array.from({ length: Math.min(TOLD, first) }, (_, i, n = first - Math.min(TOLD, first) + i) => ends[n + 1]! - ends[n]!);
    const shift = time + (count + 1) * dt - ends[first + window]!;
    return delayFailure({
      field,
      lags,
      window: failed.subarray(dim),
      nodes,
      dim,
      copy,
      solver,
      steps: asked,
      ends: ends.slice(first, first + window + 1).map((t) => t + shift),
      lengths,
      interval: steps,
      accepted: count * steps,
      earlier: (ago) => lookBack(before, count, ago),
    });
  };
  /** Why a map of states side by side failed. */
  const told = (system: MapSystem | TangentSystem, copies: number) => ({
    get explanation(): string | undefined {
      const row = (x: Float64Array, i: number): Float64Array => x.subarray(i * state.length, (i + 1) * state.length);
      const failed = Array.from({ length: copies }, (_, i) => i).find((i) => !row(system.state, i).every(Number.isFinite));
      if (failed === undefined) return undefined;
      return explain(row(system.state, failed), row(system.before!, failed), system.time, copies > 1 ? failed : undefined);
    },
  });
  const faces = (system: MapSystem, copies: number): DelaySystem => {
    const states = Array.from({ length: copies }, (_, i) => system.state.subarray(i * state.length, (i + 1) * state.length));
    const all = (of: (x: Float64Array) => ArrayLike<number>): Float64Array =>
      Float64Array.from(states.flatMap((x) => Array.from(of(x))));
    return extend(extend(clocked(system, time, dt), told(system, copies)), {
      lags,
      steps,
      get present() {
        return all((x) => x.subarray(0, dim));
      },
      past: (ago: number) => all((x) => lookBack(x, system.time, ago)),
      tangent(k: number): TangentSystem {
        const riding = system.tangent(k);
        return extend(clocked(riding, time, dt), told(riding, copies));
      },
      batch(n: number): DelaySystem {
        if (copies > 1) throw new TypeError("batch: this is a batch already; make one batch of all copies");
        return faces(system.batch(n) as MapSystem, n);
      },
    });
  };
  return faces(base, 1);
}

/** One interval as a map of the state. */
function intervalOf(
  field: DelayField,
  { nodes, thetas, advance }: Stepping,
  mesh: Mesh,
  lags: readonly number[],
  dim: number,
  time: number,
  dt: number,
): MapProgram {
  const { steps, window, intervals } = mesh;
  const stages = [steps, thetas.length, lags.length];
  const tables = compile(() => {
    const made = tablesOf(mesh, constant([...lags]), thetas, nodes);
    return [made.t, made.h, made.weights];
  }, []);
  tables.run();
  const [t, h, weights] = tables.outputs.map((x) => Float64Array.from(x)) as [Float64Array, Float64Array, Float64Array];
  // Intervals beyond the last are like it, but for their start.
  const fromStart = t.map((s, i) => s - Math.floor(i / steps) * dt);
  const rows = (x: ArrayLike<number>, shape: readonly number[], dtype: "f64" | "i32" = "f64") => {
    const all = constant(x, [intervals, ...shape], dtype);
    return (count: Tensor): Tensor => (intervals === 1 ? reshape(all, shape) : take(all, cast(min(count, intervals - 1), "i32")));
  };
  const pick = {
    t: rows(fromStart, [steps]),
    h: rows(h, [steps]),
    index: rows(mesh.index, stages, "i32"),
    weights: rows(weights, [...stages, nodes]),
  };
  const shape = [window, nodes, dim];
  return (state, count) => {
    const size = state.shape[0]!;
    const behind = reshape(slice(state, [dim], [size]), shape);
    const table: Table = {
      t: add(pick.t(count), add(time, mul(count, dt))),
      h: pick.h(count),
      index: pick.index(count),
      weights: pick.weights(count),
    };
    const next = advance(checked(field, dim), slice(state, [0], [dim]), behind, table);
    const kept = slice(behind, [steps, 0, 0], shape);
    const present = select(lt(abs(next.present), Infinity), next.present, NaN);
    return concat([present, reshape(concat([kept, next.made]), [size - dim])]);
  };
}

const checked =
  (field: DelayField, dim: number): DelayField =>
  (x, past, t) => {
    const slope = field(x, past, t);
    if (slope.shape.length !== 1 || slope.shape[0] !== dim)
      throw new RangeError(`delay: the field has shape [${slope.shape.join(", ")}], the history gives [${dim}]`);
    return slope;
  };

/** The same system with time in place of a number of steps. */
function clocked<S extends System>(system: S, start: number, dt: number) {
  return extend(system, {
    kind: "delay" as const,
    dt,
    get time() {
      return start + system.time * dt;
    },
    reset(state?: ArrayLike<number>, at: number = start) {
      const count = Math.round((at - start) / dt);
      if (!(count >= 0 && Math.abs(start + count * dt - at) <= 1e-9 * Math.max(dt, Math.abs(at))))
        throw new RangeError(`reset: time ${at} given; allowed: the start, ${start}, and whole numbers of dt = ${dt} after it`);
      if (state === undefined) system.reset();
      else system.reset(state, count);
    },
    tangent: (k: number): TangentSystem => clocked(system.tangent(k), start, dt),
  });
}
