import { show, sizeOf } from "./shape.js";
import { topological, type Graph, type Tensor, type TypedArray } from "./tensor.js";

/**
 * A graph as text, one node a line (name, type, operation, operands), loop bodies indented.
 * *Example*: `print(trace((x) => tanh(x), [{ dtype: "f64", shape: [2] }])) // "(x0: f64[2]) =>\n  %0: f64[2] = tanh(x0)\n  return %0"`
 */
export function print(graph: Graph, indent = ""): string {
  const names = new Map<Tensor, string>(graph.inputs.map((t, i) => [t, `x${i}`]));
  const lines = [`${indent}(${graph.inputs.map((t) => `${names.get(t)}: ${t.dtype}${show(t.shape)}`).join(", ")}) =>`];
  let n = 0;
  for (const t of topological(graph.outputs)) {
    if (names.has(t)) continue;
    if (t.op.name === "constant" && sizeOf(t.shape) === 1 && t.shape.length === 0) {
      names.set(t, `${(t.attrs as TypedArray)[0]}`);
      continue;
    }
    const name = `%${n++}`;
    names.set(t, name);
    const type = t.outs ? t.outs.map((o) => `${o.dtype}${show(o.shape)}`).join(", ") : `${t.dtype}${show(t.shape)}`;
    lines.push(`${indent}  ${name}: ${type} = ${t.op.name}${describe(t)}(${t.inputs.map((x) => names.get(x)).join(", ")})`);
    for (const part of ["cond", "body"]) {
      const inner = (t.attrs as Record<string, Graph> | null)?.[part];
      if (t.op.family === "loop" && inner) lines.push(print(inner, `${indent}    `));
    }
  }
  lines.push(`${indent}  return ${graph.outputs.map((t) => names.get(t)).join(", ")}`);
  return lines.join("\n");
}

function describe(t: Tensor): string {
  if (t.attrs === null || t.op.name === "constant") return "";
  if (t.op.family === "loop") return ` x${t.attrs.length ?? `<=${t.attrs.limit}`}`;
  return ` ${JSON.stringify(t.attrs).replaceAll('"', "")}`;
}
