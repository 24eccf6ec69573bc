import { constant, div, matmul, mean, mul, reshape, segmentSum, spmv, sum, take, transpose, vmap, type Tensor } from "#engine";
import { nodeCount, type Digraph } from "./digraph.js";

/** What acts on a unit: a function of its own state and of another's, of shape [d] each, with a value of shape [d]. */
export type Pairwise = (to: Tensor, from: Tensor) => Tensor;

/** Who acts on whom, as operations on the states of all units, [n, d]. */
export interface CouplingMatrix {
  readonly name: string;
  readonly nodes: number;
  /** (1/n) sum_j A_ij x_j for each i; x is [n, m]. */
  mix(x: Tensor): Tensor;
  /** (1/n) sum_j A_ij g(u_i, u_j) for each i; u is [n, d]. */
  pairs(g: Pairwise, u: Tensor): Tensor;
}

/** All pairs of units at once, weighted, and averaged over the second. */
function everyPair(g: Pairwise, u: Tensor, n: number, weights?: Tensor): Tensor {
  const one = (to: Tensor, row?: Tensor): Tensor => {
    const acted = vmap((from) => [g(to, from)])(u)[0]!;
    return div(sum(row ? mul(reshape(row, [n, 1]), acted) : acted, 0), n);
  };
  return weights ? vmap((to, row) => [one(to, row)])(u, weights)[0]! : vmap((to) => [one(to)])(u)[0]!;
}

/**
 * Every unit acts on every unit, itself included, with weight 1.
 *
 * *Cost*: n operations for interactions that are `separable`, n^2 for others. *Example*: `allToAll(5).nodes // 5`
 */
export function allToAll(n: number): CouplingMatrix {
  nodeCount("allToAll", n);
  return {
    name: `all-to-all(${n})`,
    nodes: n,
    mix: (x) => mul(mean(x, 0), constant(new Float64Array(n).fill(1), [n, 1])),
    pairs: (g, u) => everyPair(g, u, n),
  };
}

/** The node that each entry of a graph acts on. */
export function edgeRows({ nodes, offsets, columns }: Pick<Digraph, "nodes" | "offsets" | "columns">): Int32Array {
  const rows = new Int32Array(columns.length);
  for (let i = 0; i < nodes; i++) rows.fill(i, offsets[i]!, offsets[i + 1]!);
  return rows;
}

/**
 * Units act along the edges of a graph.
 *
 * *Cost*: as many operations as edges, and for interactions that are not `separable` as many values of the interaction.
 * *Example*: `alongEdges(ringLattice(10, 2)).nodes // 10`
 */
export function alongEdges({ name, nodes, offsets, columns, weights }: Digraph): CouplingMatrix {
  const edges = columns.length;
  const rows = edgeRows({ nodes, offsets, columns });
  const scaled = weights.map((w) => w / nodes);
  const csr = () => ({
    values: constant(scaled, [edges]),
    columns: constant(columns, [edges], "i32"),
    offsets: constant(offsets, [nodes + 1], "i32"),
  });
  return {
    name,
    nodes,
    mix: (x) => spmv(csr(), x),
    pairs(g, u) {
      const to = constant(rows, [edges], "i32");
      const acted = vmap((a, b) => [g(a, b)])(take(u, to), take(u, constant(columns, [edges], "i32")))[0]!;
      return segmentSum(mul(reshape(constant(scaled, [edges]), [edges, 1]), acted), to, nodes);
    },
  };
}

/**
 * Units act through a full matrix.
 *
 * *Arguments*: `matrix`: n x n, row i being what acts on unit i; every entry finite.
 * *Cost*: n^2 operations. *Example*: `fullMatrix([0, 1, 1, 0]).nodes // 2`
 */
export function fullMatrix(matrix: ArrayLike<number>, name = "matrix"): CouplingMatrix {
  const n = Math.round(Math.sqrt(matrix.length));
  if (n * n !== matrix.length || n === 0)
    throw new RangeError(`fullMatrix: ${matrix.length} entries given, which is not a square matrix; give n rows of n numbers`);
  const entries = Float64Array.from(matrix);
  const bad = entries.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new RangeError(`fullMatrix: entry (${Math.floor(bad / n)}, ${bad % n}) is ${entries[bad]}; every entry must be finite`);
  return {
    name,
    nodes: n,
    mix: (x) => div(matmul(constant(entries, [n, n]), x), n),
    pairs: (g, u) => everyPair(g, u, n, constant(entries, [n, n])),
  };
}

/**
 * Units act through few common fields: A_ij = sum_r left_ir right_jr.
 *
 * *Arguments*: `left`, `right`: n x rank, row by row.
 * *Cost*: n rank operations for `separable` interactions: a rank-one graphon W(x, y) = w(x) w(y) couples a million units in one pass.
 * *Example*: `lowRank([1, 2], [1, 2], 1).nodes // 2`
 */
export function lowRank(left: ArrayLike<number>, right: ArrayLike<number>, rank: number, name = "low rank"): CouplingMatrix {
  if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`lowRank: rank ${rank} given; allowed: integers from 1`);
  const n = left.length / rank;
  if (!Number.isInteger(n) || n < 1 || right.length !== left.length)
    throw new RangeError(`lowRank: ${left.length} and ${right.length} numbers given; give n x ${rank} on both sides`);
  const [l, r] = [Float64Array.from(left), Float64Array.from(right)];
  for (const [side, values] of [
    ["left", l],
    ["right", r],
  ] as const) {
    const bad = values.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0) throw new RangeError(`lowRank: ${side}[${bad}] is ${values[bad]}; every number must be finite`);
  }
  return {
    name,
    nodes: n,
    mix: (x) => div(matmul(constant(l, [n, rank]), matmul(transpose(constant(r, [n, rank]), [1, 0]), x)), n),
    pairs: (g, u) => everyPair(g, u, n, matmul(constant(l, [n, rank]), transpose(constant(r, [n, rank]), [1, 0]))),
  };
}
