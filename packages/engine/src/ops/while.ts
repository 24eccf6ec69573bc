import { interpret } from "../interpret.js";
import { show } from "../shape.js";
import { input, node, type Graph, type Op, type Tensor, type TypedArray } from "../tensor.js";
import { batched, reached, widening } from "../transform/batch.js";
import { pushforward, zerosLike } from "../transform/forward.js";
import { list, substitute, trace } from "../transform/trace.js";
import { add, max, ne } from "./elementwise.js";
import { cast } from "./indexing.js";
import { capture, get, goOn, results, same, typeOf } from "./loop.js";
import { packed, WORTH_PACKING } from "./packing.js";
import { amax } from "./reduce.js";
import { broadcastTo } from "./views.js";

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
export function whileLoop(
  cond: (carry: Tensor[]) => Tensor,
  body: (carry: Tensor[]) => readonly Tensor[],
  init: readonly Tensor[],
  limit: number,
): { carry: Tensor[]; rounds: Tensor } {
  if (!Number.isInteger(limit) || limit < 0 || limit > 2147483647)
    throw new RangeError(`whileLoop: limit must be an integer from 0 to 2147483647, got ${limit}`);
  const inputs = init.map((t) => input(t.shape, t.dtype));
  const test = cond(inputs);
  const next = list(body(inputs));
  if (test.shape.length !== 0 || next.length !== init.length || next.some((t, i) => !same(t, init[i]!))) {
    throw new RangeError(
      `whileLoop: the condition must be a scalar (got ${show(test.shape)}) and the carry must keep its types ` +
        `(${init.map((t) => show(t.shape)).join(", ")} became ${next.map((t) => show(t.shape)).join(", ")})`,
    );
  }
  const { outputs, placeholders, captured } = capture([test, ...next], inputs);
  const all = [...placeholders, ...inputs];
  const t = whileNode(
    {
      cond: { inputs: all, outputs: outputs.slice(0, 1) },
      body: { inputs: all, outputs: outputs.slice(1) },
      consts: captured.length,
      limit,
    },
    [...captured, ...init],
  );
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
    const fresh = a.body.inputs.map((p, i) =>
      p.dtype === "i32" || (i < a.consts && !tangents[i]) ? null : input(p.shape, p.dtype),
    );
    const out = pushforward(a.body.outputs, a.body.inputs, fresh);
    const dConsts = fresh.slice(0, a.consts).filter((p): p is Tensor => p !== null);
    const floats = fresh.slice(a.consts).map((p) => p !== null);
    const dCarry = fresh.slice(a.consts).filter((p): p is Tensor => p !== null);
    const consts = [...a.body.inputs.slice(0, a.consts), ...dConsts];
    const carry = a.body.inputs.slice(a.consts);
    const inputs = [...consts, ...carry, ...dCarry];
    const moved = floats.flatMap((f, i) => (f ? [out[i] ?? zerosLike(carry[i]!)] : []));
    const cond = trace(
      (...xs) =>
        substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, xs[i < a.consts ? i : i + dConsts.length]!]))),
      inputs,
    );
    const made = whileNode(
      { cond, body: { inputs, outputs: [...a.body.outputs, ...moved] }, consts: consts.length, limit: a.limit },
      [
        ...t.inputs.slice(0, a.consts),
        ...tangents.slice(0, a.consts).filter((d): d is Tensor => d !== null),
        ...t.inputs.slice(a.consts),
        ...floats.flatMap((f, i) => (f ? [tangents[a.consts + i] ?? zerosLike(t.inputs[a.consts + i]!)] : [])),
      ],
    );
    let at = carry.length;
    return [...floats.map((f) => (f ? get(made, at++) : null)), null];
  },
  vjp() {
    throw new Error(
      "whileLoop: reverse-mode derivatives need a loop of known length; use scan with that length and select, or jvp",
    );
  },
  batch(t, args, flags, n) {
    const a = t.attrs as WhileAttrs;
    const consts = flags.slice(0, a.consts);
    const moving = widening(a.body.outputs, a.body.inputs, flags.slice(a.consts), (carry) => [...consts, ...carry]);
    // Where no copy has a say in when to stop, all go on together and what is the same for all is computed once.
    if (!reached(a.cond.outputs, a.cond.inputs, [...consts, ...moving])[0]) return together(t, args, flags, moving, n);
    if (n >= WORTH_PACKING) return packed(t, args, flags, n);
    const wide = a.body.inputs.map((p, i) => (i < a.consts && !flags[i] ? null : input([n, ...p.shape], p.dtype)));
    const count = input([n], "f64");
    const inputs = [...wide.map((p, i) => p ?? a.body.inputs[i]!), count];
    // A member whose condition has failed keeps its carry while others go on.
    const test = substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, a.body.inputs[i]!])));
    const alive = cast(ne(batched(test, a.body.inputs, wide, n)[0]!, 0), "f64");
    const next = batched(a.body.outputs, a.body.inputs, wide, n).map((y, i) => goOn(alive, y, wide[a.consts + i]!));
    const rounds = add(count, alive);
    // An empty batch has none: the largest of no conditions is -infinity.
    const made = whileNode(
      {
        cond: { inputs, outputs: [max(amax(alive), 0)] },
        body: { inputs, outputs: [...next, rounds] },
        consts: a.consts,
        limit: a.limit,
      },
      [...args.map((x, i) => (i < a.consts || flags[i] ? x : broadcastTo(x, [n, ...x.shape]))), zerosLike(count)],
    );
    return results(made).slice(0, -1);
  },
};

/** A batch of loops that all take the same rounds. */
function together(
  t: Tensor,
  args: readonly Tensor[],
  flags: readonly boolean[],
  moving: readonly boolean[],
  n: number,
): Tensor[] {
  const a = t.attrs as WhileAttrs;
  const marks = [...flags.slice(0, a.consts), ...moving];
  const inner = a.body.inputs.map((p, i) => (marks[i] ? input([n, ...p.shape], p.dtype) : null));
  const inputs = inner.map((p, i) => p ?? a.body.inputs[i]!);
  const all = batched(a.body.outputs, a.body.inputs, inner, n);
  const made = whileNode(
    {
      cond: { inputs, outputs: substitute(a.cond.outputs, new Map(a.cond.inputs.map((p, i) => [p, inputs[i]!]))) },
      body: { inputs, outputs: a.body.outputs.map((y, i) => (moving[i] ? all[i]! : y)) },
      consts: a.consts,
      limit: a.limit,
    },
    args.map((x, i) => (marks[i] && !flags[i] ? broadcastTo(x, [n, ...x.shape]) : x)),
  );
  return results(made).map((y, i) => (moving[i] ? y : broadcastTo(y, [n, ...y.shape])));
}
