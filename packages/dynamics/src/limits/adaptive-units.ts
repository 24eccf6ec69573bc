import { add, concat, constant, mul, reshape, segmentSum, slice, sub, take, vmap, type Tensor } from "#engine";
import { unitsAlone, type CoupledUnitsOptions, type Field } from "./coupled-units.js";
import { edgeRows, type Pairwise } from "./coupling-matrix.js";
import type { Digraph } from "./digraph.js";

export interface AdaptiveUnitsOptions extends Pick<CoupledUnitsOptions, "components" | "own" | "parameters"> {
  /** Who acts on whom; its weights are those at the start. */
  readonly graph: Digraph;
  /** g(u_i, u_j), of shape [d]. */
  readonly pairwise: Pairwise;
  /** h(u_i, u_j), of shape [1] or []: what the weight of an edge from j to i tends to. */
  readonly rule: Pairwise;
  /** eps >= 0: how fast weights follow. */
  readonly rate: number;
}

/** Units with edges that learn. */
export interface AdaptiveUnits {
  /** On states of n x d numbers of units and one weight an edge, in the order of the graph's entries. */
  readonly field: Field;
  /** A state from that of the units: the weights of the graph stand behind it. */
  initial(units: ArrayLike<number>): Float64Array;
}

/**
 * Units on a graph whose weights adapt: each edge has a state of its own.
 *
 * *Definition*: u_i' = f(u_i, p_i) + (1/n) sum over edges e from j to i of a_e g(u_i, u_j), a_e' = eps (h(u_i, u_j) - a_e).
 * *Arguments*: see `AdaptiveUnitsOptions`.
 * *Returns*: a field for `flow` on units and weights together, so that tangents, exponents and equilibria are those of the whole.
 * *Error*: exact to rounding. *Cost*: one value of g and one of h for each edge.
 * *Source*: Berner, Gross, Kuehn, Kurths, Yanchuk 2023, Adaptive dynamical networks; Gkogkas, Kuehn, Xu 2022, Mean field limits of co-evolutionary signed
 * heterogeneous networks.
 * *Example*: `adaptiveUnits({ graph: ringLattice(3, 1), pairwise: (to, from) => sub(from, to), rule: (to) => mul(0, to), rate: 1 }).initial([5, 6, 7]).length // 9`
 */
export function adaptiveUnits(options: AdaptiveUnitsOptions): AdaptiveUnits {
  const { graph, pairwise, rule, rate, components: d = 1 } = options;
  const { nodes: n, columns, weights } = graph;
  const edges = columns.length;
  if (edges === 0) throw new RangeError("adaptiveUnits: the graph has no edge; give at least one");
  if (!(rate >= 0) || !Number.isFinite(rate))
    throw new RangeError(`adaptiveUnits: rate ${rate} given; allowed: finite numbers from 0`);
  const alone = unitsAlone("adaptiveUnits", n, options);
  const rows = edgeRows(graph);
  return {
    initial(units) {
      if (units.length !== n * d)
        throw new RangeError(`adaptiveUnits: ${units.length} numbers given for ${n} units of ${d}; give ${n * d}`);
      return Float64Array.from([...Array.from(units), ...weights]);
    },
    field(state) {
      const u = reshape(slice(state, [0], [n * d]), [n, d]);
      const a = slice(state, [n * d], [n * d + edges]);
      const to = constant(rows, [edges], "i32");
      const [receivers, senders] = [take(u, to), take(u, constant(columns, [edges], "i32"))];
      const each = (g: Pairwise): Tensor => vmap((x, y) => [g(x, y)])(receivers, senders)[0]!;
      const acted = segmentSum(mul(mul(1 / n, reshape(a, [edges, 1])), each(pairwise)), to, n);
      const aim = reshape(each(rule), [edges]);
      return concat([reshape(alone ? add(alone(u), acted) : acted, [n * d]), mul(rate, sub(aim, a))], 0);
    },
  };
}
