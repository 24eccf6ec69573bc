import { interpret } from "../interpret.js";
import { show, sizeOf } from "../shape.js";
import { input, node, topological, type Graph, type Op, type Tensor, type Type, type TypedArray } from "../tensor.js";
import { batched } from "../transform/batch.js";
import { pushforward, zerosLike } from "../transform/forward.js";
import { pullback } from "../transform/reverse.js";
import { dependents, list, substitute, trace } from "../transform/trace.js";
import { add, max, ne, select } from "./elementwise.js";
import { amax } from "./reduce.js";
import { broadcastTo, reshape, transpose } from "./views.js";

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

export const getOp: Op = {
  name: "get",
  family: "get",
  evaluate() {
    throw new Error("get is read off its node");
  },
  batch() {
    throw new Error("get is read off its node");
  },
};

export const get = (t: Tensor, index: number): Tensor => node(getOp, [t], t.outs![index]!.dtype, t.outs![index]!.shape, index);

const results = (t: Tensor): Tensor[] => t.outs!.map((_, i) => get(t, i));
const typeOf = (t: Tensor): Type => ({ dtype: t.dtype, shape: t.shape });
const same = (a: Type, b: Type): boolean => a.dtype === b.dtype && show(a.shape) === show(b.shape);

/**
 * Everything in the body that does not depend on its inputs becomes a captured operand, computed once outside the loop.
 * Small scalars stay inside, where they are immediate.
 */
function capture(outputs: readonly Tensor[], inputs: readonly Tensor[]): { outputs: Tensor[]; placeholders: Tensor[]; captured: Tensor[] } {
  const inside = dependents(outputs, inputs);
  const outer = new Map<Tensor, Tensor>();
  const keep = (x: Tensor): boolean => inside.has(x) || (x.op.name === "constant" && x.shape.length === 0);
  const note = (x: Tensor): void => {
    if (!keep(x) && !outer.has(x)) outer.set(x, input(x.shape, x.dtype));
  };
  for (const t of topological(outputs)) if (inside.has(t)) t.inputs.forEach(note);
  outputs.forEach(note);
  return { outputs: substitute(outputs, outer), placeholders: [...outer.values()], captured: [...outer.keys()] };
}

