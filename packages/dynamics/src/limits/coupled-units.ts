import { add, concat, constant, cos, floor, mul, neg, reshape, sin, slice, sub, vmap, type Tensor } from "#engine";
import type { CouplingMatrix, Pairwise } from "./coupling-matrix.js";

/**
 * How one unit acts on another: any function of both states, or a sum of products receive(u_i) * send(u_j), which costs one pass over the graph
 * instead of one value an edge.
 */
export type Interaction =
  | { readonly name: string; readonly pairwise: Pairwise }
  | { readonly name: string; readonly separable: readonly Term[] };

/** receive(u_i) * send(u_j), of shape [d] each. */
export interface Term {
  receive(to: Tensor): Tensor;
  send(from: Tensor): Tensor;
}

/** What units do on their own: f(u_i, p_i), with u_i of shape [d] and the parameters p_i of unit i of shape [k]. */
export type Own = (unit: Tensor, parameters: Tensor) => Tensor;

export interface CoupledUnitsOptions {
  readonly graph: CouplingMatrix;
  readonly interaction: Interaction;
  /** Components d of a unit's state. Default 1. */
  readonly components?: number;
  /** Default: nothing. */
  readonly own?: Own;
  /** n x k numbers, row i being the parameters of unit i: what makes the units different. Default: none. */
  readonly parameters?: ArrayLike<number>;
}

/** The right-hand side of du/dt, on the flat state of n x d numbers. */
export type Field = (u: Tensor) => Tensor;

/**
 * Units on a graph, as a vector field.
 *
 * *Definition*: u_i' = f(u_i, p_i) + (1/n) sum_j A_ij g(u_i, u_j), i = 1 .. n, u_i in R^d.
 * *Arguments*: see `CoupledUnitsOptions`. f and g are ordinary engine functions of single units; what differs from unit to unit stands in
 * `parameters`. This form holds Kuramoto oscillators, rate networks (g = phi(u_j)), consensus (g = u_j - u_i), tokens under attention, and the
 * neurons of a wide layer.
 * *Returns*: an engine function of the flat state, for `flow`, `jvp` and the rest; throws where shapes do not fit.
 * *Error*: exact to rounding, and so are its derivatives.
 * *Cost*: separable interactions: one pass over the graph for each term; others: one value of g for each edge (each pair on full graphs).
 * *Source*: Kuehn, Xu 2022, Vlasov equations on digraph measures, equation (1.1) (the form).
 * *Example*: `evaluate(coupledUnits({ graph: allToAll(2), interaction: diffusive }), { data: [0, 1] })[0] // [0.5, -0.5]`
 */
export function coupledUnits(options: CoupledUnitsOptions): Field {
  const { graph, interaction, components: d = 1 } = options;
  const n = graph.nodes;
  const alone = unitsAlone("coupledUnits", n, options);
  return (flat) => {
    const u = reshape(flat, [n, d]);
    const acted = acting(graph, interaction, u, d);
    return reshape(alone ? add(alone(u), acted) : acted, [n * d]);
  };
}

/** What units do on their own, on the states of all of them, [n, d]; undefined where that is nothing. */
export function unitsAlone(
  what: string,
  n: number,
  { components: d = 1, own, parameters }: Pick<CoupledUnitsOptions, "components" | "own" | "parameters">,
): ((u: Tensor) => Tensor) | undefined {
  if (!Number.isInteger(d) || d < 1) throw new RangeError(`${what}: components ${d} given; allowed: integers from 1`);
  const width = parameters ? parameters.length / n : 0;
  if (!Number.isInteger(width) || (parameters && width < 1))
    throw new RangeError(`${what}: ${parameters!.length} parameters given for ${n} units; give as many for each`);
  const values = Float64Array.from(parameters ?? []);
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new RangeError(
      `${what}: parameter ${bad % width} of unit ${Math.floor(bad / width)} is ${values[bad]}; it must be finite`,
    );
  if (parameters && !own) throw new TypeError(`${what}: parameters given without own, the function that uses them`);
  if (!own) return undefined;
  const table = parameters ? constant(values, [n, width]) : constant(new Float64Array(n), [n, 1]);
  return (u) => vmap((x, p) => [own(x, p)])(u, table)[0]!;
}

/** (1/n) sum_j A_ij g(u_i, v_j): what acts on each unit, by default at its own time; states are [n, d]. */
export function acting(graph: CouplingMatrix, interaction: Interaction, u: Tensor, d: number, v = u): Tensor {
  if ("pairwise" in interaction) {
    if (v === u) return graph.pairs(interaction.pairwise, u);
    // Both states of a unit side by side: one to receive with, one to send.
    return graph.pairs((to, from) => interaction.pairwise(slice(to, [0], [d]), slice(from, [d], [2 * d])), concat([u, v], 1));
  }
  const { separable } = interaction;
  const n = graph.nodes;
  const sent = separable.map((term) => vmap((x) => [term.send(x)])(v)[0]!);
  // All terms go through the graph side by side.
  const mixed = graph.mix(separable.length === 1 ? sent[0]! : concat(sent, 1));
  return separable
    .map((term, i) => mul(vmap((x) => [term.receive(x)])(u)[0]!, slice(mixed, [0, i * d], [n, (i + 1) * d])))
    .reduce((a, b) => add(a, b));
}

/** Whole turns taken off, so that phases may run up without end: the elementary functions know no angles beyond 1.6 million. */
export const turned = (x: Tensor): Tensor => sub(x, mul(2 * Math.PI, floor(mul(1 / (2 * Math.PI), x))));

/**
 * g = K sin(u_j - u_i - lag): two passes over the graph, since sin(b - a) = sin b cos a - cos b sin a.
 *
 * *Arguments*: `coupling` K; `lag` alpha, default 0.
 * *Source*: Kuramoto 1975; Sakaguchi, Kuramoto 1986 (the lag). *Example*: `sinusoidal(2).separable.length // 2`
 */
export function sinusoidal(coupling: number, lag = 0): Interaction & { readonly separable: readonly Term[] } {
  if (!Number.isFinite(coupling) || !Number.isFinite(lag))
    throw new RangeError(`sinusoidal: coupling ${coupling}, lag ${lag} given; allowed: finite numbers`);
  const shifted = (x: Tensor): Tensor => (lag === 0 ? turned(x) : turned(sub(x, lag)));
  return {
    name: `${coupling} sin(u_j - u_i - ${lag})`,
    separable: [
      { receive: (to) => mul(coupling, cos(turned(to))), send: (from) => sin(shifted(from)) },
      { receive: (to) => mul(-coupling, sin(turned(to))), send: (from) => cos(shifted(from)) },
    ],
  };
}

const one = (like: Tensor): Tensor => add(mul(0, like), 1);

/** g = u_j - u_i: linear consensus. *Example*: `diffusive.name // "u_j - u_i"` */
export const diffusive: Interaction = {
  name: "u_j - u_i",
  separable: [
    { receive: one, send: (from) => from },
    { receive: neg, send: one },
  ],
};

/**
 * g = phi(u_j): what rate and Hopfield networks send.
 * *Example*: `sending(tanh).separable.length // 1`
 */
export const sending = (phi: (x: Tensor) => Tensor): Interaction & { readonly separable: readonly Term[] } => ({
  name: "phi(u_j)",
  separable: [{ receive: one, send: phi }],
});
