import { scalarMath } from "#engine";
import { angle } from "../core/angle.js";
import { coupledUnits, sinusoidal, type Field } from "./coupled-units.js";
import type { CouplingMatrix } from "./coupling-matrix.js";

export interface KuramotoOptions {
  readonly graph: CouplingMatrix;
  /** Natural frequencies, one a unit. Default: all 0. */
  readonly frequencies?: ArrayLike<number>;
  readonly coupling: number;
  /** Default 0. */
  readonly lag?: number;
}

/**
 * Kuramoto oscillators on a graph, as a vector field.
 *
 * *Definition*: u_i' = omega_i + (K / n) sum_j A_ij sin(u_j - u_i - alpha).
 * *Arguments*: see `KuramotoOptions`.
 * *Returns*: a field for `flow`. Phases are not wrapped: a unit's mean frequency is its phase over time.
 * *Cost*: two passes over the graph: O(n) all-to-all and on low-rank graphs, O(edges) on sparse ones.
 * *Source*: Kuramoto 1975; Sakaguchi, Kuramoto 1986.
 * *Example*: `evaluate(kuramotoField({ graph: allToAll(2), coupling: 1 }), { data: [0, Math.PI / 2] })[0] // [0.5000, -0.5000]`
 */
export function kuramotoField({ graph, frequencies, coupling, lag = 0 }: KuramotoOptions): Field {
  if (frequencies && frequencies.length !== graph.nodes)
    throw new RangeError(`kuramotoField: ${frequencies.length} frequencies given for ${graph.nodes} units; give one each`);
  const interaction = sinusoidal(coupling, lag);
  return coupledUnits(
    frequencies ? { graph, interaction, own: (_, omega) => omega, parameters: frequencies } : { graph, interaction },
  );
}

/** How coherent phases are. */
export interface OrderParameter {
  /** |(1/n) sum exp(i m theta_j)|. */
  readonly r: number;
  /** Its angle. */
  readonly psi: number;
}

/**
 * The order parameter of phases: r e^(i psi) = (1/n) sum_j exp(i m theta_j).
 *
 * *Arguments*: `phases`, finite; `m`: which harmonic, default 1.
 * *Example*: `orderParameter([0, Math.PI / 2]).r // 0.70710678`
 */
export function orderParameter(phases: ArrayLike<number>, m = 1): OrderParameter {
  let [x, y] = [0, 0];
  for (let i = 0; i < phases.length; i++) {
    const turns = (m * phases[i]!) / (2 * Math.PI);
    const theta = 2 * Math.PI * (turns - Math.floor(turns));
    x += scalarMath.cos(theta);
    y += scalarMath.sin(theta);
  }
  [x, y] = [x / phases.length, y / phases.length];
  return { r: Math.sqrt(x * x + y * y), psi: angle(y, x) };
}