function scanNode(attrs: ScanAttrs, operands: readonly Tensor[]): Tensor {
  const outs = attrs.body.outputs.map((t, i) => (i < attrs.carry ? typeOf(t) : { dtype: t.dtype, shape: [attrs.length, ...t.shape] }));
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
    throw new RangeError(`scan: length ${options.length ?? "not given"} with xs of shapes ${xs.map((x) => show(x.shape)).join(", ") || "none"}; ` +
      "give a length, or xs that agree on their leading axis");
  }
  const inputs = [...init, ...xs.map((x) => ({ dtype: x.dtype, shape: x.shape.slice(1) }))].map((t) => input(t.shape, t.dtype));
  const [next, ys] = body(inputs.slice(0, init.length), inputs.slice(init.length));
  if (next.length !== init.length || next.some((t, i) => !same(t, init[i]!))) {
    throw new RangeError(`scan: the carry must keep its types; it starts as ${init.map((t) => `${t.dtype} ${show(t.shape)}`).join(", ")} ` +
      `and the body returns ${next.map((t) => `${t.dtype} ${show(t.shape)}`).join(", ")}`);
  }
  const { outputs, placeholders, captured } = capture([...next, ...ys], inputs);
  const graph = { inputs: [...placeholders, ...inputs], outputs };
  const t = scanNode({ body: graph, consts: captured.length, carry: init.length, length, reverse: options.reverse ?? false, origin: `${loops++}` },
    [...captured, ...init, ...xs]);
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
      const fresh = [...body.consts.map((p, i) => (moving.consts[i] ? input(p.shape, p.dtype) : null)),
        ...body.carry.map((p, i) => (active[i] ? input(p.shape, p.dtype) : null)),
        ...body.xs.map((p, i) => (moving.xs[i] ? input(p.shape, p.dtype) : null))];
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
        const made = scanNode({
          body: both, consts: c, carry: a.carry + extra.carry, length: a.length, reverse: a.reverse, origin: `${a.origin}j`,
          contains: {
            origin: a.origin,
            inputs: [...slots(0, a.consts), ...slots(c, a.carry), ...slots(c + a.carry + extra.carry, own.xs.length)],
            outs: [...slots(0, a.carry), ...slots(a.carry + extra.carry, a.body.outputs.length - a.carry)],
          },
        }, [...own.consts, ...given(moving.consts), ...own.carry, ...active.flatMap((m, i) => (m ? [moving.carry[i] ?? zerosLike(own.carry[i]!)] : [])), ...own.xs, ...given(moving.xs)]);
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
    const kept = scanNode({
      ...a, body: { inputs: a.body.inputs, outputs: [...a.body.outputs, ...body.carry] }, origin: `${a.origin}k`,
      contains: { origin: a.origin, inputs: slots(0, t.inputs.length), outs: slots(0, a.body.outputs.length) },
    }, t.inputs);
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
    const made = scanNode({ body: reverse, consts: a.consts, carry: start.length + given(sums).length, length: a.length, reverse: !a.reverse, origin: `${a.origin}r` },
      [...own.consts, ...start, ...given(sums).map(zerosLike), ...history, ...own.xs, ...given(cotangents.slice(a.carry))]);
    let at = 0;
    const carry = floats.map((f) => (f ? get(made, at++) : null));
    const consts = sums.map((s) => (s ? get(made, at++) : null));
    const xs = wanted.xs.map((w) => (w ? get(made, at++) : null));
    return [...consts, ...carry, ...xs];
  },

  batch(t, args, flags, n) {
    const a = t.attrs as ScanAttrs;
    const body = parts(a, a.body.inputs);
    const own = parts(a, args);
    const flag = parts(a, flags);
    // The batch axis of xs and ys steps behind the loop's.
    const behind = (x: Tensor): Tensor => transpose(x, [1, 0, ...slots(2, x.shape.length - 2)]);
    const wide = (p: Tensor): Tensor => input([n, ...p.shape], p.dtype);
    const inner = [...body.consts.map((p, i) => (flag.consts[i] ? wide(p) : null)), ...body.carry.map(wide), ...body.xs.map((p, i) => (flag.xs[i] ? wide(p) : null))];
    const outputs = batched(a.body.outputs, a.body.inputs, inner, n);
    const made = scanNode({
      ...a, body: { inputs: inner.map((p, i) => p ?? a.body.inputs[i]!), outputs }, origin: `${a.origin}v${n}`,
      ...(a.contains ? { contains: { ...a.contains, origin: `${a.contains.origin}v${n}` } } : {}),
    }, [...own.consts, ...own.carry.map((x, i) => (flag.carry[i] ? x : broadcastTo(x, [n, ...x.shape]))), ...own.xs.map((x, i) => (flag.xs[i] ? behind(x) : x))]);
    return results(made).map((y, i) => (i < a.carry ? y : behind(y)));
  },
};

/** Static data of a while loop: both graphs take [consts, carry]; `cond` gives one scalar, `body` the next carry. */
export interface WhileAttrs {
  readonly cond: Graph;
  readonly body: Graph;
  readonly consts: number;
  readonly limit: number;
}

function whileNode(attrs: WhileAttrs, operands: readonly Tensor[]): Tensor {
  return node(whileOp, operands, "f64", [], attrs, [...attrs.body.outputs.map(typeOf), { dtype: "f64", shape: [] }]);
}

/**
 * A loop that runs while a condition holds.
 *
 * *Definition*: while cond(carry) is not 0 and fewer than `limit` rounds were run: carry = body(carry).
 * *Arguments*: `limit`: the most rounds allowed (an integer >= 0); it makes every program end.
 * *Returns*: the final carry and the number of rounds (f64 scalar); rounds = limit means the condition may still hold.
 * *Error*: forward derivatives only: reverse mode needs a fixed length (use scan with select).
 * *Cost*: rounds bodies and at most one condition more; what does not depend on the carry is computed once, outside.
 * *Example*: `const halved = (x) => whileLoop(([h]) => ge(h, 1), ([h]) => [mul(0.5, h)], [x], 100);
 * evaluate((x) => [halved(x).carry[0], halved(x).rounds], { data: [10], shape: [] }) // [[0.625], [4]]`
 */
