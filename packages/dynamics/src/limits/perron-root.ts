import { eigenvalues } from "../core/dense-general.js";
import type { Estimate } from "../core/estimate.js";
import { strongComponents } from "./components.js";
import type { Digraph } from "./digraph.js";

export interface PerronRootOptions {
  /** Width of the bracket, of its upper end, that is good enough. Default 1e-12. */
  readonly tolerance?: number;
  /** Most products with the matrix of a component. Default 2,000. */
  readonly most?: number;
}

/** Components up to this size are diagonalised. */
const DENSE = 100;
/** Part of its bound that is added to the diagonal, so that graphs with a period settle. */
const SHIFT = 0.2;

/**
 * The largest eigenvalue of a graph with weights from 0: real, and no smaller than any other in modulus.
 *
 * *Definition*: rho(A) = max of rho over the strongly connected components; a single node has its loop. In each, from x = 1, x is multiplied by A + s; at every step
 * min (A x)_i / x_i <= rho <= max (A x)_i / x_i, which closes in from both sides.
 * *Arguments*: `graph`: directed or not, weights >= 0; of any size.
 * *Returns*: the middle of the bracket. A graph without cycles has 0, exactly: its matrix is nilpotent, and routines for full matrices make noise of size eps^(1/n) of that.
 * Status "not-converged", with the bracket all the same, when it is wider than 1e-3 of its upper end.
 * *Error*: half the bracket: a bound, up to rounding. It closes slowly where a component is like a long path or ring of unlike weights.
 * *Cost*: as many passes over the edges as it takes, `most` at most; components of up to 100 nodes take n^3 operations.
 * *Source*: Collatz 1942; Wielandt 1950 (the bracket).
 * *Example*: `perronRoot(digraph(3, { to: [1, 2, 0], from: [0, 1, 2], weight: [1, 1, 8] })).value // 2.000000`
 */
export function perronRoot(graph: Digraph, { tolerance = 1e-12, most = 2000 }: PerronRootOptions = {}): Estimate {
  const bad = graph.weights.findIndex((w) => !(w >= 0));
  if (bad >= 0)
    throw new RangeError(
      `perronRoot: a weight of ${graph.weights[bad]} given; allowed: from 0, since else the largest eigenvalue may be complex`,
    );
  const place = new Int32Array(graph.nodes).fill(-1);
  let [low, high, products] = [0, 0, 0];
  for (const nodes of strongComponents(graph)) {
    nodes.forEach((v, i) => (place[v] = i));
    const block = blockOf(graph, nodes, place);
    nodes.forEach((v) => (place[v] = -1));
    const n = nodes.length;
    // Row sums bound the root: most components of a large graph need no more.
    const bound = Math.max(...Array.from({ length: n }, (_, i) => sumOf(block, i)));
    if (bound <= low) continue;
    if (n === 1) [low, high] = [Math.max(low, bound), Math.max(high, bound)];
    else if (n <= DENSE) {
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (const [j, w] of block[i]!) matrix[i * n + j]! += w;
      const root = Math.max(...eigenvalues(matrix, n).map(([re]) => re));
      [low, high] = [Math.max(low, root * (1 - 1e-13 * n)), Math.max(high, root * (1 + 1e-13 * n))];
    } else {
      const found = bracket(block, bound, tolerance, most);
      products += found.products;
      [low, high] = [Math.max(low, found.low), Math.max(high, found.high)];
    }
  }
  const wide = high - low > 1e-3 * high;
  return {
    value: 0.5 * (low + high),
    error: 0.5 * (high - low),
    unit: "1",
    status: wide ? "not-converged" : "ok",
    method: "strongly connected components; bracket of Collatz and Wielandt",
    sources: ["Collatz 1942", "Wielandt 1950"],
    cost: { products },
    ...(wide ? { explanation: `the bracket from ${low} to ${high} closes slowly: allow more products, or a looser answer` } : {}),
  };
}

type Block = readonly (readonly (readonly [column: number, weight: number])[])[];

function blockOf({ offsets, columns, weights }: Digraph, nodes: Int32Array, place: Int32Array): Block {
  return Array.from(nodes, (v) => {
    const row: [number, number][] = [];
    for (let e = offsets[v]!; e < offsets[v + 1]!; e++)
      if (place[columns[e]!]! >= 0 && weights[e]! > 0) row.push([place[columns[e]!]!, weights[e]!]);
    return row;
  });
}

const sumOf = (block: Block, i: number): number => block[i]!.reduce((s, [, w]) => s + w, 0);

function bracket(block: Block, bound: number, tolerance: number, most: number) {
  const n = block.length;
  const shift = SHIFT * bound;
  let x = new Float64Array(n).fill(1);
  let [low, high, products] = [0, bound, 0];
  while (products < most && high - low > tolerance * high) {
    const y = new Float64Array(n);
    let [least, largest] = [Infinity, 0];
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (const [j, w] of block[i]!) s += w * x[j]!;
      y[i] = s + shift * x[i]!;
      least = Math.min(least, s / x[i]!);
      largest = Math.max(largest, s / x[i]!);
    }
    products++;
    // Each bracket holds the root; rounding may make a later one a hair worse.
    [low, high] = [Math.max(low, least), Math.min(high, largest)];
    const size = y.reduce((m, v) => Math.max(m, v), 0);
    x = y.map((v) => Math.max(v / size, Number.MIN_VALUE));
  }
  return { low: Math.min(low, high), high: Math.max(low, high), products };
}
