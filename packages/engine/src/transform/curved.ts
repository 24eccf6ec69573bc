import { constant, topological, type Tensor } from "../tensor.js";
import { dependents } from "./trace.js";

/**
 * What is not an affine function of some inputs, among all that some results need.
 *
 * *Definition*: a tensor is affine in `inputs` when every operation on the way to it is: when its derivative by each operand on that way depends on no
 * input and nothing in `others`. What comes after an operation that is not counts as not affine, even where later ones would undo it.
 * *Arguments*: `outputs`: the results; `inputs`: tensors among those that they need; `others`: what else counts as data, so that x times w is affine in x with
 * constant coefficients unless w is among them.
 * *Returns*: the tensors on the way from `inputs` to `outputs` that are not affine. Loops that depend on an input are not looked into: they count as not affine.
 * *Error*: none where it says affine: that is a proof. *Cost*: a pass over the graph, with the derivative of each elementwise operation.
 * *Example*: `const [x, w] = [input([2]), input([2])]; const y = mul(x, w);
 * [curved([y], [x]).size, curved([y], [x], [w]).size, curved([exp(y)], [x]).size] // [0, 1, 1]`
 */
export function curved(outputs: readonly Tensor[], inputs: Iterable<Tensor>, others: Iterable<Tensor> = []): Set<Tensor> {
  const starts = new Set(inputs);
  const reached = dependents(outputs, starts);
  const data = dependents(outputs, [...starts, ...others]);
  const found = new Set<Tensor>();
  for (const t of topological(outputs)) {
    if (starts.has(t) || !reached.has(t)) continue;
    if (t.inputs.some((x) => found.has(x)) || !affine(t, reached, data)) found.add(t);
  }
  return found;
}

/** Whether one operation is affine in those of its operands that are reached, with coefficients that are no data. */
function affine(t: Tensor, reached: ReadonlySet<Tensor>, data: ReadonlySet<Tensor>): boolean {
  const { op, inputs } = t;
  const on = inputs.flatMap((x, i) => (reached.has(x) ? [i] : []));
  if (op.partials) {
    // What the derivatives are made of anew has a higher number than this.
    const from = fresh();
    const slopes = op.partials(t);
    return on.every((i) => {
      const slope = slopes[i];
      if (slope === null || slope === undefined) return false;
      return typeof slope === "number" || !reads(slope, from, data);
    });
  }
  // A choice is affine in what it chooses from.
  if (op.name === "select") return !data.has(inputs[0]!);
  if (!op.transpose || t.dtype === "i32") return false;
  if (op.jointly) return true;
  const [only, ...more] = on;
  return more.length === 0 && op.linear!.includes(only!) && inputs.every((x, i) => i === only || !data.has(x));
}

const fresh = (): number => constant(0).id;

/** Whether a tensor made of new nodes reads any of `data`. */
function reads(slope: Tensor, from: number, data: ReadonlySet<Tensor>): boolean {
  const open = [slope];
  const seen = new Set<Tensor>();
  for (let t = open.pop(); t; t = open.pop()) {
    if (data.has(t)) return true;
    if (t.id < from || seen.has(t)) continue;
    seen.add(t);
    open.push(...t.inputs);
  }
  return false;
}
