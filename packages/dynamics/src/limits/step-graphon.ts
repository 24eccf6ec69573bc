import { denseSymmetric } from "../core/dense-symmetric.js";
import { adjacency, type Digraph } from "./digraph.js";
import type { Graphon } from "./graphon.js";

/** Most nodes whose matrix is diagonalised: some ten seconds. */
const MOST = 1000;

/**
 * A finite graph read as a graphon: W is A_ij on the cell of nodes i and j.
 *
 * With it `criticalCouplings` and `graphonOrder` say what theory expects of a network that one has: each node feels the mean field of its
 * neighbours, K_c = 2 / (pi g(0) lambda / n) with lambda the largest eigenvalue of A.
 * *Arguments*: `graph`: symmetric, up to 1,000 nodes.
 * *Returns*: the graphon with its exact eigenvalues; throws, with the place, where the graph is not symmetric.
 * *Error*: none for the graphon. As a theory of the finite network it neglects the fluctuations of each node's field: good where nodes have many neighbours.
 * *Cost*: 10 nodes^3 operations.
 * *Source*: Lovasz 2012, section 7.1 (step functions); Restrepo, Ott, Hunt 2005, Onset of synchronization in large networks of coupled oscillators (the theory).
 * *Example*: `criticalCouplings(stepGraphon(edgeList("a,b\nb,c\nc,a")), lorentzianFrequencies(1)).positive.value // 3.0000`
 */
export function stepGraphon(graph: Digraph): Graphon {
  const { nodes: n, name } = graph;
  if (n > MOST)
    throw new RangeError(
      `stepGraphon: ${n} nodes given; allowed: up to ${MOST}, whose matrix is diagonalised; for larger ones see perronRoot and networkOrder`,
    );
  const matrix = adjacency(graph);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      if (matrix[i * n + j] !== matrix[j * n + i])
        throw new RangeError(
          `stepGraphon: node ${j} acts on ${i} with ${matrix[i * n + j]}, the other way with ${matrix[j * n + i]}; give a symmetric graph, or use perronRoot and networkOrder`,
        );
  const cell = (x: number): number => Math.min(n - 1, Math.max(0, Math.floor(x * n)));
  // Of entries up to 1, whose squares are numbers whatever the weights are.
  const scale = matrix.reduce((m, w) => Math.max(m, Math.abs(w)), 0) || 1;
  const { values } = denseSymmetric(
    matrix.map((w) => w / scale),
    n,
  );
  // Eigenvalues of rounding size are zeros of the matrix.
  const size = Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!));
  return {
    name,
    value: (x, y) => matrix[cell(x) * n + cell(y)]!,
    probability: matrix.every((w) => w >= 0 && w <= 1),
    eigenvalues: Array.from(
      values.filter((v) => Math.abs(v) > 1e-13 * n * size),
      (v) => (v / n) * scale,
    ),
    breaks: Array.from({ length: n - 1 }, (_, i) => (i + 1) / n),
    cells: {
      points: Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n),
      weights: new Float64Array(n).fill(1 / n),
    },
  };
}
