import { get } from "../ops/loop.js";
import type { ScanAttrs } from "../ops/scan.js";
import { mul } from "../ops/elementwise.js";
import { broadcastTo, reshapeOp, transposeOp } from "../ops/views.js";
import {
  constantOp,
  isScalarConstant,
  node,
  topological,
  withInputs,
  type Graph,
  type Tensor,
  type TypedArray,
} from "../tensor.js";
import { dependents } from "./trace.js";
import { sameShape } from "../shape.js";

/**
 * An equal graph with fewer nodes: common subexpressions once, products with 1 and sums with 0 gone, views of views merged, columns times
 * rows elementwise, and a loop dropped where another computes all of its results (a derivative's loop contains the plain one).
 *
 * *Error*: results keep their bits, except that -0 + 0 may become -0.
 * *Cost*: a few passes over the graph, loop bodies included.
 * *Example*: `const g = trace((x) => mul(1, add(x, 0)), [{ dtype: "f64", shape: [2] }]); simplify(g).outputs[0] === g.inputs[0] // true`
 */
export function simplify(graph: Graph): Graph {
  const bodies = new Map<Graph, Graph>();
  let outputs = rewrite(graph.outputs, bodies);
  const merged = mergeLoops(outputs);
  if (merged) outputs = rewrite(merged, bodies);
  return { inputs: graph.inputs, outputs };
}

function rewrite(outputs: readonly Tensor[], bodies: Map<Graph, Graph>): Tensor[] {
  const known = new Map<string, Tensor>();
  const now = new Map<Tensor, Tensor>();
  const numbers = new Map<unknown, number>();
  const numberOf = (x: unknown): number => {
    if (!numbers.has(x)) numbers.set(x, numbers.size);
    return numbers.get(x)!;
  };
  const inner = (g: Graph): Graph => {
    if (!bodies.has(g)) bodies.set(g, simplify(g));
    return bodies.get(g)!;
  };
  for (const t of topological(outputs)) {
    const inputs = t.inputs.map((x) => now.get(x)!);
    let made = inputs.every((x, i) => x === t.inputs[i]) ? t : withInputs(t, inputs);
    if (t.op.family === "loop") {
      const { body, cond } = t.attrs as { body: Graph; cond?: Graph };
      made = node(
        t.op,
        inputs,
        t.dtype,
        t.shape,
        { ...t.attrs, body: inner(body), ...(cond ? { cond: inner(cond) } : {}) },
        t.outs,
      );
    }
    made = algebra(made);
    const key = keyOf(made, numberOf);
    const same = key === undefined ? undefined : known.get(key);
    if (key !== undefined && !same) known.set(key, made);
    now.set(t, same ?? made);
  }
  return outputs.map((t) => now.get(t)!);
}

function keyOf(t: Tensor, numberOf: (x: unknown) => number): string | undefined {
  if (t.op.name === "input") return undefined;
  const head = `${t.op.name}|${t.dtype}|${t.shape.join()}|${t.inputs.map((x) => x.id).join()}|`;
  if (t.op === constantOp) {
    const data = t.attrs as TypedArray;
    // Object.is semantics: -0 and 0 are different constants.
    return data.length === 1 ? `${head}${Object.is(data[0], -0) ? "-0" : data[0]}` : `${head}#${numberOf(data)}`;
  }
  if (t.op.family === "loop") {
    const { body, cond, ...rest } = t.attrs as { body: Graph; cond?: Graph; contains?: unknown };
    delete rest.contains;
    return `${head}${numberOf(body)}|${cond ? numberOf(cond) : ""}|${JSON.stringify(rest)}`;
  }
  return head + JSON.stringify(t.attrs);
}

/** The constant behind broadcasts and reshapes, if it is a single number. */
function scalarBehind(t: Tensor): Tensor {
  let x = t;
  while ((x.op.name === "broadcast" || x.op.name === "reshape") && x.inputs[0]!.op.family !== "get") x = x.inputs[0]!;
  return x;
}

