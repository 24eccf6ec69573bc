import type { Digraph } from "./digraph.js";

/**
 * The strongly connected components of a directed graph: the parts within which everyone acts on everyone, directly or through others.
 *
 * *Definition*: i and j are in one component if paths lead both ways. The matrix is block triangular along them, so its eigenvalues are those of the blocks.
 * *Returns*: the nodes of each component, sources of influence before what they act on.
 * *Cost*: one pass over nodes and edges.
 * *Source*: Tarjan 1972, Depth-first search and linear graph algorithms.
 * *Example*: `strongComponents(digraph(3, { to: [1, 0, 2], from: [0, 1, 1] })).map((c) => [...c].sort()) // [[0, 1], [2]]`
 */
export function strongComponents({ nodes, offsets, columns }: Digraph): Int32Array[] {
  const index = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const next = Int32Array.from(offsets.subarray(0, nodes));
  const open = new Uint8Array(nodes);
  const [waiting, path]: [number[], number[]] = [[], []];
  const found: Int32Array[] = [];
  let count = 0;
  for (let root = 0; root < nodes; root++) {
    if (index[root]! >= 0) continue;
    path.push(root);
    while (path.length > 0) {
      const v = path.at(-1)!;
      if (index[v]! < 0) {
        index[v] = low[v] = count++;
        waiting.push(v);
        open[v] = 1;
      }
      let deeper = -1;
      while (next[v]! < offsets[v + 1]! && deeper < 0) {
        const w = columns[next[v]!++]!;
        if (index[w]! < 0) deeper = w;
        else if (open[w]) low[v] = Math.min(low[v]!, index[w]!);
      }
      if (deeper >= 0) {
        path.push(deeper);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) low[above] = Math.min(low[above]!, low[v]!);
      if (low[v] !== index[v]) continue;
      const part = waiting.splice(waiting.lastIndexOf(v));
      for (const w of part) open[w] = 0;
      found.push(Int32Array.from(part));
    }
  }
  return found;
}

/**
 * Into how many parts that do not act on each other a graph falls, nodes without any edge left out.
 *
 * *Example*: `weakParts(digraph(5, { to: [1, 3], from: [0, 2] })) // 2`
 */
export function weakParts({ nodes, offsets, columns, weights }: Digraph): number {
  const parent = Int32Array.from({ length: nodes }, (_, i) => i);
  const rootOf = (i: number): number => {
    let r = i;
    while (parent[r] !== r) r = parent[r] = parent[parent[r]!]!;
    return r;
  };
  const joined = new Uint8Array(nodes);
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
      if (weights[e] === 0) continue;
      joined[i] = joined[columns[e]!] = 1;
      parent[rootOf(i)] = rootOf(columns[e]!);
    }
  let parts = 0;
  for (let i = 0; i < nodes; i++) if (joined[i] && rootOf(i) === i) parts++;
  return parts;
}
