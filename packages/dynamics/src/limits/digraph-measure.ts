import { scalarMath } from "#engine";
import type { Estimate } from "../core/estimate.js";
import { boundedLipschitz, type BoundedLipschitzOptions } from "./bounded-lipschitz.js";
import { digraph, nodeCount, type Digraph } from "./digraph.js";
import { boxSymbol, type Graphon } from "./graphon.js";
import type { Atoms, Space } from "./measure.js";

/** Atoms that stand for a measure, and by how much they differ from it at most in the bounded-Lipschitz metric. */
export interface Fibre extends Atoms {
  readonly error: number;
}

/**
 * A limit of directed graphs, sparse or dense: to each place x in [0, 1] the measure eta^x of the places that act on it.
 *
 * A graph of n nodes is (1/n) sum_j A_ij delta_{x_j}; a graphon is W(x, y) dy; a graph of bounded degree keeps its atoms in the limit.
 */
export interface DigraphMeasure {
  readonly name: string;
  readonly space: Space;
  /** eta^x by about `cells` atoms. */
  fibre(x: number, cells: number): Fibre;
}

/** A measure that looks alike from every place of the circle. */
export interface CirculantMeasure extends DigraphMeasure {
  readonly space: "circle";
  /** [re, im] of int e^(2 pi i k d) d eta(d): the eigenvalue of e^(2 pi i k x) under (A f)(x) = int f(x + d) d eta(d). */
  symbol(k: number): readonly [number, number];
  readonly mass: number;
}

export interface CirculantOptions {
  /** Weights at signed distances on the circle of length 1. */
  readonly atoms?: readonly { readonly shift: number; readonly weight: number }[];
  /** Constant densities between two signed distances. */
  readonly boxes?: readonly { readonly from: number; readonly to: number; readonly height: number }[];
  readonly name?: string;
}

/**
 * A limit of graphs that looks alike from every node: atoms for sparse graphs, densities for dense ones.
 *
 * *Definition*: eta^x = the translate by x of sum_a weight_a delta_{shift_a} + sum_b height_b 1_[from_b, to_b] dy. Its operator is a graphop:
 * bounded from L^infinity to L^1 though not compact where there are atoms; its eigenfunctions are e^(2 pi i k x) with `symbol(k)`.
 * *Arguments*: see `CirculantOptions`; boxes at most as long as the circle.
 * *Error*: the symbol to a few rounding errors.
 * *Source*: Gkogkas, Kuehn 2022, Graphop mean-field limits for Kuramoto-type models; Kuehn, Xu 2022.
 * *Example*: `circulantMeasure({ atoms: [{ shift: 0.25, weight: 0.5 }, { shift: -0.25, weight: 0.5 }] }).symbol(2)[0] // -1.0000`
 */
export function circulantMeasure({ atoms = [], boxes = [], name = "circulant" }: CirculantOptions): CirculantMeasure {
  if (atoms.length + boxes.length === 0)
    throw new RangeError("circulantMeasure: neither atoms nor boxes given; give one at least");
  atoms.forEach(({ shift, weight }, i) => {
    if (!Number.isFinite(shift) || !Number.isFinite(weight))
      throw new RangeError(`circulantMeasure: atom ${i} has the weight ${weight} at ${shift}; both must be finite`);
  });
  boxes.forEach(({ from, to, height }, i) => {
    if (!(to > from && to - from <= 1) || !Number.isFinite(height))
      throw new RangeError(
        `circulantMeasure: box ${i} has the height ${height} on [${from}, ${to}]; allowed: from < to <= from + 1, finite height`,
      );
  });
  const turn = (x: number): number => 2 * Math.PI * (x - Math.floor(x));
  return {
    name,
    space: "circle",
    mass: atoms.reduce((s, a) => s + a.weight, 0) + boxes.reduce((s, b) => s + b.height * (b.to - b.from), 0),
    symbol(k) {
      let [re, im] = [0, 0];
      const enter = (size: number, place: number): void => {
        re += size * scalarMath.cos(turn(k * place));
        im += size * scalarMath.sin(turn(k * place));
      };
      for (const { shift, weight } of atoms) enter(weight, shift);
      for (const { from, to, height } of boxes) enter(height * boxSymbol(0.5 * (to - from), k), 0.5 * (from + to));
      return [re, im];
    },
    fibre(x, cells) {
      const [at, weight]: [number[], number[]] = [[], []];
      let error = 0;
      for (const a of atoms) [at[at.length], weight[weight.length]] = [x + a.shift, a.weight];
      for (const { from, to, height } of boxes) {
        const width = (to - from) / cells;
        for (let c = 0; c < cells; c++) [at[at.length], weight[weight.length]] = [x + from + (c + 0.5) * width, height * width];
        // A cell moves its mass by at most half its width, by a quarter on average.
        error += 0.25 * width * Math.abs(height) * (to - from);
      }
      return { at, weight, error };
    },
  };
}

/**
 * A graphon as a digraph measure: eta^x = W(x, y) dy.
 *
 * *Error*: fibres take W at the middle of cells; their error is exact for kernels that are constant on cells, and an estimate otherwise:
 * the mass that moves by a quarter of a cell, and the change of W against its neighbours.
 * *Example*: `graphonMeasure(ringGraphon(0.25)).fibre(0.5, 4).weight // [0, 0.25, 0.25, 0]`
 */
