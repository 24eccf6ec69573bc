import { sizeOf } from "./shape.js";
import { BYTES, topological, type Graph } from "./tensor.js";

/**
 * Bytes of all tensors that a graph computes, loop bodies once: a bound on what one run of it touches besides its inputs.
 *
 * *Returns*: bytes; views and constants count nothing.
 * *Example*: `workingSet(trace((x) => sum(mul(x, x)), [{ dtype: "f64", shape: [100] }])) // 808`
 */
export function workingSet(graph: Graph): number {
  const given = new Set(graph.inputs);
  let bytes = 0;
  for (const t of topological(graph.outputs)) {
    if (given.has(t) || t.op.family === "view" || t.op.family === "leaf" || t.op.family === "get") continue;
    if (t.op.family === "loop")
      for (const inner of [t.attrs.body, t.attrs.cond] as (Graph | undefined)[]) bytes += inner ? workingSet(inner) : 0;
    for (const { dtype, shape } of t.outs ?? [t]) bytes += sizeOf(shape) * BYTES[dtype];
  }
  return bytes;
}
