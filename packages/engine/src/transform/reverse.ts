import { concat, type PadAttrs } from "../ops/assemble.js";
import { add } from "../ops/elementwise.js";
import { topological, type Tensor } from "../tensor.js";
import { dependents } from "./trace.js";
import { scaled, zerosLike } from "./forward.js";

/**
 * Cotangents of `inputs` when `outputs` carry `cotangents` (null: zero).
 *
 * *Definition*: reverse-mode differentiation: the transpose of `pushforward`, built by transposing each operation's own rule.
 * *Source*: Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
 */
export function pullback(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const active = dependents(outputs, inputs);
  const parts = new Map<Tensor, Tensor[]>();
  const several = new Map<Tensor, (Tensor | null)[]>();
  const give = (t: Tensor, ct: Tensor | null): void => {
    if (ct === null || !active.has(t) || t.dtype === "i32") return;
    const list = parts.get(t);
    if (list) list.push(ct);
    else parts.set(t, [ct]);
  };
  outputs.forEach((t, i) => give(t, cotangents[i] ?? null));
  const stop = new Set(inputs);
  const order = topological(outputs);
  for (let i = order.length - 1; i >= 0; i--) {
    const t = order[i]!;
    if (stop.has(t) || !active.has(t)) continue;
    const { op } = t;
    const cts = t.outs ? several.get(t) : parts.has(t) ? [total(parts.get(t)!)] : undefined;
    if (!cts) continue;
    const ct = cts[0]!;
    if (op.family === "get") {
      const node = t.inputs[0]!;
      if (!several.has(node))
        several.set(
          node,
          node.outs!.map(() => null),
        );
      several.get(node)![t.attrs as number] = ct;
    } else if (op.partials) {
      const need = t.inputs.map((x) => active.has(x));
      op.partials(t).forEach((p, j) => {
        if (p !== null && need[j]) give(t.inputs[j]!, scaled(p, ct));
      });
    } else if (op.transpose) {
      const which = op.jointly ? t.inputs.map((_, j) => j) : op.linear!;
      for (const j of which) if (active.has(t.inputs[j]!)) give(t.inputs[j]!, op.transpose(t, ct, j));
    } else if (op.vjp) {
      op.vjp(
        t,
        cts,
        t.inputs.map((x) => active.has(x)),
      ).forEach((c, j) => give(t.inputs[j]!, c));
    }
  }
  return inputs.map((t) => (parts.has(t) ? total(parts.get(t)!) : null));
}

/** The sum of cotangents. Those of disjoint slices of one axis are joined instead: a flat parameter vector costs one pass. */
function total(list: readonly Tensor[]): Tensor {
  return (list.length > 1 && joined(list)) || list.reduce((a, b) => add(a, b));
}

function joined(list: readonly Tensor[]): Tensor | undefined {
  if (list.some((t) => t.op.name !== "pad" || (t.attrs as PadAttrs).inner.some((n) => n > 0))) return undefined;
  const shape = list[0]!.shape;
  const axis = shape.findIndex((_, a) => (list[0]!.attrs as PadAttrs).low[a]! > 0 || (list[0]!.attrs as PadAttrs).high[a]! > 0);
  const spans = list.map((t) => {
    const { low, high } = t.attrs as PadAttrs;
    const whole = shape.every((_, a) => a === axis || (low[a] === 0 && high[a] === 0));
    return whole ? { from: low[axis]!, to: shape[axis]! - high[axis]!, part: t.inputs[0]! } : undefined;
  });
  if (spans.some((s) => s === undefined)) return undefined;
  const sorted = (spans as { from: number; to: number; part: Tensor }[]).sort((a, b) => a.from - b.from);
  const pieces: Tensor[] = [];
  let reached = 0;
  const gap = (to: number): void => {
    if (to > reached)
      pieces.push(zerosLike({ dtype: list[0]!.dtype, shape: shape.map((d, a) => (a === axis ? to - reached : d)) }));
  };
  for (const s of sorted) {
    if (s.from < reached) return undefined;
    gap(s.from);
    pieces.push(s.part);
    reached = s.to;
  }
  gap(shape[axis]!);
  return concat(pieces, axis);
}
