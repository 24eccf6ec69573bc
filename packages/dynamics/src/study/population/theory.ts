import { lowRank, type CouplingMatrix } from "../../limits/coupling-matrix.js";
import type { Complex } from "../../core/complex.js";
import type { Estimate } from "../../core/estimate.js";
import type { Digraph } from "../../limits/digraph.js";
import { isUnimodal, type FrequencyDensity } from "../../limits/frequency-density.js";
import { frequencyWeighted } from "../../limits/frequency-weighted.js";
import type { Graphon } from "../../limits/graphon.js";
import { graphonOrder } from "../../limits/graphon-order.js";
import { couplingsAt, kernelExtremes, type CriticalCouplings } from "../../limits/kernel-spectrum.js";
import { incoherenceGrowthRate } from "../../limits/incoherence-growth.js";
import type { IncoherenceThreshold } from "../../limits/incoherence-threshold.js";
import { kuramotoCriticalCoupling } from "../../limits/kuramoto-order.js";
import { noisyCriticalCoupling, noisyKuramotoOrder } from "../../limits/noisy-kuramoto.js";
import { noisyOrder } from "../../limits/noisy-order.js";
import { growing, type GrowingGraph, type PopulationGraphSpec } from "./graphs.js";

export type Way = "up" | "down";

/** The outermost eigenvalues of a graph and what follows. */
export interface Spectrum extends CriticalCouplings {
  /** The eigenvalue of the mode that ends incoherence on the way up, where it need not be the largest real one. */
  readonly leading?: Complex;
}

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
  /** Its spectrum, where it has one that tells when incoherence ends. */
  spectrum?(): Spectrum;
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
export function subject(spec: PopulationGraphSpec, density: FrequencyDensity | undefined, noise: number): Subject {
  if (spec.type === "frequency-weighted") {
    if (!density || noise > 0 || !isUnimodal(density))
      throw new RangeError(
        "frequency-weighted: the theory is that of oscillators of different frequencies with one peak and without noise; give a width above 0, no peaks and no noise",
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
export function onGraph(
  { name, limit, make, edges }: GrowingGraph,
  density: FrequencyDensity | undefined,
  noise: number,
): Subject {
  const found = couplingsAt(kernelExtremes(limit), everyone(density, noise));
  // Both ways have one branch, and questions ask for the same couplings.
  const known = new Map<number, number>();
  const theory = orderOf(limit, density, noise, found.positive.value);
  return {
    name,
    limit,
    make,
    edges,
    parts: partsOf(limit),
    spectrum: () => found,
    critical: () => found.positive,
    growth: growthOf(density, noise, found.extremes.largest),
    order(coupling, way) {
      // Beside the incoherence of several peaks there may be order that does not grow out of it.
      if (density && !isUnimodal(density) && way === "down") return NaN;
      const r = known.get(coupling) ?? theory(coupling);
      known.set(coupling, r);
      return r;
    },
  };
}

/** The order parameter over the coupling, where theory tells it. */
function orderOf(
  limit: Graphon,
  density: FrequencyDensity | undefined,
  noise: number,
  critical: number,
): (coupling: number) => number {
  const until = (coupling: number): number => (coupling > critical ? NaN : 0);
  if (density && !isUnimodal(density)) return until;
  if (noise === 0) {
    if (!density) return () => NaN;
    return hasSigns(limit) ? until : (coupling) => graphonOrder(limit, density, coupling).value;
  }
  const degree = limit.symbol?.(0);
  if (degree === undefined) return () => NaN;
  return (coupling) =>
    density
      ? noisyOrder(density, { coupling: coupling * degree, noise }).value
      : noisyKuramotoOrder({ coupling: coupling * degree, noise }).value;
}

/** The critical coupling of everyone with everyone. */
export const everyone = (density: FrequencyDensity | undefined, noise: number): IncoherenceThreshold =>
  density ? (noise > 0 ? noisyCriticalCoupling(density, noise) : kuramotoCriticalCoupling(density)) : identical(noise);

/** The growth rate of the mode of a graph with the eigenvalue zeta, over the coupling. */
export const growthOf =
  (density: FrequencyDensity | undefined, noise: number, zeta: number) =>
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
export const none = (explanation: string): IncoherenceThreshold => ({
  value: NaN,
  error: NaN,
  frequency: NaN,
  unit: "coupling",
  status: "not-converged",
  method: "theory of incoherence",
  sources: [],
  cost: {},
  explanation,
});

/** That of identical oscillators, which need noise to have one. */
function identical(noise: number): IncoherenceThreshold {
  if (noise === 0) return none("identical oscillators without noise lock at every coupling");
  return {
    value: 2 * noise,
    error: 0,
    frequency: 0,
    unit: "coupling",
    status: "ok",
    method: "2 D, identical oscillators",
    sources: ["Sakaguchi 1988"],
    cost: {},
  };
}
