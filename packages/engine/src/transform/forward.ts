import { add, mul, neg } from "../ops/elementwise.js";
import { broadcastTo } from "../ops/views.js";
import { constant, topological, withInputs, type Tensor } from "../tensor.js";

/** Zeros of a tensor's type. */
export const zerosLike = (t: { dtype: Tensor["dtype"]; shape: Tensor["shape"] }): Tensor =>
  broadcastTo(constant(0, [], t.dtype), t.shape);

/** A tensor times a partial derivative; 1 and -1 need no product. */
export const scaled = (p: Tensor | 1 | -1, x: Tensor): Tensor => (p === 1 ? x : p === -1 ? neg(x) : mul(p, x));

const plus = (a: Tensor | null, b: Tensor | null): Tensor | null => (a && b ? add(a, b) : (a ?? b));

/**
 * Tangents of `outputs` when `inputs` move along `tangents` (null: does not move).
 *
 * *Definition*: forward-mode differentiation; null stands for a tangent that is identically zero.
 * *Source*: Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
 */
export function pushforward(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  tangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const known = new Map<Tensor, Tensor | null>(inputs.map((t, i) => [t, tangents[i] ?? null]));
  const several = new Map<Tensor, (Tensor | null)[]>();
  for (const t of topological(outputs)) {
    if (!known.has(t)) known.set(t, tangentOf(t, known, several));
  }
  return outputs.map((t) => known.get(t)!);
}

function tangentOf(t: Tensor, known: Map<Tensor, Tensor | null>, several: Map<Tensor, (Tensor | null)[]>): Tensor | null {
  const { op } = t;
  if (op.family === "get") return several.get(t.inputs[0]!)?.[t.attrs as number] ?? null;
  const moving = t.inputs.map((x) => known.get(x) ?? null);
  if (moving.every((d) => d === null) || (t.dtype === "i32" && !t.outs)) return null;
  if (op.partials) {
    return op
      .partials(t)
      .reduce<Tensor | null>((acc, p, i) => (p !== null && moving[i] ? plus(acc, scaled(p, moving[i]!)) : acc), null);
  }
  if (op.jointly)
    return withInputs(
      t,
      moving.map((d, i) => d ?? zerosLike(t.inputs[i]!)),
    );
  if (op.linear) {
    return op.linear.reduce<Tensor | null>(
      (acc, i) =>
        moving[i]
          ? plus(
              acc,
              withInputs(
                t,
                t.inputs.map((x, j) => (j === i ? moving[i]! : x)),
              ),
            )
          : acc,
      null,
    );
  }
  if (!op.jvp) return null;
  const out = op.jvp(t, moving);
  if (t.outs) several.set(t, out);
  return t.outs ? null : (out[0] ?? null);
}
