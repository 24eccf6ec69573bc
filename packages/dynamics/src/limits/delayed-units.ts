import { add, reshape, type Tensor } from "#engine";
import { acting, unitsAlone, type CoupledUnitsOptions, type Interaction } from "./coupled-units.js";
import type { CouplingMatrix } from "./coupling-matrix.js";

/** Edges of one delay. */
export interface EdgeClass {
  readonly graph: CouplingMatrix;
  readonly interaction: Interaction;
  /** How long it takes from the sender to the receiver: from 0. */
  readonly lag: number;
}

export interface DelayedUnitsOptions extends Pick<CoupledUnitsOptions, "components" | "own" | "parameters"> {
  /** One entry for each delay; all graphs have the same nodes. */
  readonly edges: readonly EdgeClass[];
}

/** A delay equation, as `delay` takes it. */
export interface DelayedUnits {
  readonly field: (x: Tensor, past: readonly Tensor[]) => Tensor;
  /** The delays above 0, ascending. */
  readonly lags: readonly number[];
}

/**
 * Units on a graph whose edges take time.
 *
 * *Definition*: u_i'(t) = f(u_i(t), p_i) + sum over classes c of (1/n) sum_j A^c_ij g_c(u_i(t), u_j(t - lag_c)).
 * *Arguments*: see `DelayedUnitsOptions`: edges come in classes, each with its graph, its interaction and one delay.
 * *Returns*: `field` and `lags` of `delay({ field, lags, history })`, which steps from breaking point to breaking point; throws where classes do not fit together.
 * *Error*: exact to rounding. *Cost*: that of `coupledUnits` for each class.
 * *Source*: Schuster, Wagner 1989, Mutual entrainment of two limit cycle oscillators with time delayed coupling.
 * *Example*: `delayedUnits({ edges: [{ graph: allToAll(3), interaction: diffusive, lag: 0.5 }] }).lags // [0.5]`
 */
export function delayedUnits(options: DelayedUnitsOptions): DelayedUnits {
  const { edges, components: d = 1 } = options;
  if (edges.length === 0) throw new RangeError("delayedUnits: no class of edges given; give at least one");
  const n = edges[0]!.graph.nodes;
  edges.forEach(({ graph, lag }, c) => {
    if (graph.nodes !== n)
      throw new RangeError(
        `delayedUnits: edges[${c}] has ${graph.nodes} nodes, edges[0] has ${n}; all classes share their nodes`,
      );
    if (!(lag >= 0) || !Number.isFinite(lag))
      throw new RangeError(`delayedUnits: edges[${c}] has the lag ${lag}; allowed: finite numbers from 0`);
  });
  const lags = [...new Set(edges.map((e) => e.lag))].filter((lag) => lag > 0).sort((a, b) => a - b);
  if (lags.length === 0) throw new RangeError("delayedUnits: every lag is 0; use coupledUnits");
  const alone = unitsAlone("delayedUnits", n, options);
  return {
    lags,
    field(x, past) {
      const u = reshape(x, [n, d]);
      const parts = edges.map(({ graph, interaction, lag }) =>
        acting(graph, interaction, u, d, lag === 0 ? u : reshape(past[lags.indexOf(lag)]!, [n, d])),
      );
      return reshape([...(alone ? [alone(u)] : []), ...parts].reduce(add), [n * d]);
    },
  };
}