export function graphonMeasure(kernel: Graphon): DigraphMeasure {
  return {
    name: kernel.name,
    space: kernel.symbol ? "circle" : "line",
    fibre(x, cells) {
      const at = Float64Array.from({ length: cells }, (_, c) => (c + 0.5) / cells);
      const weight = at.map((y) => kernel.value(x, y) / cells);
      let error = 0;
      weight.forEach((w, c) => {
        error += 0.25 * (Math.abs(w) / cells);
        if (c > 0) error += 0.5 * Math.abs(w - weight[c - 1]!) * 0.5;
      });
      return { at, weight, error };
    },
  };
}

/**
 * A finite graph as a digraph measure: eta^x = (1/n) sum_j A_ij delta_{x_j} for x in the cell of node i, x_j = (j + 1/2) / n.
 * *Example*: `finiteMeasure(ringLattice(4, 1), "circle").fibre(0.1, 1).at // [0.375, 0.875]`
 */
export function finiteMeasure({ name, nodes, offsets, columns, weights }: Digraph, space: Space = "line"): DigraphMeasure {
  return {
    name,
    space,
    fibre(x) {
      const i = Math.min(nodes - 1, Math.max(0, Math.floor(x * nodes)));
      const row = [offsets[i]!, offsets[i + 1]!] as const;
      return {
        at: Float64Array.from(columns.subarray(...row), (j) => (j + 0.5) / nodes),
        weight: weights.slice(...row).map((w) => w / nodes),
        error: 0,
      };
    },
  };
}

/**
 * A finite graph from a circulant measure.
 *
 * *Definition*: an atom at the distance d goes to the node nearest to x_i + d with weight n times its own; a density gives each node in
 * reach n times its mass on the cell of that node. So (1/n) sum_j A_ij delta_{x_j} tends to eta^x, at a distance of at most mass / n.
 * *Example*: `sampleCirculant(circulantMeasure({ atoms: [{ shift: 0.1, weight: 1 }] }), 10).columns // [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]`
 */
export function sampleCirculant(measure: CirculantMeasure, n: number): Digraph {
  nodeCount("sampleCirculant", n, 2);
  // Seen from the middle of a cell: one row serves all nodes. Fine cells are counted to the node whose cell they lie in.
  const { at, weight } = measure.fibre(0, 64 * n);
  const row = new Float64Array(n);
  for (let a = 0; a < at.length; a++) row[((Math.round(at[a]! * n) % n) + n) % n]! += n * weight[a]!;
  const shifts = Array.from(row.keys()).filter((d) => row[d] !== 0);
  const edges = { to: [] as number[], from: [] as number[], weight: [] as number[] };
  for (let i = 0; i < n; i++)
    for (const d of shifts) {
      edges.to.push(i);
      edges.from.push((i + d) % n);
      edges.weight.push(row[d]!);
    }
  return digraph(n, edges, `${measure.name}, ${n} nodes`);
}

export interface DigraphDistanceOptions extends Pick<BoundedLipschitzOptions, "norm"> {
  /** Places at which fibres are compared, default 64: evenly spread over [0, 1]. */
  readonly places?: number;
  /** Atoms that stand for densities, default 1024. */
  readonly cells?: number;
}

/**
 * How far two limits of graphs are apart: the uniform bounded-Lipschitz distance of their fibres.
 *
 * *Definition*: sup_x d_BL(eta^x, nu^x), the metric in which large graphs converge to digraph measures.
 * *Arguments*: both on the same space; see `DigraphDistanceOptions`.
 * *Returns*: the largest distance over the places compared.
 * *Error*: what the atoms differ from densities, a bound for the value found; places between those compared may differ more.
 * *Source*: Kuehn, Xu 2022, Vlasov equations on digraph measures, section 2.
 * *Example*: `digraphDistance(finiteMeasure(ringLattice(64, 8), "circle"), graphonMeasure(ringGraphon(0.125))).value < 1 / 64 // true`
 */
export function digraphDistance(a: DigraphMeasure, b: DigraphMeasure, options: DigraphDistanceOptions = {}): Estimate {
  const { places = 64, cells = 1024, norm = "max" } = options;
  if (a.space !== b.space)
    throw new RangeError(
      `digraphDistance: ${a.name} lives on the ${a.space}, ${b.name} on the ${b.space}; give both on the same space`,
    );
  for (const [name, value] of Object.entries({ places, cells }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`digraphDistance: ${name} ${value} given; allowed: integers from 1`);
  let [value, error] = [0, 0];
  for (let i = 0; i < places; i++) {
    const x = (i + 0.5) / places;
    const [p, q] = [a.fibre(x, cells), b.fibre(x, cells)];
    value = Math.max(value, boundedLipschitz(p, q, { space: a.space, norm }));
    error = Math.max(error, p.error + q.error);
  }
  return {
    value,
    error,
    unit: "1",
    status: "ok",
    method: `bounded-Lipschitz distance, norm ${norm}, at ${places} places`,
    sources: ["Kuehn, Xu 2022"],
    cost: {},
  };
}
