import { interpret } from "../interpret.js";
import { show, sizeOf } from "../shape.js";
import { input, node, type Graph, type Op, type Tensor, type TypedArray } from "../tensor.js";
import { batched, reached, widening } from "../transform/batch.js";
import { pushforward, zerosLike } from "../transform/forward.js";
import { pullback } from "../transform/reverse.js";
import { add } from "./elementwise.js";
import { capture, get, results, same, typeOf } from "./loop.js";
import { broadcastTo, transpose } from "./views.js";

/** Static data of a scan. The body maps [consts, carry, xs element] to [carry, ys element]. */
export interface ScanAttrs {
  readonly body: Graph;
  readonly consts: number;
  readonly carry: number;
  readonly length: number;
  readonly reverse: boolean;
  /** Names the loop through all its derivatives, so that one that computes all of another's results can stand in for it. */
  readonly origin: string;
  /** The loop whose results this one contains: its name, where its inputs and its results are among this one's. */
  readonly contains?: { readonly origin: string; readonly inputs: readonly number[]; readonly outs: readonly number[] };
}

function scanNode(attrs: ScanAttrs, operands: readonly Tensor[]): Tensor {
  const outs = attrs.body.outputs.map((t, i) =>
    i < attrs.carry ? typeOf(t) : { dtype: t.dtype, shape: [attrs.length, ...t.shape] },
  );
  return node(scanOp, operands, "f64", [], attrs, outs);
}

let loops = 0;

/**
 * A loop of fixed length inside the program.
 *
 * *Definition*: for t = 0 .. length - 1: [carry, y_t] = body(carry, xs[t]); ys stacks the y_t. With `reverse`, t runs down, and ys[t] still belongs to xs[t].
 * *Arguments*: `body(carry, x)` gives [new carry, y's]; `init`: the carry at the start; `xs`: tensors whose leading axis is the length; `length`: needed only without xs.
 * *Returns*: [final carry, ys].
 * *Error*: throws when the carry changes shape or element type. Differentiable to any order in both directions; reverse mode keeps every carry.
 * *Cost*: length bodies; what does not depend on the carry or xs is computed once, outside.
 * *Example*: `evaluate((xs) => scan(([s], [x]) => [[add(s, x)], [add(s, x)]], [constant(0)], [xs])[1], { data: [1, 2, 3] })[0] // [1, 3, 6]`
 */
export function scan(
  body: (carry: Tensor[], x: Tensor[]) => [readonly Tensor[], readonly Tensor[]],
  init: readonly Tensor[],
  xs: readonly Tensor[] = [],
  options: { length?: number; reverse?: boolean } = {},
): [Tensor[], Tensor[]] {
  const length = options.length ?? xs[0]?.shape[0];
  if (length === undefined || !Number.isInteger(length) || length < 0 || xs.some((x) => x.shape[0] !== length)) {
    throw new RangeError(
      `scan: length ${options.length ?? "not given"} with xs of shapes ${xs.map((x) => show(x.shape)).join(", ") || "none"}; ` +
        "give a length, or xs that agree on their leading axis",
    );
  }
  const inputs = [...init, ...xs.map((x) => ({ dtype: x.dtype, shape: x.shape.slice(1) }))].map((t) => input(t.shape, t.dtype));
  const [next, ys] = body(inputs.slice(0, init.length), inputs.slice(init.length));
  if (next.length !== init.length || next.some((t, i) => !same(t, init[i]!))) {
    throw new RangeError(
      `scan: the carry must keep its types; it starts as ${init.map((t) => `${t.dtype} ${show(t.shape)}`).join(", ")} ` +
        `and the body returns ${next.map((t) => `${t.dtype} ${show(t.shape)}`).join(", ")}`,
    );
  }
  const { outputs, placeholders, captured } = capture([...next, ...ys], inputs);
  const graph = { inputs: [...placeholders, ...inputs], outputs };
  const t = scanNode(
    { body: graph, consts: captured.length, carry: init.length, length, reverse: options.reverse ?? false, origin: `${loops++}` },
    [...captured, ...init, ...xs],
  );
  const out = results(t);
  return [out.slice(0, init.length), out.slice(init.length)];
}

