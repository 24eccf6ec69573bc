import { scalarMath } from "#engine";
import { random, type RandomStream } from "../core/random.js";
import { digraph, nodeCount, type Digraph } from "./digraph.js";
import type { Graphon } from "./graphon.js";

export function chance(what: string, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${what}: probability ${p} given; allowed: from 0 to 1`);
  return p;
}

/** Visits each of the numbers 0 .. count - 1 with chance p, independently, in ascending order: skips are geometric. */
function each(count: number, p: number, stream: RandomStream, visit: (k: number) => void): void {
  if (p <= 0) return;
  if (p >= 1) {
    for (let k = 0; k < count; k++) visit(k);
    return;
  }
  const rate = scalarMath.log1p(-p);
  for (let k = -1; ;) {
    k += 1 + Math.floor(scalarMath.log1p(-stream.uniform()) / rate);
    if (!(k < count)) return;
    visit(k);
  }
}

/**
 * An Erdos-Renyi graph: each pair of nodes is joined with chance p.
 *
 * *Arguments*: `n` nodes; `p` in [0, 1]; `seed`.
 * *Returns*: a symmetric graph without loops. *Cost*: nodes + edges.
 * *Source*: Gilbert 1959; Batagelj, Brandes 2005, Efficient generation of large random networks (skipping).
 * *Example*: `erdosRenyi(100, 1, 0).columns.length // 9900`
 */
export function erdosRenyi(n: number, p: number, seed: number): Digraph {
  nodeCount("erdosRenyi", n);
  chance("erdosRenyi", p);
  const stream = random(seed);
  const [to, from]: [number[], number[]] = [[], []];
  for (let i = 1; i < n; i++)
    each(i, p, stream, (j) => {
      to.push(i);
      from.push(j);
    });
  return digraph(n, { to, from, symmetric: true }, `erdos-renyi(${n}, ${p})`);
}

/**
 * A small-world graph: a ring lattice, each of whose edges moves its far end with chance p.
 *
 * *Definition*: node i keeps its edge to i + d (d = 1 .. k) or, with chance p, gets one to a uniformly drawn node to which it has none.
 * *Arguments*: `k`: neighbours on each side (degree 2 k); `p` in [0, 1].
 * *Source*: Watts, Strogatz 1998, Collective dynamics of small-world networks.
 * *Example*: `wattsStrogatz(50, 2, 0.2, 7).columns.length // 200`
 */
export function wattsStrogatz(n: number, k: number, p: number, seed: number): Digraph {
  nodeCount("wattsStrogatz", n, 4);
  chance("wattsStrogatz", p);
  if (!Number.isInteger(k) || k < 1 || 2 * k >= n - 1)
    throw new RangeError(`wattsStrogatz: ${k} neighbours on each side given; allowed: integers from 1 to below ${(n - 1) / 2}`);
  const stream = random(seed);
  const joined: Set<number>[] = Array.from({ length: n }, () => new Set<number>());
  const join = (i: number, j: number): void => void (joined[i]!.add(j), joined[j]!.add(i));
  for (let d = 1; d <= k; d++) for (let i = 0; i < n; i++) join(i, (i + d) % n);
  for (let d = 1; d <= k; d++) {
    for (let i = 0; i < n; i++) {
      const j = (i + d) % n;
      if (stream.uniform() >= p || joined[i]!.size >= n - 1) continue;
      let target = i;
      while (target === i || joined[i]!.has(target)) target = Math.floor(stream.uniform() * n);
      joined[i]!.delete(j);
      joined[j]!.delete(i);
      join(i, target);
    }
  }
  const [to, from]: [number[], number[]] = [[], []];
  joined.forEach((set, i) =>
    set.forEach((j) => {
      if (j > i) [to[to.length], from[from.length]] = [i, j];
    }),
  );
  return digraph(n, { to, from, symmetric: true }, `watts-strogatz(${n}, ${k}, ${p})`);
}

/**
 * A graph with communities: nodes of blocks a and b are joined with chance chances[a][b].
 *
 * *Arguments*: `sizes` of the blocks, whose nodes are numbered one block after the other; `chances`: symmetric, in [0, 1].
 * *Source*: Holland, Laskey, Leinhardt 1983, Stochastic blockmodels: first steps. *Cost*: nodes x blocks + edges.
 * *Example*: `stochasticBlock([2, 2], [[1, 0], [0, 1]], 0).columns // [1, 0, 3, 2]`
 */
export function stochasticBlock(sizes: readonly number[], chances: readonly (readonly number[])[], seed: number): Digraph {
  if (sizes.length === 0) throw new RangeError("stochasticBlock: no block given; give at least one size");
  sizes.forEach((size, a) => {
    nodeCount(`stochasticBlock: block ${a}`, size);
    sizes.forEach((_, b) => {
      chance(`stochasticBlock: chances[${a}][${b}]`, chances[a]?.[b] ?? NaN);
      if (chances[a]![b] !== chances[b]?.[a])
        throw new RangeError(`stochasticBlock: chances[${a}][${b}] and [${b}][${a}] differ; give a symmetric table`);
    });
  });
  const starts = sizes.map((_, a) => sizes.slice(0, a).reduce((s, v) => s + v, 0));
  const n = sizes.reduce((s, v) => s + v, 0);
  const stream = random(seed);
  const [to, from]: [number[], number[]] = [[], []];
  sizes.forEach((size, a) => {
    for (let i = starts[a]!; i < starts[a]! + size; i++) {
      for (let b = 0; b <= a; b++) {
        const count = b === a ? i - starts[a]! : sizes[b]!;
        each(count, chances[a]![b]!, stream, (j) => {
          to.push(i);
          from.push(starts[b]! + j);
        });
      }
    }
  });
  return digraph(n, { to, from, symmetric: true }, `stochastic-block(${n})`);
}

export interface SampleGraphOptions {
  readonly seed?: number;
  /**
   * "random" (default): an edge with chance W, which has to lie in [0, 1]; "weighted": every edge with the weight W, no chance at all.
   */
  readonly edges?: "random" | "weighted";
}

/**
 * A finite graph from a graphon.
 *
 * *Definition*: node i sits at (i + 1/2) / n; the pair i, j is joined with chance W(x_i, x_j), or given that weight.
 * *Returns*: a symmetric graph without loops; throws, with the place, where a chance would lie outside [0, 1], as those of
 * `powerLawGraphon` near 0 do: take its `clippedGraphon`, or `edges: "weighted"`.
 * *Cost*: n^2 / 2 values of the kernel.
 * *Source*: Lovasz, Szegedy 2006, Limits of dense graph sequences.
 * *Example*: `sampleGraph(ringGraphon(0.25), 100).columns.length // 5000`
 */
export function sampleGraph(kernel: Graphon, n: number, { seed = 0, edges = "random" }: SampleGraphOptions = {}): Digraph {
  nodeCount("sampleGraph", n);
  if (edges !== "random" && edges !== "weighted")
    throw new RangeError(`sampleGraph: edges ${String(edges)} given; allowed: "random" and "weighted"`);
  const stream = random(seed);
  const [to, from, weight]: [number[], number[], number[]] = [[], [], []];
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [(i + 0.5) / n, (j + 0.5) / n];
      const w = kernel.value(x, y);
      if (edges === "random") {
        if (!(w >= 0 && w <= 1))
          throw new RangeError(
            `sampleGraph: W(${x}, ${y}) is ${w}; the chance of an edge lies between 0 and 1: give another kernel, its clippedGraphon, or edges: "weighted"`,
          );
        if (w < 1 && stream.uniform() >= w) continue;
      } else if (w === 0) continue;
      to.push(i);
      from.push(j);
      weight.push(edges === "random" ? 1 : w);
    }
  }
  return digraph(n, { to, from, weight, symmetric: true }, `${kernel.name}, ${n} nodes`);
}
