import { simplify, trace, type Graph, type Tensor, type TensorFunction } from "#engine";
import { down, elementwise, times, up, type Interval } from "./arithmetic.js";

/** Intervals for the elements of a tensor, row-major. */
export interface Enclosure {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** Operations that move elements and do nothing else to them: done on both ends. */
const MOVES = new Set(["leaf", "view", "pad", "concat", "take", "cast"]);
/** Reductions that do not fall in any element: done on both ends too. */
const MONOTONE = new Set(["amax", "amin"]);

/** Operations whose value can jump; `select` only where its condition changes. */
const JUMPS = new Set(["floor", "ceil", "round", "sign", "lt", "le", "eq", "ne", "select"]);

/**
 * Names of the operations at which a tensor function may be discontinuous; none for one that is continuous for certain.
 *
 * *Arguments*: as for `intervalExtension`. *Returns*: each name once. *Cost*: one trace.
 * *Example*: `[jumps((x) => tanh(x), [[2]]), jumps((x) => floor(x), [[2]])] // [[], ["floor"]]`
 */
export function jumps(f: TensorFunction, shapes: readonly (readonly number[])[]): string[] {
  const graph = graphOf(f, shapes);
  const moving = new Set<Tensor>(graph.inputs);
  const found = new Set<string>();
  for (const t of sorted(graph)) {
    const deciding = t.op.name === "select" ? t.inputs.slice(0, 1) : t.inputs;
    if (JUMPS.has(t.op.name) && deciding.some((x) => moving.has(x))) found.add(t.op.name);
    if (t.inputs.some((x) => moving.has(x))) moving.add(t);
  }
  return [...found];
}

const graphOf = (f: TensorFunction, shapes: readonly (readonly number[])[]): Graph =>
  simplify(
    trace(
      f,
      shapes.map((shape) => ({ dtype: "f64" as const, shape })),
    ),
  );

/**
 * The interval extension of a tensor function: for boxes of arguments, intervals that hold every value of the exact function.
 *
 * *Definition*: each operation is replaced by the smallest interval that it can be shown to stay in, ends rounded outwards: by one unit in the
 * last place for arithmetic, by the stated error bound for elementary functions.
 * *Arguments*: `f`, traced once; `shapes` of its arguments (f64).
 * *Returns*: a function from enclosures of the arguments to those of the results.
 * *Error*: the enclosure is certain, but wide where a variable occurs several times: proportional to the box, for a differentiable f. Throws when
 * the program holds an operation that cannot be enclosed, naming it: loops, random bits, sparse products, argmax, and f32.
 * *Cost*: plain code, some 10 ns an element and operation; for few dimensions and small networks.
 * *Source*: Moore, Kearfott, Cloud 2009, Introduction to interval analysis, chapters 2 to 5.
 * *Example*: `const [{ lo, hi }] = intervalExtension((x) => mul(x, x), [[1]])([{ lo: [1], hi: [2] }]); [lo[0], hi[0]] // [1.0000000, 4.0000000]`
 */
export function intervalExtension(
  f: TensorFunction,
  shapes: readonly (readonly number[])[],
): (args: readonly Enclosure[]) => Enclosure[] {
  const graph = graphOf(f, shapes);
  const order = sorted(graph);
  const inputs = new Set(graph.inputs);
  for (const t of order) if (!inputs.has(t)) check(t);
  const step = (t: Tensor, known: Map<Tensor, Enclosure>): void => {
    known.set(
      t,
      enclose(
        t,
        t.inputs.map((x) => known.get(x)!),
      ),
    );
  };
  // What does not depend on the arguments is enclosed once.
  const fixed = new Map<Tensor, Enclosure>();
  const moving: Tensor[] = [];
  for (const t of order) {
    if (inputs.has(t)) continue;
    if (t.inputs.every((x) => fixed.has(x))) step(t, fixed);
    else moving.push(t);
  }
  return (args) => {
    const known = new Map(fixed);
    graph.inputs.forEach((t, i) => known.set(t, args[i]!));
    for (const t of moving) step(t, known);
    return graph.outputs.map((t) => known.get(t)!);
  };
}

/** Operands before users. */
function sorted({ outputs }: Graph): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack = outputs.map((t) => ({ t, next: 0 }));
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const operand = done.has(top.t) ? undefined : top.t.inputs[top.next++];
    if (operand !== undefined) {
      if (!done.has(operand)) stack.push({ t: operand, next: 0 });
      continue;
    }
    if (!done.has(top.t)) order.push(top.t);
    done.add(top.t);
    stack.pop();
  }
  return order;
}

