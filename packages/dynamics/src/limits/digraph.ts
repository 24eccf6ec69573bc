/**
 * A weighted directed graph in compressed rows: entries offsets[i] .. offsets[i + 1] - 1 are what acts on node i.
 *
 * A_ij = weights[e] for j = columns[e]; columns ascend within a row. Dynamics divide by the number of nodes: (1/n) sum_j A_ij ...
 */
export interface Digraph {
  readonly name: string;
  readonly nodes: number;
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly weights: Float64Array;
}

/** Most nodes and most entries that a graph may have: indices are 32-bit numbers. */
const MOST = 0x7fffffff;

export function nodeCount(what: string, n: number, least = 1): number {
  if (!Number.isInteger(n) || n < least || n > MOST)
    throw new RangeError(`${what}: ${n} nodes given; allowed: integers from ${least} to ${MOST}`);
  return n;
}

export interface Edges {
  /** The node that is acted on, for each entry. */
  readonly to: ArrayLike<number>;
  readonly from: ArrayLike<number>;
  /** Default: 1 each. */
  readonly weight?: ArrayLike<number>;
  /** Whether each entry also acts the other way. Default false. */
  readonly symmetric?: boolean;
}

/**
 * A graph from its edges.
 *
 * *Arguments*: `nodes`: their number; see `Edges`. Entries given twice add up. With `symmetric`, an edge between different nodes is entered in
 * both rows, a loop once.
 * *Returns*: the graph; throws on a node outside 0 .. nodes - 1 or a weight that is not finite, and says at which edge.
 * *Cost*: one pass over the edges and a sort of each row.
 * *Example*: `digraph(3, { to: [0, 1], from: [1, 2], symmetric: true }).columns // [1, 0, 2, 1]`
 */
export function digraph(nodes: number, edges: Edges, name = "edges"): Digraph {
  nodeCount("digraph", nodes);
  const { to, from, weight, symmetric = false } = edges;
  if (to.length !== from.length || (weight && weight.length !== to.length))
    throw new RangeError(
      `digraph: ${to.length} ends, ${from.length} starts and ${weight?.length ?? to.length} weights given; give as many of each`,
    );
  const counts = new Int32Array(nodes + 1);
  for (let e = 0; e < to.length; e++) {
    for (const [end, v] of [
      ["to", to[e]!],
      ["from", from[e]!],
    ] as const)
      if (!Number.isInteger(v) || v < 0 || v >= nodes)
        throw new RangeError(`digraph: edge ${e} has ${end} = ${v}; allowed: nodes from 0 to ${nodes - 1}`);
    if (weight && !Number.isFinite(weight[e]!))
      throw new RangeError(`digraph: edge ${e} from ${from[e]} to ${to[e]} has the weight ${weight[e]}; it must be finite`);
    counts[to[e]! + 1]!++;
    if (symmetric && to[e] !== from[e]) counts[from[e]! + 1]!++;
  }
  for (let i = 0; i < nodes; i++) counts[i + 1]! += counts[i]!;
  const [columns, weights] = [new Int32Array(counts[nodes]!), new Float64Array(counts[nodes]!)];
  const next = counts.slice();
  const enter = (i: number, j: number, w: number): void => {
    columns[next[i]!] = j;
    weights[next[i]!++] = w;
  };
  for (let e = 0; e < to.length; e++) {
    const w = weight?.[e] ?? 1;
    enter(to[e]!, from[e]!, w);
    if (symmetric && to[e] !== from[e]) enter(from[e]!, to[e]!, w);
  }
  return gathered(name, nodes, counts, columns, weights);
}

/** Sorts each row and adds up what was entered twice. */
function gathered(name: string, nodes: number, starts: Int32Array, columns: Int32Array, weights: Float64Array): Digraph {
  const offsets = new Int32Array(nodes + 1);
  let end = 0;
  for (let i = 0; i < nodes; i++) {
    const row = Array.from({ length: starts[i + 1]! - starts[i]! }, (_, e) => starts[i]! + e);
    const entries = row.map((e) => [columns[e]!, weights[e]!] as const);
    // The sort is stable: weights of one entry are added in the order they were given.
    entries.sort((a, b) => a[0] - b[0]);
    for (const [j, w] of entries) {
      if (end > offsets[i]! && columns[end - 1] === j) weights[end - 1]! += w;
      else [columns[end], weights[end++]] = [j, w];
      if (!Number.isFinite(weights[end - 1]!))
        throw new RangeError(
          `digraph: the weights of the edges from ${j} to ${i} add up to ${weights[end - 1]}; the sum must be finite`,
        );
    }
    offsets[i + 1] = end;
  }
  return { name, nodes, offsets, columns: columns.slice(0, end), weights: weights.slice(0, end) };
}

/**
 * The sum of each row of a graph, divided by the number of nodes: how strongly a node is acted on.
 * *Example*: `degrees(ringLattice(10, 2)) // [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]`
 */
export function degrees({ nodes, offsets, weights }: Digraph): Float64Array {
  return Float64Array.from({ length: nodes }, (_, i) => {
    let s = 0;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) s += weights[e]!;
    return s / nodes;
  });
}

/** The product A x of the weights with a vector, into another one, which is returned. *Cost*: one pass over the edges. */
export function product({ nodes, offsets, columns, weights }: Digraph, x: Float64Array, into: Float64Array): Float64Array {
  for (let i = 0; i < nodes; i++) {
    let s = 0;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) s += weights[e]! * x[columns[e]!]!;
    into[i] = s;
  }
  return into;
}

/**
 * The ring of n nodes, each joined to its k nearest neighbours on either side.
 *
 * *Arguments*: `k` from 1 to (n - 1) / 2; `weight` of each edge, default 1.
 * *Example*: `ringLattice(5, 1).columns // [1, 4, 0, 2, 1, 3, 2, 4, 0, 3]`
 */
export function ringLattice(n: number, k: number, weight = 1): Digraph {
  nodeCount("ringLattice", n, 3);
  if (!Number.isInteger(k) || k < 1 || 2 * k > n - 1)
    throw new RangeError(
      `ringLattice: ${k} neighbours on each side given; allowed: integers from 1 to ${Math.floor((n - 1) / 2)}`,
    );
  if (!Number.isFinite(weight)) throw new RangeError(`ringLattice: weight ${weight} given; it must be finite`);
  const offsets = Int32Array.from({ length: n + 1 }, (_, i) => 2 * k * i);
  const columns = new Int32Array(2 * k * n);
  for (let i = 0; i < n; i++) {
    const row = columns.subarray(2 * k * i, 2 * k * (i + 1));
    for (let d = 1; d <= k; d++) {
      row[d - 1] = (i + d) % n;
      row[k + d - 1] = (i - d + n) % n;
    }
    row.sort();
  }
  return { name: `ring(${n}, ${k})`, nodes: n, offsets, columns, weights: new Float64Array(2 * k * n).fill(weight) };
}

/**
 * The dense matrix of a graph, row by row: for small graphs and for tests.
 * *Example*: `adjacency(ringLattice(3, 1)) // [0, 1, 1, 1, 0, 1, 1, 1, 0]`
 */
export function adjacency({ nodes, offsets, columns, weights }: Digraph): Float64Array {
  const matrix = new Float64Array(nodes * nodes);
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) matrix[i * nodes + columns[e]!] = weights[e]!;
  return matrix;
}
