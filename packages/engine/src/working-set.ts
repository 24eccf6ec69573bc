import { LANES, WORTH_PACKING } from "./ops/packing.js";
import { sizeOf } from "./shape.js";
import { BYTES, topological, type Graph } from "./tensor.js";

/**
 * Bytes of all tensors that a graph computes, loop bodies once: a bound on what one run of it touches besides its inputs.
 *
 * *Returns*: bytes; views and constants count nothing.
 * *Example*: `workingSet(trace((x) => sum(mul(x, x)), [{ dtype: "f64", shape: [100] }])) // 808`
 */
export function workingSet(graph: Graph): number {
  const { alone, packed } = touched(graph);
  return alone + packed;
}

/**
 * How many copies of a graph belong side by side: those that touch at most so many bytes besides their inputs.
 *
 * *Arguments*: `graph`: of one copy; `bytes`: of a processor's cache, for instance.
 * *Returns*: `most`, an integer from 1, and `fewest`: 1, or as many as it takes to pack the copies of a loop that ends by a condition, of which then only a
 * block goes round at a time.
 * *Example*: `copiesWithin(trace((x) => [mul(x, x)], [{ dtype: "f64", shape: [100] }]), 80_000) // { most: 100, fewest: 1 }`
 */
export function copiesWithin(graph: Graph, bytes: number): { most: number; fewest: number } {
  const { alone, packed } = touched(graph);
  const many = Math.floor((bytes - packed * LANES) / Math.max(1, alone));
  if (packed > 0 && many >= WORTH_PACKING) return { most: many, fewest: WORTH_PACKING };
  return { most: Math.max(1, Math.floor(bytes / Math.max(1, alone + packed))), fewest: 1 };
}

/** Bytes of what a graph computes: within loops that end by a condition, and elsewhere. */
function touched(graph: Graph): { alone: number; packed: number } {
  const given = new Set(graph.inputs);
  let [alone, packed] = [0, 0];
  for (const t of topological(graph.outputs)) {
    if (given.has(t) || t.op.family === "view" || t.op.family === "leaf" || t.op.family === "get") continue;
    if (t.op.family === "loop")
      for (const inner of [t.attrs.body, t.attrs.cond] as (Graph | undefined)[]) {
        if (!inner) continue;
        const within = touched(inner);
        if (t.op.name === "while") packed += within.alone + within.packed;
        else [alone, packed] = [alone + within.alone, packed + within.packed];
      }
    for (const { dtype, shape } of t.outs ?? [t]) alone += sizeOf(shape) * BYTES[dtype];
  }
  return { alone, packed };
}