function check(t: Tensor): void {
  const { name, family } = t.op;
  const fine =
    (MOVES.has(family) && name !== "input") ||
    (family === "map" && name in elementwise) ||
    family === "dot" ||
    name === "sum" ||
    MONOTONE.has(name);
  if (!fine || t.dtype === "f32")
    throw new RangeError(
      `intervalExtension: the operation ${family === "get" ? t.inputs[0]!.op.name : name}${t.dtype === "f32" ? " in f32" : ""} cannot be enclosed; allowed: elementwise operations, sums, extremes, products and views in f64`,
    );
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function enclose(t: Tensor, x: readonly Enclosure[]): Enclosure {
  const n = size(t.shape);
  const both = (): Enclosure => {
    const [lo, hi] = [new Float64Array(n), new Float64Array(n)];
    t.op.evaluate(
      x.map((v) => v.lo),
      t,
      lo,
    );
    t.op.evaluate(
      x.map((v) => v.hi),
      t,
      hi,
    );
    return { lo, hi };
  };
  if (t.op.family === "map") return map(elementwise[t.op.name]!, x, n);
  if (t.op.name === "sum") return sum(t, x[0]!, n);
  return t.op.family === "dot" ? dot(t, x, n) : both();
}

function map(f: (...x: Interval[]) => Interval, x: readonly Enclosure[], n: number): Enclosure {
  const [lo, hi] = [new Float64Array(n), new Float64Array(n)];
  const [a, b] = x as [Enclosure, Enclosure?];
  for (let i = 0; i < n; i++) {
    const first: Interval = [a.lo[i]!, a.hi[i]!];
    let found: Interval;
    if (x.length === 1) found = f(first);
    else if (x.length === 2) found = f(first, [b!.lo[i]!, b!.hi[i]!]);
    else found = f(...x.map((v): Interval => [v.lo[i]!, v.hi[i]!]));
    lo[i] = found[0];
    hi[i] = found[1];
  }
  return { lo, hi };
}

/** A sum with what the rounding of its partial sums can do: one unit in the last place of the sum of moduli for each term. */
function sum(t: Tensor, { lo, hi }: Enclosure, n: number): Enclosure {
  const terms = n === 0 ? 0 : lo.length / n;
  const end = (v: Float64Array): { total: Float64Array; moduli: Float64Array } => {
    const [total, moduli] = [new Float64Array(n), new Float64Array(n)];
    t.op.evaluate([v], t, total);
    t.op.evaluate([v.map(Math.abs)], t, moduli);
    return { total, moduli };
  };
  const [low, high] = [end(lo), end(hi)];
  const slack = (m: number): number => up(m * terms * Number.EPSILON, terms + 2);
  return {
    lo: low.total.map((s, i) => ordered(down(s - slack(low.moduli[i]!)), -Infinity)),
    hi: high.total.map((s, i) => ordered(up(s + slack(high.moduli[i]!)), Infinity)),
  };
}

const ordered = (x: number, otherwise: number): number => (Number.isNaN(x) ? otherwise : x);

/** Products of ends, added up with what rounding can do to them: one unit in the last place of the sum of moduli for each operation. */
function dot(t: Tensor, [a, b]: readonly Enclosure[], n: number): Enclosure {
  const [x, y] = t.inputs as [Tensor, Tensor];
  const [m, k] = x.shape.slice(-2) as [number, number];
  const columns = y.shape.at(-1)!;
  const [lo, hi] = [new Float64Array(n), new Float64Array(n)];
  for (let e = 0; e < n; e++) {
    const [row, column] = [Math.floor(e / columns), e % columns];
    const v = Math.floor(row / m);
    const left = (x.shape.length === 3 ? row : row - v * m) * k;
    const right = (y.shape.length === 3 ? v * k * columns : 0) + column;
    let [low, high, moduli] = [0, 0, 0];
    for (let l = 0; l < k; l++) {
      const [al, ah, bl, bh] = [a!.lo[left + l]!, a!.hi[left + l]!, b!.lo[right + l * columns]!, b!.hi[right + l * columns]!];
      const [p, q, r, s] = [times(al, bl), times(al, bh), times(ah, bl), times(ah, bh)];
      const [least, most] = [Math.min(p, q, r, s), Math.max(p, q, r, s)];
      low += least;
      high += most;
      moduli += Math.max(Math.abs(least), Math.abs(most));
    }
    const slack = up(moduli * (k + 1) * Number.EPSILON, k + 4) + k * Number.MIN_VALUE;
    lo[e] = ordered(down(low - slack), -Infinity);
    hi[e] = ordered(up(high + slack), Infinity);
  }
  return { lo, hi };
}
