import { alongEdges } from "../../limits/coupling-matrix.js";
import type { Digraph } from "../../limits/digraph.js";
import type { GrowingGraph } from "./graphs.js";

/** Whether every entry has its mirror image. */
export function isSymmetric({ nodes, offsets, columns, weights }: Digraph): boolean {
  const entries = new Map<number, number>();
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) entries.set(i * nodes + columns[e]!, weights[e]!);
  for (const [key, w] of entries) {
    const [i, j] = [Math.floor(key / nodes), key % nodes];
    if (entries.get(j * nodes + i) !== w) return false;
  }
  return true;
}

/** A network as a graph that comes in its own size alone. */
export function ofOneSize(network: Digraph): Pick<GrowingGraph, "make" | "edges"> {
  const { nodes, name } = network;
  const only = (size: number): Digraph => {
    if (size !== nodes) throw new RangeError(`${name} is a network of ${nodes} nodes; ${size} asked for`);
    return network;
  };
  return { make: (size) => alongEdges(only(size)), edges: only };
}
