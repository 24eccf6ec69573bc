import { show, sizeOf } from "./shape.js";
import { allocate, topological, type Graph, type TypedArray, type Values } from "./tensor.js";

/**
 * The reference interpreter: evaluates a graph node by node, each by its own plain definition.
 *
 * *Arguments*: one flat array an input, row-major, of the input's size and element type.
 * *Returns*: one fresh flat array an output.
 * *Error*: throws when the arrays do not fit the inputs.
 * *Cost*: slow on purpose; this is what compiled programs are tested against.
 * *Example*: `interpret(trace((x) => mul(2, x), [{ dtype: "f64", shape: [2] }]), [Float64Array.of(1, 2)]) // [[2, 4]]`
 */
export function interpret(graph: Graph, values: Values): TypedArray[] {
  const known = new Map<number, TypedArray>();
  const several = new Map<number, TypedArray[]>();
  graph.inputs.forEach((t, i) => {
    const v = values[i];
    if (!v || v.length !== sizeOf(t.shape)) {
      throw new RangeError(
        `input ${i}: ${v ? `${v.length} numbers` : "nothing"} given for ${t.dtype} ${show(t.shape)}, which has ${sizeOf(t.shape)} elements`,
      );
    }
    known.set(t.id, v);
  });
  for (const t of topological(graph.outputs)) {
    if (known.has(t.id)) continue;
    if (t.op.family === "get") {
      known.set(t.id, several.get(t.inputs[0]!.id)![t.attrs as number]!);
      continue;
    }
    const operands = t.inputs.map((x) => known.get(x.id)!);
    const outs = t.outs?.map((o) => allocate(o.dtype, sizeOf(o.shape)));
    const out = allocate(t.dtype, outs ? 0 : sizeOf(t.shape));
    t.op.evaluate(operands, t, out, outs);
    if (outs) several.set(t.id, outs);
    known.set(t.id, out);
  }
  return graph.outputs.map((t) => known.get(t.id)!.slice());
}
