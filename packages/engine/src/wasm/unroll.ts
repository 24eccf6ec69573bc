import { padAccess } from "../ops/assemble.js";
import type { ScanAttrs } from "../ops/scan.js";
import type { Access, ViewOp } from "../ops/views.js";
import { sizeOf, stridesOf, type Shape } from "../shape.js";
import { topological, type Graph, type Op, type Tensor, type Type, type TypedArray } from "../tensor.js";
import { arrange, type Arrangement, type Item } from "./cluster.js";
import type { Dim } from "./place.js";
import { FOLDS, reductionNest } from "./reduce.js";
import { straight, type Straight } from "./straight.js";
import { lanesOf } from "./vectors.js";

/** The values of a tensor's elements, row-major. */
export type Numbers = readonly number[];

/** A tensor that is not computed here: its elements, and the strides with which they lie in memory. */
export interface Given {
  readonly numbers: Numbers;
  readonly strides: readonly number[];
}

/** Elements of a tensor that a loop, or a whole program, keeps in registers. */
const TINY = 64;
/** Elements of a tensor in the midst of others: a kernel of its own would do more of them as fast. */
export const TINIER = 16;
/** Elements of an elementary function: a kernel does more of them as fast, in less code. */
const FUNCTIONS = 4;
/** From so many operations on, an elementary function is called and not written out. */
const CALLED = 100;
/** Multiplications of one matrix product; a kernel uses both halves of its vectors. */
const PRODUCTS = 128;
/** Operations of a loop that is written out round by round. */
const UNROLLED = 1024;
/** Operations of one straight piece: what a processor's instruction cache and a compiler's patience hold. */
export const LARGEST = 4096;

/** The number of sums that a vector of the other kernels keeps. */
const LANES = lanesOf("f64");

const weights = new WeakMap<Op, number>();
/** Operations that an elementwise operation takes. */
function weight(op: Op, operands: number): number {
  let w = weights.get(op);
  if (w === undefined) {
    const s = straight();
    op.lanes!(
      s.lanes,
      Array.from({ length: operands }, (_, i) => s.read(i)),
    );
    weights.set(op, (w = s.list.filter((i) => i.args.length > 0).length));
  }
  return w;
}

/** Whether an operation is so long that straight code calls it. */
const isCalled = (op: Op, operands: number): boolean => !op.single && weight(op, operands) > CALLED;

const costs = new WeakMap<Graph, number>();
/** At most so many operations make up a graph's straight code; infinite where it cannot be straight. */
function operationsOf(graph: Graph): number {
  let cost = costs.get(graph);
  if (cost === undefined) {
    const given = new Set(graph.inputs);
    cost = 0;
    for (const t of topological(graph.outputs)) if (!given.has(t)) cost += operations(t);
    costs.set(graph, cost);
  }
  return cost;
}

/** Whether a tensor does not belong into registers. */
const large = (x: Type, most: number): boolean => sizeOf(x.shape) > most || x.dtype === "f32";

/** Whether a graph can be straight code, its inputs and outputs included. */
export const isStraight = (graph: Graph): boolean =>
  operationsOf(graph) <= LARGEST && ![...graph.inputs, ...graph.outputs].some((x) => large(x, TINY));

/** The same of one tensor; none of those involved has more than `most` elements. */
export function operations(t: Tensor, most = TINY): number {
  if (t.op.family === "leaf" || t.op.family === "get") return 0;
  if ([...t.inputs, ...(t.outs ?? [t])].some((x) => large(x, most))) return Infinity;
  const size = sizeOf(t.shape);
  switch (t.op.family) {
    case "view":
    case "pad":
    case "concat":
      return 0;
    case "map":
      return t.op.single || size <= FUNCTIONS ? size * weight(t.op, t.inputs.length) : Infinity;
    case "reduce":
      return sizeOf(t.inputs[0]!.shape) * (t.op.name === "argmax" ? 3 : 1);
    case "dot":
      return size * t.inputs[0]!.shape.at(-1)! <= PRODUCTS ? 2 * size * t.inputs[0]!.shape.at(-1)! : Infinity;
    case "cast":
      return 6 * size;
    case "take":
      return t.inputs[0]!.shape[0] === 0 ? Infinity : 2 * size * t.inputs[0]!.shape[0]!;
    case "loop": {
      if (t.op.name !== "scan") return Infinity;
      const { length, body } = t.attrs as ScanAttrs;
      const all = length * (operationsOf(body) + 1);
      return all <= UNROLLED ? all : Infinity;
    }
    default:
      return Infinity;
  }
}

/** The numbers of a row-major array at `access`, row-major in `shape`. */
export function strided(shape: Shape, { offset, strides }: Access): number[] {
  let at = [offset];
  shape.forEach((size, d) => {
    at = at.flatMap((from) => Array.from({ length: size }, (_, i) => from + i * strides[d]!));
  });
  return at;
}

