import { interpret } from "./interpret.js";
import { show, sizeOf, type Shape } from "./shape.js";
import { allocate, type DType, type TypedArray } from "./tensor.js";
import type { Threads } from "./threads.js";
import { simplify } from "./transform/simplify.js";
import { trace, type TensorFunction } from "./transform/trace.js";
import { emit, viewOf } from "./wasm/emit.js";

/** Shape and element type (default f64) of an argument. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype?: DType;
}

export interface CompileOptions {
  /** How many leading outputs feed the inputs of the same number in `iterate` (default: all). */
  readonly state?: number;
  /** A pool from `threads(n)`; default one thread. The results are the same. */
  readonly threads?: Threads;
}

/**
 * A compiled program. Nothing needs to be released: it goes when it is no longer used.
 *
 * `inputs` and `outputs` are views of the program's own memory: write into the first, read the second after a run.
 */
export interface Program<A extends TypedArray = Float64Array> {
  readonly inputs: readonly A[];
  readonly outputs: readonly A[];
  /** Computes the outputs from the inputs. */
  run(): void;
  /** n runs, each feeding the first `state` outputs back to the inputs, without leaving WebAssembly. n >= 0 an integer. */
  iterate(n: number): void;
  /** Bytes of memory and of machine-independent code. */
  readonly size: { readonly memory: number; readonly code: number };
}

const typesOf = (specs: readonly Spec[]) => specs.map((s) => ({ shape: s.shape, dtype: s.dtype ?? ("f64" as const) }));

/**
 * Compiles a tensor function for given shapes to one WebAssembly module with statically planned memory.
 *
 * *Arguments*: `f`: an ordinary function over tensors, run once to trace it; `specs`: its arguments' shapes and element types.
 * *Returns*: a Program. Element types of its views follow the specs (Float64Array unless asked otherwise).
 * *Error*: bits equal those of the reference interpreter wherever the order of operations is the same (all but sums over a
 * contiguous last axis). Throws on shapes that do not fit, naming both.
 * *Cost*: a few milliseconds to compile; calls cost nanoseconds.
 * Each program has a memory of its own; Chromium holds some 125 of them at a time in one process, Node thousands.
 * *Example*: `const p = compile((x) => [sum(mul(x, x))], [{ shape: [3] }]); p.inputs[0].set([1, 2, 3]); p.run(); p.outputs[0] // [14]`
 */
export function compile<A extends TypedArray = Float64Array>(
  f: TensorFunction,
  specs: readonly Spec[],
  options: CompileOptions = {},
): Program<A> {
  if (options.threads !== undefined && typeof (options.threads as Partial<Threads>).add !== "function")
    throw new TypeError(
      `compile: threads ${String(options.threads)} given; allowed: a pool, made once by \`const pool = await threads(2)\``,
    );
  const graph = simplify(trace(f, typesOf(specs)));
  const state = options.state ?? graph.outputs.length;
  const feeds = Array.from({ length: state }, (_, i) => [graph.inputs[i], graph.outputs[i]] as const);
  const misfit = feeds.findIndex(([x, y]) => !x || !y || x.dtype !== y.dtype || show(x.shape) !== show(y.shape));
  if (options.state !== undefined && misfit >= 0) {
    const [x, y] = feeds[misfit]!;
    throw new RangeError(
      `compile: output ${misfit} (${y ? `${y.dtype} ${show(y.shape)}` : "missing"}) cannot feed input ${misfit} (${x ? `${x.dtype} ${show(x.shape)}` : "missing"})`,
    );
  }
  const { bytes, pages, lowered, threaded } = emit(graph, misfit >= 0 ? 0 : state, options.threads?.count ?? 1);
  const pool = threaded ? options.threads : undefined;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: pool !== undefined });
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const main = instance.exports["main"] as (thread: number, threads: number, rounds: number, feed: number) => void;
  for (const c of lowered.constants) viewOf(memory, c.place).set(c.data);
  const id = pool?.add(module, memory);
  const go = (rounds: number, feed: boolean): void => {
    if (pool && rounds > 0) pool.start(id!, rounds, feed);
    main(0, pool?.count ?? 1, rounds, feed ? 1 : 0);
  };
  const views = (places: typeof lowered.inputs, shapes: readonly { shape: Shape }[]): A[] =>
    places.map((p, i) => viewOf(memory, p).subarray(0, sizeOf(shapes[i]!.shape)) as A);
  const program: Program<A> = {
    inputs: views(lowered.inputs, graph.inputs),
    outputs: views(lowered.outputs, graph.outputs),
    run: () => go(1, false),
    iterate(n) {
      if (!Number.isInteger(n) || n < 0 || n > 2147483647)
        throw new RangeError(`iterate: n must be an integer from 0 to 2147483647, got ${n}`);
      if (misfit >= 0)
        throw new RangeError(
          `iterate: output ${misfit} does not fit input ${misfit}; name the number of state outputs with { state }`,
        );
      go(n, true);
    },
    size: { memory: pages * 65536, code: bytes.length },
  };
  if (pool) abandoned.register(program, { pool, id: id! });
  return program;
}

/** Workers forget a program once nobody here can run it any more. */
const abandoned = new FinalizationRegistry<{ pool: Threads; id: number }>(({ pool, id }) => pool.drop(id));

/** An argument of `evaluate`: numbers and their shape (default [length], f64). */
export interface Argument {
  readonly data: ArrayLike<number>;
  readonly shape?: Shape;
  readonly dtype?: DType;
}

/**
 * The reference meaning of a tensor function: interprets its graph, unsimplified, operation by operation.
 *
 * *Arguments*: `f`; one `Argument` for each of its own: `data` row-major, `shape` (default [length]) and `dtype` (default f64).
 * *Returns*: one flat array a result.
 * *Error*: throws when the data do not fit their shape.
 * *Cost*: slow; for checking compiled programs and for single small evaluations.
 * *Example*: `evaluate((x) => sum(x), { data: [1, 2, 3] })[0] // [6]`
 */
export function evaluate(f: TensorFunction, ...args: readonly Argument[]): TypedArray[] {
  const specs = typesOf(args.map((a) => ({ shape: a.shape ?? [a.data.length], ...(a.dtype ? { dtype: a.dtype } : {}) })));
  const graph = trace(f, specs);
  return interpret(
    graph,
    args.map((a, i) => {
      const { dtype, shape } = specs[i]!;
      if (a.data.length !== sizeOf(shape))
        throw new RangeError(`evaluate: argument ${i} has ${a.data.length} numbers for shape ${show(shape)}`);
      const v = allocate(dtype, a.data.length);
      v.set(a.data);
      return v;
    }),
  );
}
