import { compile, evaluate, type DType, type Spec, type Tensor, type TypedArray } from "#engine";
import { topological, type Graph } from "../../packages/engine/src/tensor.js";
import type { Case } from "./cases.js";

export const asList = (r: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(r) ? r : [r as Tensor]);

/** A case's arguments in an element type; indices stay i32. */
export const specsOf = (c: Pick<Case, "args">, dtype: DType = "f64"): Required<Spec>[] =>
  c.args.map((a) => ({ shape: a.shape, dtype: a.indices ? "i32" : dtype }));

export function runCompiled(f: Case["f"], specs: readonly Spec[], values: readonly ArrayLike<number>[]): TypedArray[] {
  const p = compile<TypedArray>(f, specs);
  values.forEach((v, i) => p.inputs[i]!.set(v));
  p.run();
  return p.outputs.map((o) => o.slice());
}

export const runReference = (f: Case["f"], specs: readonly Spec[], values: readonly ArrayLike<number>[]): TypedArray[] =>
  evaluate(f, ...specs.map((s, i) => ({ ...s, data: values[i]! })));

/**
 * Whether compilation may add up in another order than the reference: a sum that takes in the innermost axis
 * (the last one longer than 1). Loop bodies included.
 */
export function reorders(graph: Graph): boolean {
  return topological(graph.outputs).some((t) => {
    if (t.op.family === "loop")
      return (["body", "cond"] as const).some((g) => t.attrs[g] !== undefined && reorders(t.attrs[g] as Graph));
    if (t.op.name !== "sum") return false;
    const innermost = t.inputs[0]!.shape.findLastIndex((d) => d !== 1);
    return (t.attrs as readonly number[]).includes(innermost);
  });
}

export const sameBits = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (v: number, i: number) => Object.is(v, b[i]));

/** The largest difference of two arrays relative to the largest finite number in them; infinite where only one is finite, or NaN. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let scale = 0;
  let apart = 0;
  for (let i = 0; i < a.length; i++) {
    for (const v of [a[i]!, b[i]!]) if (Number.isFinite(v)) scale = Math.max(scale, Math.abs(v));
    if (Object.is(a[i], b[i])) continue;
    const d = Math.abs(a[i]! - b[i]!);
    apart = d < Infinity ? Math.max(apart, d) : Infinity;
  }
  return apart === 0 ? 0 : apart / scale;
}
