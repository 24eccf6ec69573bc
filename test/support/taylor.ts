import { sizeOf, stridesOf } from "../../packages/engine/src/shape.js";
import { allocate, topological, type Graph, type Tensor, type TypedArray } from "../../packages/engine/src/tensor.js";
import type { ScanAttrs } from "../../packages/engine/src/ops/scan.js";
import type { WhileAttrs } from "../../packages/engine/src/ops/while.js";
import { fixed } from "./fixed.js";
import { add, elementwise, mul, number, value, ZERO, type Jet } from "./jets.js";

/**
 * A graph evaluated on Taylor series: the independent truth for derivatives.
 *
 * Elementwise operations and sums of products are done here on series; operations that only move elements are asked where they
 * move numbered ones. No derivative rule of the engine is used.
 */
export function taylor(graph: Graph, inputs: readonly (readonly Jet[])[]): Jet[][] {
  const known = new Map<Tensor, readonly Jet[]>(graph.inputs.map((t, i) => [t, inputs[i]!]));
  const several = new Map<Tensor, Jet[][]>();
  for (const t of topological(graph.outputs)) {
    if (known.has(t)) continue;
    if (t.op.family === "get") known.set(t, several.get(t.inputs[0]!)![t.attrs as number]!);
    else if (t.op.family === "loop") {
      several.set(
        t,
        (t.op.name === "scan" ? scan : whileLoop)(
          t,
          t.inputs.map((x) => known.get(x)!),
        ),
      );
      known.set(t, []);
    } else
      known.set(
        t,
        evaluate(
          t,
          t.inputs.map((x) => known.get(x)!),
        ),
      );
  }
  return graph.outputs.map((t) => [...known.get(t)!]);
}

const numbers = (x: readonly Jet[], like: Tensor): TypedArray => {
  const out = allocate(like.dtype, x.length);
  x.forEach((j, i) => (out[i] = value(j)));
  return out;
};

/** What the operation's own definition makes of plain numbers. */
const plainly = (t: Tensor, values: readonly TypedArray[]): TypedArray => {
  const out = allocate(t.dtype, sizeOf(t.shape));
  t.op.evaluate(values, t, out);
  return out;
};

function evaluate(t: Tensor, args: readonly (readonly Jet[])[]): readonly Jet[] {
  const [a, b] = args;
  switch (t.op.family) {
    case "map": {
      const f = elementwise[t.op.name];
      if (!f) throw new Error(`no series are known for ${t.op.name}`);
      return a!.map((_, i) => f(...args.map((x) => x[i]!)));
    }
    case "view":
    case "pad":
    case "concat":
    case "take": {
      // Elements numbered from 1 through all float operands; 0 is a padded zero.
      const all: Jet[] = [ZERO];
      const named = args.map((x, i) => {
        if (t.op.family === "take" && i === 1) return numbers(x, t.inputs[1]!);
        const from = all.length;
        all.push(...x);
        return Float64Array.from(x, (_, j) => from + j);
      });
      const out = new Float64Array(sizeOf(t.shape));
      t.op.evaluate(named, t, out);
      return Array.from(out, (n) => all[n]!);
    }
    case "reduce":
      return t.op.name === "argmax" ? Array.from(plainly(t, [numbers(a!, t.inputs[0]!)]), number) : reduce(t, a!);
    case "dot":
      return dot(t, a!, b!);
    case "cast":
      return t.dtype === "i32" ? Array.from(plainly(t, [numbers(a!, t.inputs[0]!)]), number) : a!;
    case "segment": {
      const out = new Array<Jet>(sizeOf(t.shape)).fill(ZERO);
      const row = sizeOf(t.shape.slice(1));
      a!.forEach((x, i) => {
        const to = value(b![Math.floor(i / row)]!) * row + (i % row);
        out[to] = add(out[to]!, x);
      });
      return out;
    }
    case "spmv":
      return spmv(t, args);
    default:
      // Constants and random bits do not move.
      return Array.from(
        plainly(
          t,
          t.inputs.map((x, i) => numbers(args[i]!, x)),
        ),
        number,
      );
  }
}

