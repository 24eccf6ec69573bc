import type { Lanes } from "./lanes/lanes.js";
import { show, sizeOf, type Shape } from "./shape.js";

/** Element types. i32 holds indices only: it is gathered with and converted, never computed with. */
export type DType = "f64" | "f32" | "i32";
export type TypedArray = Float64Array | Float32Array | Int32Array;

export interface Type {
  readonly dtype: DType;
  readonly shape: Shape;
}

export const BYTES: Record<DType, number> = { f64: 8, f32: 4, i32: 4 };

export function allocate(dtype: DType, length: number): TypedArray {
  return dtype === "f64" ? new Float64Array(length) : dtype === "f32" ? new Float32Array(length) : new Int32Array(length);
}

/**
 * A value of a tensor program: a handle that says how it is computed, not what it is.
 *
 * *Definition*: a node of a directed acyclic graph; `op` applied to `inputs` with the static `attrs`. Immutable.
 * Operations with several results (`scan`, `whileLoop`) make one node with `outs`, whose results are `get` nodes.
 */
export interface Tensor extends Type {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  // Each operation's own static data; typed by the functions that make and read it.
  // oxlint-disable-next-line typescript/no-explicit-any -- the type depends on the operation, which is known only where it is read
  readonly attrs: any;
  readonly outs?: readonly Type[];
}

/** A number or a tensor: numbers become constants of the other operand's element type. */
export type Operand = Tensor | number;

/** A traced function: placeholders and the tensors computed from them. */
export interface Graph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** What the reference interpreter hands to an operation: operand values as flat arrays. */
export type Values = readonly TypedArray[];

/**
 * One operation, in one place: what it means, how it is differentiated, how it is batched.
 *
 * Exactly one way of differentiating is given:
 * - `partials`: elementwise operations; the derivative of the result by each operand, as tensors of the result's shape
 *   (null for zero, 1 or -1 for constants);
 * - `transpose`: operations linear in each of the operands `linear` lists, one at a time (multilinear), or in all of them together (`jointly`);
 * - `jvp` and `vjp`: control flow and others that do both by hand;
 * - none: the result does not depend differentiably on anything (comparisons, random bits).
 */
export interface Op {
  readonly name: string;
  /** How the lowering treats it. */
  readonly family:
    | "leaf"
    | "map"
    | "view"
    | "pad"
    | "concat"
    | "reduce"
    | "dot"
    | "take"
    | "segment"
    | "spmv"
    | "random"
    | "cast"
    | "loop"
    | "get";
  /** The reference meaning: fills `out` (or several) from the operands' values. */
  evaluate(values: Values, node: Tensor, out: TypedArray, outs?: TypedArray[]): void;
  /** Elementwise meaning, shared by the reference and the lowering. */
  lanes?<V, M>(l: Lanes<V, M>, args: readonly V[]): V;
  /** True if `lanes` is one correctly rounded (or exact) operation, so that it may be done in f32 directly. */
  readonly single?: boolean;
  partials?(node: Tensor): (Tensor | 1 | -1 | null)[];
  readonly linear?: readonly number[];
  readonly jointly?: boolean;
  transpose?(node: Tensor, cotangent: Tensor, operand: number): Tensor;
  jvp?(node: Tensor, tangents: readonly (Tensor | null)[]): (Tensor | null)[];
  /** One entry an operand; those not in `need` may be null. */
  vjp?(node: Tensor, cotangents: readonly (Tensor | null)[], need: readonly boolean[]): (Tensor | null)[];
  /** The operation on operands of which those marked carry a leading batch axis of size n; the result (or each) carries it too. */
  batch(node: Tensor, args: readonly Tensor[], batched: readonly boolean[], n: number): Tensor | Tensor[];
}

let counter = 0;

/** A new node. Shape rules live in the functions that call this. */
export function node(
  op: Op,
  inputs: readonly Tensor[],
  dtype: DType,
  shape: Shape,
  attrs: unknown = null,
  outs?: readonly Type[],
): Tensor {
  for (const d of shape) {
    if (!Number.isInteger(d) || d < 0) throw new RangeError(`${op.name}: shape ${show(shape)} must consist of integers >= 0`);
  }
  const made = { id: counter++, op, inputs, attrs, dtype, shape };
  return outs ? { ...made, outs } : made;
}

/** The same node with other operands. */
export function withInputs(t: Tensor, inputs: readonly Tensor[]): Tensor {
  return node(t.op, inputs, t.dtype, t.shape, t.attrs, t.outs);
}

const leafBatch = (): never => {
  throw new Error("leaves are not batched");
};

export const inputOp: Op = {
  name: "input",
  family: "leaf",
  evaluate() {
    throw new Error("an input has no value of its own: it must be among the graph's inputs");
  },
  batch: leafBatch,
};

export const constantOp: Op = {
  name: "constant",
  family: "leaf",
  evaluate(_values, t, out) {
    out.set(t.attrs as TypedArray);
  },
  batch: leafBatch,
};

/** A placeholder, to be bound when the graph is evaluated or compiled. *Example*: `input([2, 3]).shape // [2, 3]` */
export const input = (shape: Shape, dtype: DType = "f64"): Tensor => node(inputOp, [], dtype, [...shape]);

/**
 * A tensor with known elements.
 *
 * *Arguments*: `data`: a number, or as many numbers as `shape` has elements, row-major; `shape` defaults to a scalar for a number and to [length].
 * *Error*: throws if the count does not fit the shape, or if an i32 element is not an integer.
 * *Example*: `constant([1, 2, 3]).shape // [3]`
 * *Example*: `constant([1, 2, 3], [2, 2]) // throws 3 numbers given for shape [2, 2], which has 4 elements`
 */
export function constant(data: number | ArrayLike<number>, shape?: Shape, dtype: DType = "f64"): Tensor {
  const list = typeof data === "number" ? [data] : data;
  const dims = shape ?? (typeof data === "number" ? [] : [list.length]);
  if (sizeOf(dims) !== list.length) {
    throw new RangeError(`constant: ${list.length} numbers given for shape ${show(dims)}, which has ${sizeOf(dims)} elements`);
  }
  const values = allocate(dtype, list.length);
  for (let i = 0; i < list.length; i++) {
    values[i] = list[i]!;
    if (dtype === "i32" && values[i] !== list[i])
      throw new RangeError(`constant: element ${i} is ${list[i]}, which is not a 32-bit integer`);
  }
  return node(constantOp, [], dtype, [...dims], values);
}

/** Numbers become scalar constants; tensors stay. */
export const lift = (x: Operand, dtype: DType): Tensor => (typeof x === "number" ? constant(x, [], dtype) : x);

export const isScalarConstant = (t: Tensor, value: number): boolean =>
  t.op === constantOp && t.shape.length === 0 && Object.is((t.attrs as TypedArray)[0], value);

/** All nodes that `outputs` need, operands before users. Iterative: graphs may be deep. */
export function topological(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack: { t: Tensor; next: number }[] = [];
  for (const out of outputs) {
    if (done.has(out)) continue;
    done.add(out);
    stack.push({ t: out, next: 0 });
    while (stack.length) {
      const top = stack[stack.length - 1]!;
      const operand = top.t.inputs[top.next++];
      if (operand === undefined) {
        order.push(top.t);
        stack.pop();
      } else if (!done.has(operand)) {
        done.add(operand);
        stack.push({ t: operand, next: 0 });
      }
    }
  }
  return order;
}
