import { show } from "../shape.js";
import { input, node, topological, type Op, type Tensor, type Type } from "../tensor.js";
import { dependents, substitute } from "../transform/trace.js";
import { select } from "./elementwise.js";
import { cast } from "./indexing.js";
import { reshape } from "./views.js";

/** One result of a loop, by its number. */
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

/** All results of a loop. */
export const results = (t: Tensor): Tensor[] => t.outs!.map((_, i) => get(t, i));
export const typeOf = (t: Tensor): Type => ({ dtype: t.dtype, shape: t.shape });
export const same = (a: Type, b: Type): boolean => a.dtype === b.dtype && show(a.shape) === show(b.shape);

/** The rows of y where `open`, of one number a row, is 1, and of `old` where it is 0. */
export function goOn(open: Tensor, y: Tensor, old: Tensor): Tensor {
  const [dtype, column] = [y.dtype, reshape(open, [open.shape[0]!, ...y.shape.slice(1).map(() => 1)])];
  if (dtype === "i32") return cast(select(column, cast(y, "f64"), cast(old, "f64")), "i32");
  return select(cast(column, dtype), y, old);
}

/**
 * Everything in the body that does not depend on its inputs becomes a captured operand, computed once outside the loop.
 * Small scalars stay inside, where they are immediate; so do the repetitions of a smaller tensor that elementwise operations ask for, which
 * cost nothing there and would have to be written out as an operand.
 */
export function capture(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
): { outputs: Tensor[]; placeholders: Tensor[]; captured: Tensor[] } {
  const inside = dependents(outputs, inputs);
  const outer = new Map<Tensor, Tensor>();
  const keep = (x: Tensor): boolean => inside.has(x) || (x.op.name === "constant" && x.shape.length === 0);
  const note = (x: Tensor): void => {
    if (!keep(x) && !outer.has(x)) outer.set(x, input(x.shape, x.dtype));
  };
  const repeated = (x: Tensor): Tensor =>
    (x.op.name === "broadcast" || x.op.name === "reshape") && !inside.has(x) ? repeated(x.inputs[0]!) : x;
  for (const t of topological(outputs)) if (inside.has(t)) t.inputs.forEach((x) => note(t.op.family === "map" ? repeated(x) : x));
  outputs.forEach(note);
  return { outputs: substitute(outputs, outer), placeholders: [...outer.values()], captured: [...outer.keys()] };
}
