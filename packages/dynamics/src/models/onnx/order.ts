import { quoted } from "./quoted.js";
import type { OnnxGraph } from "./model.js";

/**
 * The nodes that some values need, each after those it needs itself.
 *
 * *Arguments*: `wanted`: names of values.
 * *Returns*: numbers of nodes. The order of the file does not matter.
 * *Error*: throws when a value comes from nowhere, naming who wants it, and when nodes wait for each other in a circle.
 * *Cost*: one visit a node and edge, without recursion: chains may be long.
 */
export function orderOf({ nodes, inputs, initializers }: OnnxGraph, wanted: readonly string[]): number[] {
  const given = new Set([...inputs.map((i) => i.name), ...initializers.map((i) => i.name), ""]);
  const maker = new Map<string, number>();
  nodes.forEach((node, i) => node.outputs.forEach((name) => name !== "" && maker.set(name, i)));
  const makerOf = (name: string, who: string): number => {
    const found = maker.get(name);
    if (found === undefined) throw new RangeError(`onnx: ${who} needs the value ${quoted(name)}, which nothing gives`);
    return found;
  };
  const state = new Uint8Array(nodes.length);
  const [OPEN, DONE] = [1, 2];
  const order: number[] = [];
  for (const name of wanted) {
    if (name === "") throw new RangeError("onnx: an output without a name");
    if (given.has(name)) continue;
    const stack = [{ node: makerOf(name, "the output"), next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const { inputs: needs, operator } = nodes[top.node]!;
      state[top.node] = state[top.node] === DONE ? DONE : OPEN;
      if (state[top.node] === DONE || top.next === needs.length) {
        if (state[top.node] !== DONE) order.push(top.node);
        state[top.node] = DONE;
        stack.pop();
        continue;
      }
      const need = needs[top.next++]!;
      if (given.has(need)) continue;
      const who = `node ${top.node} (${operator})`;
      const from = makerOf(need, who);
      if (state[from] === OPEN)
        throw new RangeError(`onnx: ${who} waits for itself: the graph goes in a circle through ${quoted(need)}`);
      if (state[from] !== DONE) stack.push({ node: from, next: 0 });
    }
  }
  return order;
}