const parts = <T>(attrs: ScanAttrs, all: readonly T[]): { consts: T[]; carry: T[]; xs: T[] } => ({
  consts: all.slice(0, attrs.consts),
  carry: all.slice(attrs.consts, attrs.consts + attrs.carry),
  xs: all.slice(attrs.consts + attrs.carry),
});

const slots = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

export const scanOp: Op = {
  name: "scan",
  family: "loop",
  evaluate(values, t, _out, outs) {
    const a = t.attrs as ScanAttrs;
    const { consts, carry, xs } = parts(a, values);
    let state: TypedArray[] = [...carry];
    for (let i = 0; i < a.length; i++) {
      const at = a.reverse ? a.length - 1 - i : i;
      const x = parts(a, a.body.inputs).xs.map((p, j) => xs[j]!.subarray(at * sizeOf(p.shape), (at + 1) * sizeOf(p.shape)));
      const result = interpret(a.body, [...consts, ...state, ...x]);
      state = result.slice(0, a.carry);
      result.slice(a.carry).forEach((y, j) => outs![a.carry + j]!.set(y, at * y.length));
    }
    state.forEach((s, j) => outs![j]!.set(s));
  },

  jvp(t, tangents) {
    const a = t.attrs as ScanAttrs;
    const body = parts(a, a.body.inputs);
    const moving = parts(a, tangents);
    // Which carries move is found by iteration: a carry moves if it starts moving or anything that moves reaches it.
    const active = moving.carry.map((d) => d !== null);
    for (;;) {
      const fresh = [
        ...body.consts.map((p, i) => (moving.consts[i] ? input(p.shape, p.dtype) : null)),
        ...body.carry.map((p, i) => (active[i] ? input(p.shape, p.dtype) : null)),
        ...body.xs.map((p, i) => (moving.xs[i] ? input(p.shape, p.dtype) : null)),
      ];
      const out = pushforward(a.body.outputs, a.body.inputs, fresh);
      const more = active.map((was, i) => was || (out[i] !== null && a.body.outputs[i]!.dtype !== "i32"));
      if (more.every((m, i) => m === active[i])) {
        const d = parts(a, fresh);
        const given = <T>(xs: readonly (T | null)[]): T[] => xs.filter((x): x is T => x !== null);
        const carried = active.flatMap((m, i) => (m ? [out[i] ?? zerosLike(body.carry[i]!)] : []));
        const emitted = out.slice(a.carry);
        const both = {
          inputs: [...body.consts, ...given(d.consts), ...body.carry, ...given(d.carry), ...body.xs, ...given(d.xs)],
          outputs: [...a.body.outputs.slice(0, a.carry), ...carried, ...a.body.outputs.slice(a.carry), ...given(emitted)],
        };
        const own = parts(a, t.inputs);
        const extra = { consts: given(moving.consts).length, carry: carried.length };
        const c = a.consts + extra.consts;
        const made = scanNode(
          {
            body: both,
            consts: c,
            carry: a.carry + extra.carry,
            length: a.length,
            reverse: a.reverse,
            origin: `${a.origin}j`,
            contains: {
              origin: a.origin,
              inputs: [...slots(0, a.consts), ...slots(c, a.carry), ...slots(c + a.carry + extra.carry, own.xs.length)],
              outs: [...slots(0, a.carry), ...slots(a.carry + extra.carry, a.body.outputs.length - a.carry)],
            },
          },
          [
            ...own.consts,
            ...given(moving.consts),
            ...own.carry,
            ...active.flatMap((m, i) => (m ? [moving.carry[i] ?? zerosLike(own.carry[i]!)] : [])),
            ...own.xs,
            ...given(moving.xs),
          ],
        );
        let at = a.carry;
        const tangentCarry = active.map((m) => (m ? get(made, at++) : null));
        at += a.body.outputs.length - a.carry;
        return [...tangentCarry, ...emitted.map((e) => (e ? get(made, at++) : null))];
      }
      more.forEach((m, i) => (active[i] = m));
    }
  },

  vjp(t, cotangents, need) {
    const a = t.attrs as ScanAttrs;
    const body = parts(a, a.body.inputs);
    const own = parts(a, t.inputs);
    const wanted = parts(a, need);
    // Forward once more in name only: the same loop that also keeps the carry it meets at each step (see `contains`).
    const kept = scanNode(
      {
        ...a,
        body: { inputs: a.body.inputs, outputs: [...a.body.outputs, ...body.carry] },
        origin: `${a.origin}k`,
        contains: { origin: a.origin, inputs: slots(0, t.inputs.length), outs: slots(0, a.body.outputs.length) },
      },
      t.inputs,
    );
    const history = body.carry.map((_, i) => get(kept, a.body.outputs.length + i));
    const floats = body.carry.map((p) => p.dtype !== "i32");
    const ctCarry = body.carry.map((p, i) => (floats[i] ? input(p.shape, p.dtype) : null));
    const ctYs = a.body.outputs.slice(a.carry).map((p, i) => (cotangents[a.carry + i] ? input(p.shape, p.dtype) : null));
    const sums = body.consts.map((p, i) => (wanted.consts[i] ? input(p.shape, p.dtype) : null));
    const back = pullback(a.body.outputs, a.body.inputs, [...ctCarry, ...ctYs]);
    const d = parts(a, back);
    const given = <T>(xs: readonly (T | null)[]): T[] => xs.filter((x): x is T => x !== null);
    const reverse = {
      inputs: [...body.consts, ...given(ctCarry), ...given(sums), ...body.carry, ...body.xs, ...given(ctYs)],
      outputs: [
        ...body.carry.flatMap((p, i) => (floats[i] ? [d.carry[i] ?? zerosLike(p)] : [])),
        ...sums.flatMap((s, i) => (s ? [d.consts[i] ? add(s, d.consts[i]!) : s] : [])),
        ...body.xs.flatMap((p, i) => (wanted.xs[i] ? [d.xs[i] ?? zerosLike(p)] : [])),
      ],
    };
    const start = body.carry.flatMap((p, i) => (floats[i] ? [cotangents[i] ?? zerosLike(p)] : []));
    const made = scanNode(
      {
        body: reverse,
        consts: a.consts,
        carry: start.length + given(sums).length,
        length: a.length,
        reverse: !a.reverse,
        origin: `${a.origin}r`,
      },
      [...own.consts, ...start, ...given(sums).map(zerosLike), ...history, ...own.xs, ...given(cotangents.slice(a.carry))],
    );
    let at = 0;
    const carry = floats.map((f) => (f ? get(made, at++) : null));
    const consts = sums.map((s) => (s ? get(made, at++) : null));
    const xs = wanted.xs.map((w) => (w ? get(made, at++) : null));
    return [...consts, ...carry, ...xs];
  },

  batch(t, args, flags, n) {
    const a = t.attrs as ScanAttrs;
    const own = parts(a, args);
    const flag = parts(a, flags);
    // The batch axis of xs and ys steps behind the loop's.
    const behind = (x: Tensor): Tensor => transpose(x, [1, 0, ...slots(2, x.shape.length - 2)]);
    // What no copy changes is computed once for all.
    const wide = widening(a.body.outputs, a.body.inputs, flag.carry, (carry) => [...flag.consts, ...carry, ...flag.xs]);
    const marks = [...flag.consts, ...wide, ...flag.xs];
    const hit = [...wide, ...reached(a.body.outputs, a.body.inputs, marks).slice(a.carry)];
    const inner = a.body.inputs.map((p, i) => (marks[i] ? input([n, ...p.shape], p.dtype) : null));
    const all = batched(a.body.outputs, a.body.inputs, inner, n);
    const { contains } = a;
    const shared = contains?.inputs.every((i) => !marks[i]);
    const made = scanNode(
      {
        ...a,
        body: {
          inputs: inner.map((p, i) => p ?? a.body.inputs[i]!),
          outputs: a.body.outputs.map((y, i) => (hit[i] ? all[i]! : y)),
        },
        origin: `${a.origin}v${n}`,
        ...(contains ? { contains: { ...contains, origin: shared ? contains.origin : `${contains.origin}v${n}` } } : {}),
      },
      [
        ...own.consts,
        ...own.carry.map((x, i) => (wide[i] && !flag.carry[i] ? broadcastTo(x, [n, ...x.shape]) : x)),
        ...own.xs.map((x, i) => (flag.xs[i] ? behind(x) : x)),
      ],
    );
    return results(made).map((y, i) => (hit[i] ? (i < a.carry ? y : behind(y)) : broadcastTo(y, [n, ...y.shape])));
  },
};