/** Tensors as straight code. */
export interface Unroller {
  /** Writes what an arrangement computes together. */
  item(item: Item): void;
  /** The elements of a tensor that is given, has been written, or is a view of such. */
  numbers(t: Tensor): Numbers;
}

/**
 * Writes the tensors of an arrangement as straight code.
 *
 * *Arguments*: `given`: the elements of tensors that are not computed here.
 * *Error*: sums are added in the order of the kernels that would do them otherwise: the bits are the same.
 */
export function unroller(s: Straight, arrangement: Arrangement, given: (t: Tensor) => Given | undefined): Unroller {
  const l = s.lanes;
  const known = new Map<Tensor, Numbers>();
  const results = new Map<Tensor, readonly Numbers[]>();

  function numbers(t: Tensor): Numbers {
    let made = known.get(t) ?? given(t)?.numbers;
    if (!made) {
      if (t.op.family === "get") made = results.get(t.inputs[0]!)![t.attrs as number]!;
      else if (t.op.name === "constant") made = Array.from(t.attrs as TypedArray, (v) => l.const(v));
      else made = computed(t);
    }
    known.set(t, made);
    return made;
  }
  /** How a tensor would lie in memory; what is computed lies row-major. */
  function strides(t: Tensor): readonly number[] {
    const there = given(t);
    if (there) return there.strides;
    if (t.op.family !== "view") return stridesOf(t.shape);
    return (t.op as ViewOp).access(t, strides(t.inputs[0]!))?.strides ?? stridesOf(t.shape);
  }

  function computed(t: Tensor): Numbers {
    const operands = t.inputs.map(numbers);
    const [x, y] = operands as [Numbers, Numbers];
    const [a] = t.inputs as [Tensor];
    switch (t.op.family) {
      case "view":
        return strided(t.shape, (t.op as ViewOp).access(t, stridesOf(a.shape))!).map((i) => x[i]!);
      case "map":
        return mapped(t, operands);
      case "pad": {
        const out = new Array<number>(sizeOf(t.shape)).fill(l.const(0));
        strided(a.shape, padAccess(t)).forEach((to, i) => (out[to] = x[i]!));
        return out;
      }
      case "concat": {
        const axis = t.attrs as number;
        const out = new Array<number>(sizeOf(t.shape));
        const row = stridesOf(t.shape);
        let start = 0;
        t.inputs.forEach((part, j) => {
          strided(part.shape, { offset: start * row[axis]!, strides: row }).forEach((to, i) => (out[to] = operands[j]![i]!));
          start += part.shape[axis]!;
        });
        return out;
      }
      case "reduce":
        return t.op.name === "argmax" ? largest(a.shape, t.attrs as number, x) : reduced(t, x);
      case "dot":
        return product(t, x, y);
      case "cast":
        return t.dtype === "i32" ? x.map(whole) : x;
      case "take": {
        const [rows, width] = [a.shape[0]!, sizeOf(a.shape.slice(1))];
        // The nearest row where there is none of that number.
        return y.flatMap((index) =>
          Array.from({ length: width }, (_, j) => {
            let v = x[j]!;
            for (let r = 1; r < rows; r++) v = l.select(l.le(l.const(r), index), x[r * width + j]!, v);
            return v;
          }),
        );
      }
      default:
        throw new Error(`straight code: no rule for ${t.op.name}`);
    }
  }

  function mapped(t: Tensor, operands: readonly Numbers[]): Numbers {
    const out: number[] = [];
    for (let i = 0; i < sizeOf(t.shape); i++) {
      const since = s.list.length;
      const args = operands.map((o) => o[i]!);
      const v = isCalled(t.op, args.length) ? s.call(t.op, args) : t.op.lanes!(l, args);
      // Expensive operations on neighbours are worth bringing together.
      if (!t.op.single && i % 2 === 1) s.neighbours.push([out[i - 1]!, v, since]);
      out.push(v);
    }
    return out;
  }

  /** Truncated toward zero, within 32 bits; NaN gives 0. */
  function whole(v: number): number {
    const inside = l.pmax(l.pmin(l.trunc(v), l.const(2147483647)), l.const(-2147483648));
    return l.add(l.select(l.eq(v, v), inside, l.const(0)), l.const(0));
  }

  function product(t: Tensor, x: Numbers, y: Numbers): Numbers {
    const [a, b] = t.inputs as [Tensor, Tensor];
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape.at(-1)!;
    return Array.from({ length: sizeOf(t.shape) }, (_, at) => {
      const [v, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
      const [rowOf, columnOf] = [((a.shape.length === 3 ? v * m : 0) + i) * k, (b.shape.length === 3 ? v * k * n : 0) + j];
      let total = l.const(0);
      for (let c = 0; c < k; c++) {
        const p = l.mul(x[rowOf + c]!, y[columnOf + c * n]!);
        total = c === 0 ? p : l.add(total, p);
      }
      return total;
    });
  }

  function largest(shape: Shape, axis: number, x: Numbers): Numbers {
    const [n, inner] = [shape[axis]!, sizeOf(shape.slice(axis + 1))];
    return Array.from({ length: sizeOf(shape.slice(0, axis)) * inner }, (_, u) => {
      let [top, best] = [l.const(-Infinity), l.const(0)];
      for (let k = 0; k < n; k++) {
        const v = x[(Math.floor(u / inner) * n + k) * inner + (u % inner)]!;
        const more = l.lt(top, v);
        best = l.select(more, l.const(k), best);
        top = l.select(more, v, top);
      }
      return best;
    });
  }

  /** In the order of `reduceKernels`: down the columns, or in vectors along the rows, the elements left over apart. */
  function reduced(t: Tensor, x: Numbers): Numbers {
    const [a] = t.inputs as [Tensor];
    const axes = t.attrs as number[];
    const { combine, start } = FOLDS[t.op.name]!;
    const inlined = arrangement.inlined(t);
    const loads = (inlined.length ? arrangement.operands(inlined).loads : [a]).map(strides);
    const to = new Array<number>(a.shape.length).fill(0);
    const outRow = stridesOf(t.shape);
    [...a.shape.keys()].filter((i) => !axes.includes(i)).forEach((axis, i) => (to[axis] = outRow[i]!));
    // Row-major strides never keep two dimensions apart: they may ride along and tell the elements.
    const dims = reductionNest(a.shape, axes, [stridesOf(a.shape), to, ...loads]);
    const offsets = (some: readonly Dim[], operand: number): number[] =>
      strided(
        some.map((d) => d.size),
        { offset: 0, strides: some.map((d) => d.strides[operand]!) },
      );
    const [kept, along] = [0, 1].map((tag) => dims.filter((d) => d.tag === tag)) as [Dim[], Dim[]];
    const into = (total: number, v: number): number => combine.lanes!(l, [total, v]);
    const out = new Array<number>(sizeOf(t.shape));
    const targets = offsets(kept, 1);
    offsets(kept, 0).forEach((from, i) => {
      const inner = along.at(-1)!;
      if (dims.at(-1)!.tag === 0) {
        out[targets[i]!] = offsets(along, 0).reduce((total, at) => into(total, x[from + at]!), l.const(start));
        return;
      }
      const rest = inner.size % LANES;
      const sums = new Array<number>(LANES + 1).fill(l.const(start));
      for (const at of offsets(along.slice(0, -1), 0))
        for (let j = 0; j < inner.size; j++) {
          const which = j < inner.size - rest ? j % LANES : LANES;
          sums[which] = into(sums[which]!, x[from + at + j * inner.strides[0]!]!);
        }
      out[targets[i]!] = sums.slice(1, rest ? LANES + 1 : LANES).reduce(into, sums[0]!);
    });
    return out;
  }

  /** A loop's rounds one after another. */
  function rounds(t: Tensor): readonly Numbers[] {
    const { body, consts, carry, length, reverse } = t.attrs as ScanAttrs;
    const operands = t.inputs.map(numbers);
    const inner = arrange(body.outputs, new Set(body.inputs));
    const ys: Numbers[][] = body.outputs.slice(carry).map(() => []);
    let state = operands.slice(consts, consts + carry);
    for (let i = 0; i < length; i++) {
      const at = reverse ? length - 1 - i : i;
      const elements = operands.slice(consts + carry).map((x) => {
        const size = x.length / length;
        return x.slice(at * size, (at + 1) * size);
      });
      const bound = [...operands.slice(0, consts), ...state, ...elements];
      const results = unrolled(s, body, inner, bound);
      state = results.slice(0, carry);
      results.slice(carry).forEach((y, j) => (ys[j]![at] = y));
    }
    return [...state, ...ys.map((y) => y.flat())];
  }

  return {
    numbers,
    item({ nodes }) {
      for (const t of nodes) {
        if (t.op.family === "loop") results.set(t, rounds(t));
        else numbers(t);
      }
    },
  };
}

/** The outputs of a graph whose inputs have the elements `bound`. */
export function unrolled(s: Straight, graph: Graph, arrangement: Arrangement, bound: readonly Numbers[]): Numbers[] {
  const given = new Map<Tensor, Given>(graph.inputs.map((t, i) => [t, { numbers: bound[i]!, strides: stridesOf(t.shape) }]));
  const u = unroller(s, arrangement, (t) => given.get(t));
  arrangement.items.forEach(u.item);
  return graph.outputs.map(u.numbers);
}
