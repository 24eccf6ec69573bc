import {
  add,
  compile,
  concat,
  copiesWithin,
  jvp,
  reshape,
  scan,
  slice,
  trace,
  vmap,
  type CompileOptions,
  type Tensor,
} from "#engine";
import type { Stepper } from "./evolve.js";

/** A map as an engine program: the next state, or the next state followed by observables. `step`, a scalar, is the time before the step. */
export type MapProgram = (x: Tensor, step: Tensor) => Tensor | readonly Tensor[];

/** A map as plain functions that write to `out`. `df` writes Df(x) v; without it the map has no tangent system. */
export interface InPlaceMap {
  f(x: Float64Array, out: Float64Array): void;
  df?(x: Float64Array, v: Float64Array, out: Float64Array): void;
}

const list = (r: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(r) ? r : [r as Tensor]);

export function programStepper(f: MapProgram, dim: number, names: readonly string[], settings: CompileOptions): Stepper {
  const checked = (x: Tensor, step: Tensor): Tensor[] => {
    const results = list(f(x, step));
    const shape = results[0]!.shape;
    if (shape.length !== 1 || shape[0] !== dim)
      throw new RangeError(`map: f gives a next state of shape [${shape.join(", ")}], the state has shape [${dim}]`);
    if (results.length - 1 !== names.length) {
      throw new RangeError(
        `map: f returns ${results.length - 1} tensors after the next state, observables names ${names.length}; name each of them`,
      );
    }
    return [results[0]!, add(step, 1), ...results.slice(1)];
  };
  return fromProgram(compile(checked, [{ shape: [dim] }, { shape: [] }], { ...settings, state: 2 }), 2);
}

/** Of what is carried on, the state comes first and the step number last: it has no tangents, so it is no part of the state. */
function fromProgram(program: ReturnType<typeof compile>, carried: number): Stepper {
  return {
    carried: program.inputs.slice(0, carried) as Float64Array[],
    clock: program.inputs[carried - 1] as Float64Array,
    observables: program.outputs.slice(carried) as Float64Array[],
    advance(n) {
      if (n === 0) return;
      program.iterate(n);
      for (let i = 0; i < carried; i++) program.inputs[i]!.set(program.outputs[i]!);
    },
  };
}

export function programTangents(f: MapProgram, dim: number, k: number, settings: CompileOptions): Stepper {
  // The state is shared by the vmap, so it is computed once; only what depends on v is batched.
  const riding = (x: Tensor, v: Tensor, step: Tensor): Tensor[] => {
    const next = (y: Tensor): Tensor => list(f(y, step))[0]!;
    return [next(x), vmap((w) => jvp(next, [x], [w]).tangents[0]!)(v), add(step, 1)];
  };
  const types = [{ shape: [dim] }, { shape: [k, dim] }, { shape: [] }];
  return fromProgram(compile(riding, types, { ...settings, state: 3 }), 3);
}

/** Bytes that the copies computed together may touch: they then stay in the processor's caches from one operation to the next. */
const TOGETHER = 2 ** 21;
/** Fewer copies together fill no vectors. */
const FEWEST = 8;
/** Groups for each thread: one that is done early takes another. */
const TURNS = 4;

/** n copies of a map in one program, for so many threads. */
export function batchedProgram(f: MapProgram, dim: number, n: number, threads: number): MapProgram {
  return (x, step) => {
    const [next, ...rest] = grouped((t, y) => list(f(y!, t!)), [step], [reshape(x, [n, dim])], threads);
    return [reshape(next!, [n * dim]), ...rest];
  };
}

/**
 * f of each row of `rows`, which are as many in each of them, in a program: group after group, so that a group stays in the caches.
 *
 * *Arguments*: `f` takes `common`, the same for all rows, and then a row of each; `threads`: how many take groups.
 */
export function grouped(
  f: (...args: (Tensor | undefined)[]) => readonly Tensor[],
  common: readonly Tensor[],
  rows: readonly Tensor[],
  threads: number,
): Tensor[] {
  const n = rows[0]!.shape[0]!;
  const all = (block: readonly Tensor[]): readonly Tensor[] => vmap((...row) => f(...common, ...row))(...block);
  const row = ({ dtype, shape }: Tensor) => ({ dtype, shape: shape.slice(1) });
  const one = trace((...args) => f(...args), [...common, ...rows.map(row)]);
  const within = copiesWithin(one, TOGETHER);
  const [cached, fewest] = [Math.max(FEWEST, within.most), Math.max(FEWEST, within.fewest)];
  const most = threads > 1 ? Math.min(cached, Math.max(fewest, Math.ceil(n / (TURNS * threads)))) : cached;
  if (2 * most > n) return [...all(rows)];
  // As many for each thread, and so even that few are left over, which one thread does alone.
  const count = threads * Math.ceil(n / (most * threads));
  return byGroups(all, rows, n, Math.max(1, Math.floor(n / count)));
}

/** Groups one after the other, and what is left over. */
function byGroups(
  f: (block: readonly Tensor[]) => readonly Tensor[],
  rows: readonly Tensor[],
  n: number,
  group: number,
): Tensor[] {
  const count = Math.floor(n / group);
  const full = count * group;
  const cut = (x: Tensor, from: number, to: number): Tensor =>
    slice(x, [from, ...x.shape.slice(1).map(() => 0)], [to, ...x.shape.slice(1)]);
  const blocks = rows.map((x) => reshape(cut(x, 0, full), [count, group, ...x.shape.slice(1)]));
  const [, results] = scan((_carry, block) => [[], f(block)], [], blocks);
  const whole = results.map((y) => reshape(y, [full, ...y.shape.slice(2)]));
  if (full === n) return whole;
  const left = f(rows.map((x) => cut(x, full, n)));
  return whole.map((y, i) => concat([y, left[i]!]));
}

export function inPlaceStepper({ f }: InPlaceMap, dim: number): Stepper {
  const state = new Float64Array(dim);
  const out = new Float64Array(dim);
  return {
    carried: [state],
    advance(n) {
      for (let i = 0; i < n; i++) {
        f(state, out);
        state.set(out);
      }
    },
  };
}

export function inPlaceTangents({ f, df }: InPlaceMap, dim: number, k: number): Stepper {
  if (!df)
    throw new TypeError(
      "tangent: this map has no derivative; give df(x, v, out) that writes Df(x) v, or write f as an engine program",
    );
  const state = new Float64Array(dim);
  const tangents = new Float64Array(k * dim);
  const rows = Array.from({ length: k }, (_, j) => tangents.subarray(j * dim, (j + 1) * dim));
  const out = new Float64Array(dim);
  return {
    carried: [state, tangents],
    advance(n) {
      for (let i = 0; i < n; i++) {
        for (const v of rows) {
          df(state, v, out);
          v.set(out);
        }
        f(state, out);
        state.set(out);
      }
    },
  };
}

export function batchedInPlace({ f, df }: InPlaceMap, dim: number, n: number): InPlaceMap {
  const row = (x: Float64Array, i: number): Float64Array => x.subarray(i * dim, (i + 1) * dim);
  const batched = (x: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < n; i++) f(row(x, i), row(out, i));
  };
  if (!df) return { f: batched };
  return {
    f: batched,
    df(x, v, out) {
      for (let i = 0; i < n; i++) df(row(x, i), row(v, i), row(out, i));
    },
  };
}
