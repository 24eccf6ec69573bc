import { leadingEigenvalues } from "../../analysis/leading-eigenvalues.js";
import type { Estimate } from "../../core/estimate.js";
import { weakParts } from "../../limits/components.js";
import { alongEdges } from "../../limits/coupling-matrix.js";
import { product, type Digraph } from "../../limits/digraph.js";
import type { Frequencies } from "../../limits/frequencies.js";
import type { CriticalCouplings, KernelExtremes } from "../../limits/kernel-spectrum.js";
import { kuramotoCriticalCoupling } from "../../limits/kuramoto-order.js";
import { networkOrder } from "../../limits/network-order.js";
import { noisyCriticalCoupling } from "../../limits/noisy-kuramoto.js";
import { perronRoot } from "../../limits/perron-root.js";
import type { GrowingGraph } from "./graphs.js";
import { growthOf, identical, none, type Subject } from "./theory.js";

/** Whether every entry has its mirror image. */
export function isSymmetric({ nodes, offsets, columns, weights }: Digraph): boolean {
  const entries = new Map<number, number>();
  for (let i = 0; i < nodes; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) entries.set(i * nodes + columns[e]!, weights[e]!);
  for (const [key, w] of entries) {
    const [i, j] = [Math.floor(key / nodes), key % nodes];
    if (entries.get(j * nodes + i) !== w) return false;
  }
  return true;
}

/** A network as a graph that comes in its own size alone. */
export function ofOneSize(network: Digraph): Pick<GrowingGraph, "make" | "edges"> {
  const { nodes, name } = network;
  const only = (size: number): Digraph => {
    if (size !== nodes) throw new RangeError(`${name} is a network of ${nodes} nodes; ${size} asked for`);
    return network;
  };
  return { make: (size) => alongEdges(only(size)), edges: only };
}

/**
 * What theory says of oscillators on a network that is directed, or too large to be diagonalised: from the outermost eigenvalues of its sparse matrix and from the
 * field node by node. Directed networks need weights from 0, whose largest eigenvalue is real.
 */
export function onNetwork(network: Digraph, density: Frequencies | undefined, noise: number): Subject {
  const { name, weights } = network;
  const symmetric = isSymmetric(network);
  const signs = weights.some((w) => w < 0);
  if (!symmetric && signs)
    throw new RangeError(
      `${name} is directed and has negative weights: its leading eigenvalues may be complex, for which there is no theory here; allowed: directed networks with weights from 0, and symmetric ones`,
    );
  const extremes = symmetric ? bothEnds(network) : oneEnd(network);
  const one = noise > 0 ? (density ? noisyCriticalCoupling(density, noise) : identical(noise)) : undefined;
  const at = (zeta: number, known: boolean): Estimate => {
    if (!known || !(Math.abs(zeta) > extremes.error) || extremes.status !== "ok")
      return none(
        extremes.status !== "ok"
          ? `the largest eigenvalue did not converge (${extremes.method})`
          : known
            ? "the network has no eigenvalue of this sign: where nothing runs in cycles no coupling makes all of it order itself"
            : "of a directed network only the largest eigenvalue is had, which is real; the others may be complex",
      );
    const found = one
      ? { ...one, value: one.value / zeta, error: one.error / Math.abs(zeta) }
      : density
        ? kuramotoCriticalCoupling(density, zeta)
        : none("identical oscillators without noise lock at every coupling");
    return { ...found, error: found.error + Math.abs(found.value) * (extremes.error / Math.abs(zeta)) };
  };
  const found: CriticalCouplings = {
    positive: at(extremes.largest, true),
    negative: at(extremes.smallest, symmetric),
    extremes,
  };
  const orders = density && noise === 0 && !signs ? networkOrder(network, density) : undefined;
  const known = new Map<number, number>();
  return {
    name,
    parts: weakParts(network),
    ...ofOneSize(network),
    critical: () => found.positive,
    growth: growthOf(density, noise, extremes.largest),
    spectrum: () => found,
    order(coupling) {
      const r = known.get(coupling) ?? (coupling <= found.positive.value ? 0 : orders ? orders(coupling).value : NaN);
      known.set(coupling, r);
      return r;
    },
  };
}

/** Both ends of the spectrum of a symmetric network, over the number of nodes. */
function bothEnds(network: Digraph): KernelExtremes {
  const n = network.nodes;
  const apply = (x: Float64Array, into: Float64Array): void => void product(network, x, into);
  const ends = (["largest", "smallest"] as const).map((which) =>
    leadingEigenvalues(
      { count: 1, dim: n, symmetric: true, apply },
      { which, tolerance: 1e-7, basis: Math.min(n, 40), restarts: 100 },
    ),
  );
  const [largest, smallest] = ends.map((e) => e.value[0]! / n) as [number, number];
  const error = Math.max(...ends.map((e) => e.error[0]! / n));
  const size = Math.max(Math.abs(largest), Math.abs(smallest));
  return {
    largest: Math.max(0, largest),
    smallest: Math.min(0, smallest),
    error,
    method: ends[0]!.method,
    // What has not converged to the tolerance still lies within its residual.
    status: error <= 1e-2 * size ? "ok" : "not-converged",
  };
}

/** The largest eigenvalue of a directed network; the smallest is not known. */
function oneEnd(network: Digraph): KernelExtremes {
  const { value, error, method, status } = perronRoot(network);
  return { largest: value / network.nodes, smallest: NaN, error: error / network.nodes, method, status };
}
