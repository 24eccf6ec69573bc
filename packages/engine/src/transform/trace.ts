import { input, topological, withInputs, type Graph, type Tensor, type Type } from "../tensor.js";

/** A tensor program: an ordinary function over tensor handles. */
export type TensorFunction = (...args: Tensor[]) => Tensor | readonly Tensor[];

export const list = (x: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(x) ? x : [x as Tensor]);

/**
 * Runs f once on placeholders of the given types and keeps what it built.
 * *Arguments*: `f` takes and gives tensors (one or several); `types`: element type and shape of each argument.
 * *Error*: throws when f returns anything but tensors.
 * *Example*: `print(trace((x) => mul(x, x), [{ dtype: "f64", shape: [2] }])) // "(x0: f64[2]) =>\n  %0: f64[2] = mul(x0, x0)\n  return %0"`
 */
export function trace(f: TensorFunction, types: readonly Type[]): Graph {
  const inputs = types.map((t) => input(t.shape, t.dtype));
  const outputs = list(f(...inputs));
  outputs.forEach((t, i) => {
    if (!t || typeof t !== "object" || !("op" in t))
      throw new TypeError(`a traced function must return tensors; result ${i} is ${String(t)}`);
  });
  return { inputs, outputs };
}

/** The outputs with some nodes replaced by others (of the same type). */
export function substitute(outputs: readonly Tensor[], replace: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const now = new Map<Tensor, Tensor>(replace);
  for (const t of topological(outputs)) {
    if (now.has(t)) continue;
    const inputs = t.inputs.map((x) => now.get(x)!);
    now.set(t, inputs.every((x, i) => x === t.inputs[i]) ? t : withInputs(t, inputs));
  }
  return outputs.map((t) => now.get(t)!);
}

/** The graph applied to actual tensors. */
export const inline = (graph: Graph, args: readonly Tensor[]): Tensor[] =>
  substitute(graph.outputs, new Map(graph.inputs.map((t, i) => [t, args[i]!])));

/** The nodes among those that `outputs` need that depend on any of `inputs`. */
export function dependents(outputs: readonly Tensor[], inputs: Iterable<Tensor>): Set<Tensor> {
  const set = new Set<Tensor>(inputs);
  for (const t of topological(outputs)) if (t.inputs.some((x) => set.has(x))) set.add(t);
  return set;
}
