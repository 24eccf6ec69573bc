import { lowRank, type CouplingMatrix } from "../../limits/coupling-matrix.js";
import type { Estimate } from "../../core/estimate.js";
import type { Digraph } from "../../limits/digraph.js";
import type { Frequencies } from "../../limits/frequencies.js";
import { frequencyWeighted } from "../../limits/frequency-weighted.js";
import type { Graphon } from "../../limits/graphon.js";
import { graphonOrder } from "../../limits/graphon-order.js";
import { criticalCouplings, kernelExtremes, type CriticalCouplings } from "../../limits/kernel-spectrum.js";
import { incoherenceGrowthRate } from "../../limits/incoherence-growth.js";
import { noisyCriticalCoupling, noisyKuramotoOrder } from "../../limits/noisy-kuramoto.js";
import { noisyOrder } from "../../limits/noisy-order.js";
import { growing, type GrowingGraph, type PopulationGraphSpec } from "./graphs.js";

export type Way = "up" | "down";

/** A population's graph, as it is sampled and as theory sees it. */
export interface Subject {
  readonly name: string;
  make(units: number, seed: number, frequencies: Float64Array): CouplingMatrix;
  /** The same as edges, where they do not depend on the frequencies. */
  edges?(units: number, seed: number): Digraph;
  /** Where its graph has a limit as a graphon. */
  readonly limit?: Graphon;
  /** Parts of the limit that do not act on each other, places without any edge left out. */
  readonly parts?: number;
  /** The outermost eigenvalues and what follows, where they are not those of `limit`. */
  spectrum?(): CriticalCouplings;
  /** Half-width of a ring of neighbours, where it is one. */
  readonly reach?: number;
  /** The coupling at which incoherence ends on the way up, and at which order ends on the way down. */
  critical(way: Way): Estimate;
  /** How fast order grows out of incoherence at a coupling, where theory has a rate; NaN below the coupling from which there is one. */
  growth?(coupling: number): number;
  /** Order parameter of infinitely many units at a coupling, coming from weaker or from stronger coupling; NaN where theory does not tell. */
  order(coupling: number, way: Way): number;
}

/** What theory says of a population on a graph. `density` undefined: identical oscillators; they need noise to have a transition. */
export function subject(spec: PopulationGraphSpec, density: Frequencies | undefined, noise: number): Subject {
  if (spec.type === "frequency-weighted") {
    if (!density || noise > 0)
      throw new RangeError(
        "frequency-weighted: the theory is that of oscillators of different frequencies without noise; give a width above 0 and no noise",
      );
    const theory = frequencyWeighted(density);
    return {
      name: "all-to-all, weighted by frequency",
      make: (n, _seed, omega) => lowRank(omega.map(Math.abs), new Float64Array(n).fill(1), 1),
      critical: (way) => theory[way],
      // Without a loop the locked state begins where it exists; between the end of incoherence and there theory has no state at rest.
      order: (coupling, way) => {
        const r = way === "up" && coupling < theory.up.value ? 0 : theory.locked(coupling);
        return r === 0 && coupling > theory.up.value ? NaN : r;
      },
    };
  }
  return { ...onGraph(growing(spec), density, noise), ...(spec.type === "ring" ? { reach: spec.h } : {}) };
}

/** The same on a graph that is there already. */
export function onGraph({ name, limit, make, edges }: GrowingGraph, density: Frequencies | undefined, noise: number): Subject {
  const common = { name, limit, make, edges, parts: partsOf(limit) };
  if (noise === 0) {
    if (!density)
      return { ...common, critical: () => none("identical oscillators without noise lock at every coupling"), order: () => NaN };
    const { positive, extremes } = criticalCouplings(limit, density);
    // Both ways have one branch, and questions ask for the same couplings.
    const known = new Map<number, number>();
    const signed = hasSigns(limit);
    const beyond = (coupling: number): number => (coupling > positive.value ? NaN : 0);
    const order = (coupling: number): number => {
      const r = known.get(coupling) ?? (signed ? beyond(coupling) : graphonOrder(limit, density, coupling).value);
      known.set(coupling, r);
      return r;
    };
    return { ...common, critical: () => positive, order, growth: growthOf(density, 0, extremes.largest) };
  }
  const { largest } = kernelExtremes(limit);
  const one = density ? noisyCriticalCoupling(density, noise) : identical(noise);
  const degree = limit.symbol?.(0);
  return {
    ...common,
    growth: growthOf(density, noise, largest),
    critical: () =>
      largest > 0
        ? { ...one, value: one.value / largest, error: one.error / largest }
        : none("its limit has no positive eigenvalue"),
    order: (coupling) =>
      degree === undefined
        ? NaN
        : density
          ? noisyOrder(density, { coupling: coupling * degree, noise }).value
          : noisyKuramotoOrder({ coupling: coupling * degree, noise }).value,
  };
}

/** The growth rate of the mode of a graph with the eigenvalue zeta, over the coupling. */
export const growthOf =
  (density: Frequencies | undefined, noise: number, zeta: number) =>
  (coupling: number): number =>
    density ? incoherenceGrowthRate(density, { coupling, noise, eigenvalue: zeta }).value : 0.5 * coupling * zeta - noise;

/** Whether some units push others away, so that the state in phase is not the one that theory knows. Graphs by name have chances and weights from 0. */
const hasSigns = ({ cells, value }: Graphon): boolean =>
  cells !== undefined && cells.points.some((x) => cells.points.some((y) => value(x, y) < 0));

/** How many parts a limit falls into; 1 where it has no cells to tell. */
function partsOf({ cells, value }: Graphon): number {
  if (!cells) return 1;
  const places = Array.from(cells.points);
  const open = new Set(places.filter((x) => places.some((y) => value(x, y) !== 0)));
  let parts = 0;
  for (const first of open) {
    parts++;
    const reached = [first];
    open.delete(first);
    for (let x = reached.pop(); x !== undefined; x = reached.pop())
      for (const y of open)
        if (value(x, y) !== 0) {
          reached.push(y);
          open.delete(y);
        }
  }
  return parts;
}

/** No critical coupling, and why. */
export const none = (explanation: string): Estimate => ({
  value: NaN,
  error: NaN,
  unit: "coupling",
  status: "not-converged",
  method: "theory of incoherence",
  sources: [],
  cost: {},
  explanation,
});

/** That of identical oscillators with noise. */
export const identical = (noise: number): Estimate => ({
  value: 2 * noise,
  error: 0,
  unit: "coupling",
  status: "ok",
  method: "2 D, identical oscillators",
  sources: ["Sakaguchi 1988"],
  cost: {},
});