export function whileLoop(cond: (carry: Tensor[]) => Tensor, body: (carry: Tensor[]) => readonly Tensor[], init: readonly Tensor[], limit: number): { carry: Tensor[]; rounds: Tensor } {
  if (!Number.isInteger(limit) || limit < 0 || limit > 2147483647) throw new RangeError(`whileLoop: limit must be an integer from 0 to 2147483647, got ${limit}`);
  const inputs = init.map((t) => input(t.shape, t.dtype));
  const test = cond(inputs);
  const next = list(body(inputs));
  if (test.shape.length !== 0 || next.length !== init.length || next.some((t, i) => !same(t, init[i]!))) {
    throw new RangeError(`whileLoop: the condition must be a scalar (got ${show(test.shape)}) and the carry must keep its types ` +
      `(${init.map((t) => show(t.shape)).join(", ")} became ${next.map((t) => show(t.shape)).join(", ")})`);
  }
  const { outputs, placeholders, captured } = capture([test, ...next], inputs);
  const all = [...placeholders, ...inputs];
  const t = whileNode({ cond: { inputs: all, outputs: outputs.slice(0, 1) }, body: { inputs: all, outputs: outputs.slice(1) }, consts: captured.length, limit }, [...captured, ...init]);
  const out = results(t);
  return { carry: out.slice(0, -1), rounds: out[out.length - 1]! };
}

export const whileOp: Op = {
  name: "while",
  family: "loop",
  evaluate(values, t, _out, outs) {
    const a = t.attrs as WhileAttrs;
    const consts = values.slice(0, a.consts);
    let state: TypedArray[] = values.slice(a.consts);
    let rounds = 0;
    while (rounds < a.limit && interpret(a.cond, [...consts, ...state])[0]![0] !== 0) {
      state = interpret(a.body, [...consts, ...state]);
      rounds++;
    }
    state.forEach((s, j) => outs![j]!.set(s));
    outs![outs!.length - 1]![0] = rounds;
  },
  jvp(t, tangents) {
    const a = t.attrs as WhileAttrs;
    const fresh = a.body.inputs.map((p, i) => (p.dtype === "i32" || (i < a.consts && !tangents[i]) ? null : input(p.shape, p.dtype)));
    const out = pushforward(a.body.outputs, a.body.inputs, fresh);
    const dConsts = fresh.slice(0, a.consts).filter((p): p is Tensor => p !== null);
    const floats = fresh.slice(a.consts).map((p) => p !== null);
    const dCarry = fresh.slice(a.consts).filter((p): p is Tensor => p !== null);
    const consts = [...a.body.inputs.slice(0, a.consts), ...dConsts];
    const carry = a.body.inputs.slice(a.consts);
    const inputs = [...consts, ...carry, ...dCarry];
    const moved = floats.flatMap((f, i) => (f ? [out[i] ?? zerosLike(carry[i]!)] : []));
    const cond = trace((...xs) => substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, xs[i < a.consts ? i : i + dConsts.length]!]))), inputs);
    const made = whileNode({ cond, body: { inputs, outputs: [...a.body.outputs, ...moved] }, consts: consts.length, limit: a.limit },
      [...t.inputs.slice(0, a.consts), ...tangents.slice(0, a.consts).filter((d): d is Tensor => d !== null), ...t.inputs.slice(a.consts),
        ...floats.flatMap((f, i) => (f ? [tangents[a.consts + i] ?? zerosLike(t.inputs[a.consts + i]!)] : []))]);
    let at = carry.length;
    return [...floats.map((f) => (f ? get(made, at++) : null)), null];
  },
  vjp() {
    throw new Error("whileLoop: reverse-mode derivatives need a loop of known length; use scan with that length and select, or jvp");
  },
  batch(t, args, flags, n) {
    const a = t.attrs as WhileAttrs;
    const wide = a.body.inputs.map((p, i) => (i < a.consts && !flags[i] ? null : input([n, ...p.shape], p.dtype)));
    const count = input([n], "f64");
    const inputs = [...wide.map((p, i) => p ?? a.body.inputs[i]!), count];
    // A member whose condition has failed keeps its carry while others go on.
    const test = substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, a.body.inputs[i]!])));
    const alive = batched(test, a.body.inputs, wide, n)[0]!;
    const next = batched(a.body.outputs, a.body.inputs, wide, n).map((y, i) => {
      const old = wide[a.consts + i]!;
      return select(reshape(alive, [n, ...old.shape.slice(1).map(() => 1)]), y, old);
    });
    const rounds = add(count, select(alive, 1, 0));
    // An empty batch has none: the largest of no conditions is -infinity.
    const made = whileNode({ cond: { inputs, outputs: [max(amax(ne(alive, 0)), 0)] }, body: { inputs, outputs: [...next, rounds] }, consts: a.consts, limit: a.limit },
      [...args.map((x, i) => (i < a.consts || flags[i] ? x : broadcastTo(x, [n, ...x.shape]))), zerosLike(count)]);
    return results(made).slice(0, -1);
  },
};
