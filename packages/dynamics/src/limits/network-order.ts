import type { Estimate } from "../core/estimate.js";
import { degrees, product, type Digraph } from "./digraph.js";
import type { Frequencies } from "./frequencies.js";
import { needUnimodal } from "./frequency-density.js";
import { lockedShare } from "./kuramoto-order.js";
import { selfConsistentField } from "./self-consistent-field.js";

/** Places of the table of shares, and iterations at most. */
const PLACES = 1024;
const MOST = 1000;

/**
 * How coherent oscillators on a given network are, as theory of many neighbours has it: as a function of the coupling.
 *
 * *Definition*: `graphonOrder` for a network, directed or not, node by node: the field at node i is h_i = (1/n) sum_j A_ij R(K h_j), with R(a) the mean of e^(iu) of oscillators in a field a; r is
 * the mean of R(K h). The largest solution, reached from the degrees down by iteration with Aitken's steps.
 * *Arguments*: `graph`: weights >= 0; `frequencies`.
 * *Returns*: a function of K >= 0 that gives r as an Estimate; "not-converged" with NaN after 1,000 iterations, which happens close to the onset and where the largest eigenvalue stands alone no further
 * than by 1e-3.
 * *Error*: the last change of the iteration, enlarged by its rate, and that of a table of R between its places. As a theory of the finite network it neglects the fluctuations of each node's field: good where nodes have many neighbours.
 * *Cost*: 1,024 integrals once; an iteration takes one pass over the edges.
 * *Source*: Restrepo, Ott, Hunt 2005, Onset of synchronization in large networks of coupled oscillators; 2006, Synchronization in large directed networks of coupled phase oscillators.
 * *Example*: `networkOrder(ringLattice(100, 25), lorentzianFrequencies(1))(8).value // 0.7071068`
 */
export function networkOrder(graph: Digraph, frequencies: Frequencies): (coupling: number) => Estimate {
  needUnimodal("networkOrder", frequencies);
  const { nodes: n, weights } = graph;
  const bad = weights.findIndex((w) => !(w >= 0));
  if (bad >= 0)
    throw new RangeError(
      `networkOrder: a weight of ${weights[bad]} given; the in-phase state needs weights that are not negative`,
    );
  const table = sharesOf(frequencies);
  const full = degrees(graph).map((d) => d / n);
  const apply = (share: Float64Array): Float64Array => product(graph, share, new Float64Array(n)).map((s) => s / n);
  return (coupling) => {
    if (!(coupling >= 0) || !Number.isFinite(coupling))
      throw new RangeError(`networkOrder: coupling ${coupling} given; allowed: from 0`);
    const { value, left, change, settled, steps } = selfConsistentField({
      start: full,
      share: (field) => field.map((h) => table.at(coupling * h)),
      apply,
      mean: (share) => share.reduce((s, v) => s + v, 0) / n,
      tolerance: 1e-10,
      most: MOST,
      slowest: 0.999,
    });
    // What has fallen below the tolerance of the iteration is no order.
    const zero = settled && value < 1e-7;
    return {
      value: settled ? (zero ? 0 : value) : NaN,
      error: settled ? left + table.error : NaN,
      unit: "1",
      status: settled ? "ok" : "not-converged",
      method: `iteration of the field of ${n} nodes`,
      sources: ["Restrepo, Ott, Hunt 2005"],
      cost: { steps },
      ...(settled
        ? {}
        : { explanation: `the iteration still changes by ${change} a step: the coupling is very close to the onset` }),
    };
  };
}

/** R(a) on a grid of t = a / (a + s), with cubic interpolation, s the scale at which R(a) is about 1/2; and how far off it is between places. */
function sharesOf(frequencies: Frequencies): { at(a: number): number; readonly error: number } {
  const exact = (a: number): number => (a > 0 ? a * lockedShare(frequencies, a, 1e-11).value : 0);
  const scale = 1 / (Math.PI * frequencies.density(0));
  const of = (t: number): number => (t >= 1 ? 1 : exact((scale * t) / (1 - t)));
  const values = Float64Array.from({ length: PLACES + 1 }, (_, i) => of(i / PLACES));
  const at = (a: number): number => {
    const t = (PLACES * a) / (a + scale);
    const i = Math.min(PLACES - 2, Math.max(1, Math.floor(t)));
    const s = t - i;
    const [p, q, r, u] = [values[i - 1]!, values[i]!, values[i + 1]!, values[i + 2]!];
    return (
      (-s * (s - 1) * (s - 2) * p) / 6 +
      ((s + 1) * (s - 1) * (s - 2) * q) / 2 -
      ((s + 1) * s * (s - 2) * r) / 2 +
      ((s + 1) * s * (s - 1) * u) / 6
    );
  };
  let error = 1e-11;
  for (let k = 0; k < 40; k++) {
    const a = (scale * (k + 0.5 + 0.37 / PLACES)) / (40 - k - 0.5);
    error = Math.max(error, Math.abs(at(a) - exact(a)));
  }
  return { at, error };
}