const is = (t: Tensor, value: number): boolean => isScalarConstant(scalarBehind(t), value);

function algebra(t: Tensor): Tensor {
  const [a, b] = t.inputs;
  switch (t.op.name) {
    case "mul":
      if (is(a!, 1)) return b!;
      if (is(b!, 1)) return a!;
      return t;
    case "div":
      return is(b!, 1) ? a! : t;
    case "add":
      if (is(a!, 0)) return b!;
      if (is(b!, 0)) return a!;
      return t;
    case "sub":
      return is(b!, 0) ? a! : t;
    case "neg":
      return a!.op.name === "neg" ? a!.inputs[0]! : t;
    case "dot":
      // A column times a row sums nothing: elementwise, it joins its neighbours' loops.
      return a!.shape.at(-1) === 1 ? mul(broadcastTo(a!, t.shape), broadcastTo(b!, t.shape)) : t;
    case "reshape": {
      const x = a!.op === reshapeOp ? a!.inputs[0]! : a!;
      if (sameShape(x.shape, t.shape)) return x;
      return x === a ? t : node(reshapeOp, [x], t.dtype, t.shape);
    }
    case "transpose": {
      if (a!.op !== transposeOp) return t;
      const order = (t.attrs as number[]).map((p) => (a!.attrs as number[])[p]!);
      const x = a!.inputs[0]!;
      return order.every((p, i) => p === i) ? x : node(transposeOp, [x], t.dtype, t.shape, order);
    }
    default:
      return t;
  }
}

/** Replaces results of loops by those of loops that contain them; undefined if there are none. */
function mergeLoops(outputs: readonly Tensor[]): Tensor[] | undefined {
  const order = topological(outputs);
  const scans = order.filter((t) => t.op.name === "scan");
  const instead = new Map<Tensor, { by: Tensor; outs: readonly number[] }>();
  for (const big of scans) {
    const { contains } = big.attrs as ScanAttrs;
    if (!contains) continue;
    for (const small of scans) {
      if (small === big || instead.has(small) || (small.attrs as ScanAttrs).origin !== contains.origin) continue;
      if (small.inputs.length !== contains.inputs.length || small.inputs.some((x, i) => x !== big.inputs[contains.inputs[i]!]))
        continue;
      // Not where the larger loop itself waits for the smaller one.
      if (dependents([big], [small]).has(big) || (instead.get(big) && instead.get(big)!.by === small)) continue;
      instead.set(small, { by: big, outs: contains.outs });
    }
  }
  if (instead.size === 0) return undefined;
  const now = new Map<Tensor, Tensor>();
  for (const t of order) {
    if (t.op.family === "get") {
      let loop = t.inputs[0]!;
      let index = t.attrs as number;
      for (let next = instead.get(loop); next; next = instead.get(loop)) {
        index = next.outs[index]!;
        loop = next.by;
      }
      if (loop !== t.inputs[0]) {
        now.set(t, get(loop, index));
        continue;
      }
    }
    now.set(t, t);
  }
  return deepReplace(outputs, now);
}

/** Rebuilds with replacements whose own operands may hold further replaced nodes. */
function deepReplace(outputs: readonly Tensor[], replace: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const done = new Map<Tensor, Tensor>();
  const roots = outputs.map((t) => replace.get(t) ?? t);
  const stack: Tensor[] = [...roots];
  while (stack.length) {
    const t = stack[stack.length - 1]!;
    if (done.has(t)) {
      stack.pop();
      continue;
    }
    const inputs = t.inputs.map((x) => replace.get(x) ?? x);
    const missing = inputs.filter((x) => !done.has(x));
    if (missing.length) {
      stack.push(...missing);
      continue;
    }
    const fresh = inputs.map((x) => done.get(x)!);
    done.set(t, fresh.every((x, i) => x === t.inputs[i]) ? t : withInputs(t, fresh));
    stack.pop();
  }
  return roots.map((t) => done.get(t)!);
}
