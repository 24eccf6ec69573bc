import { broadcastTo } from "../ops/views.js";
import { topological, type Tensor } from "../tensor.js";

/**
 * `outputs` recomputed with `inputs` replaced by batches of size n (null: not batched); every result carries a leading batch axis.
 */
export function batched(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  batches: readonly (Tensor | null)[],
  n: number,
): Tensor[] {
  const known = new Map<Tensor, Tensor>();
  const several = new Map<Tensor, Tensor[]>();
  inputs.forEach((t, i) => {
    if (batches[i]) known.set(t, batches[i]!);
  });
  for (const t of topological(outputs)) {
    if (known.has(t)) continue;
    if (t.op.family === "get") {
      const outs = several.get(t.inputs[0]!);
      if (outs) known.set(t, outs[t.attrs as number]!);
      continue;
    }
    const flags = t.inputs.map((x) => known.has(x));
    if (!flags.includes(true)) continue;
    const out = t.op.batch(
      t,
      t.inputs.map((x) => known.get(x) ?? x),
      flags,
      n,
    );
    if (t.outs) {
      several.set(t, out as Tensor[]);
      known.set(t, t);
    } else known.set(t, out as Tensor);
  }
  return outputs.map((t) => known.get(t) ?? broadcastTo(t, [n, ...t.shape]));
}

/** Which of `outputs` depend on the inputs that are marked. */
export function reached(outputs: readonly Tensor[], inputs: readonly Tensor[], marked: readonly boolean[]): boolean[] {
  const touched = new Set<Tensor>(inputs.filter((_, i) => marked[i]));
  for (const t of topological(outputs)) if (t.inputs.some((x) => touched.has(x))) touched.add(t);
  return outputs.map((t) => touched.has(t));
}

/**
 * Which carries of a loop body come to differ from copy to copy: those that start so, and those that anything that does reaches.
 *
 * `split`: the marks of all of the body's inputs, given those of the carries.
 */
export function widening(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  start: readonly boolean[],
  split: (carry: readonly boolean[]) => readonly boolean[],
): boolean[] {
  let wide = [...start];
  for (;;) {
    const hit = reached(outputs.slice(0, wide.length), inputs, split(wide));
    const next = wide.map((w, i) => w || hit[i]!);
    if (next.every((w, i) => w === wide[i])) return wide;
    wide = next;
  }
}