function reduce(t: Tensor, x: readonly Jet[]): Jet[] {
  const axes = t.attrs as readonly number[];
  const { shape } = t.inputs[0]!;
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const [from, to] = [stridesOf(shape), stridesOf(kept.map((i) => shape[i]!))];
  const combine = t.op.name === "sum" ? add : elementwise[t.op.name.slice(1)]!;
  const out: (Jet | undefined)[] = new Array(sizeOf(t.shape)).fill(t.op.name === "sum" ? ZERO : undefined);
  x.forEach((v, e) => {
    const g = kept.reduce((s, axis, i) => s + (Math.floor(e / from[axis]!) % shape[axis]!) * to[i]!, 0);
    out[g] = out[g] ? combine(out[g]!, v) : v;
  });
  return out as Jet[];
}

function dot(t: Tensor, a: readonly Jet[], b: readonly Jet[]): Jet[] {
  const [x, y] = t.inputs as [Tensor, Tensor];
  const [m, k] = x.shape.slice(-2) as [number, number];
  const n = y.shape.at(-1)!;
  return Array.from({ length: sizeOf(t.shape) }, (_, at) => {
    const member = Math.floor(at / (m * n));
    const [oa, ob] = [x.shape.length === 3 ? member * m * k : 0, y.shape.length === 3 ? member * k * n : 0];
    const [i, j] = [Math.floor(at / n) % m, at % n];
    let s = ZERO;
    for (let l = 0; l < k; l++) s = add(s, mul(a[oa + i * k + l]!, b[ob + l * n + j]!));
    return s;
  });
}

function spmv(t: Tensor, [values, columns, offsets, x]: readonly (readonly Jet[])[]): Jet[] {
  const width = sizeOf(t.shape.slice(1));
  return Array.from({ length: sizeOf(t.shape) }, (_, at) => {
    const [row, j] = [Math.floor(at / width), at % width];
    let s = ZERO;
    for (let e = value(offsets![row]!); e < value(offsets![row + 1]!); e++)
      s = add(s, mul(values![e]!, x![value(columns![e]!) * width + j]!));
    return s;
  });
}

function scan(t: Tensor, args: readonly (readonly Jet[])[]): Jet[][] {
  const a = t.attrs as ScanAttrs;
  const consts = args.slice(0, a.consts);
  let carry = args.slice(a.consts, a.consts + a.carry);
  const xs = args.slice(a.consts + a.carry);
  const rows: Jet[][][] = [];
  for (let i = 0; i < a.length; i++) {
    const at = a.reverse ? a.length - 1 - i : i;
    const out = taylor(a.body, [
      ...consts,
      ...carry,
      ...xs.map((x) => x.slice((at * x.length) / a.length, ((at + 1) * x.length) / a.length)),
    ]);
    carry = out.slice(0, a.carry);
    rows[at] = out.slice(a.carry);
  }
  return [...carry.map((c) => [...c]), ...t.outs!.slice(a.carry).map((_, j) => rows.flatMap((r) => r[j]!))];
}

function whileLoop(t: Tensor, args: readonly (readonly Jet[])[]): Jet[][] {
  const a = t.attrs as WhileAttrs;
  const consts = args.slice(0, a.consts);
  let carry = args.slice(a.consts);
  let rounds = 0;
  for (; rounds < a.limit && value(taylor(a.cond, [...consts, ...carry])[0]![0]!) !== 0; rounds++)
    carry = taylor(a.body, [...consts, ...carry]);
  return [...carry.map((c) => [...c]), [number(rounds)]];
}

/** f along x + t v: value and first three derivatives by t of each element of each output, in full precision. */
export function along(graph: Graph, x: readonly ArrayLike<number>[], v: readonly ArrayLike<number>[]): bigint[][][] {
  const FACTORIAL = [1n, 1n, 2n, 6n];
  const inputs = x.map((xi, i) => Array.from(xi, (value, j) => [fixed(value), fixed(v[i]![j]!), 0n, 0n]));
  return taylor(graph, inputs).map((out) => out.map((jet) => jet.map((c, k) => c * FACTORIAL[k]!)));
}
