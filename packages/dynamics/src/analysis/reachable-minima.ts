import type { Estimate } from "../core/estimate.js";
import type { LinearOperators } from "../core/linear-operator.js";
import type { Status } from "../core/status.js";
import { leadingEigenvalues, type LeadingEigenvaluesOptions } from "./leading-eigenvalues.js";

/** Ends of many runs of an optimizer, each with a Hessian: what `descents` gives. */
export interface Ends {
  readonly count: number;
  readonly statuses: readonly Status[];
  /** `threshold`: the largest curvature at which a minimum attracts, 2 / eta for gradient descent. */
  readonly optimizer: { readonly threshold: number };
  hessians(): LinearOperators;
}

/** Which minima an optimizer ended in, against its stability threshold. */
export interface ReachableMinima {
  /** The largest Hessian eigenvalue at each end; NaN for a run that did not arrive. */
  readonly sharpness: Estimate<Float64Array>;
  /** The smallest: 0 on a manifold of minima, negative at a saddle. */
  readonly smallest: Estimate<Float64Array>;
  readonly threshold: number;
  /** How many runs arrived, diverged, or did neither. */
  readonly arrived: number;
  readonly diverged: number;
  readonly unsettled: number;
  /**
   * Arrived at an end that should repel: sharpness above the threshold, or a negative eigenvalue, by more than its error and 1e-6 of the
   * threshold.
   */
  readonly repelling: number;
  /** The largest sharpness / threshold among those that arrived. */
  readonly largest: Estimate;
}

/**
 * Which minima can an optimizer end in?
 *
 * *Definition*: sharpness = largest Hessian eigenvalue at the end of each run. By the theory a minimum of sharpness above the threshold is
 * reached from a set of starts of measure zero, as long as the map of one step does not squeeze sets of positive measure to null sets.
 * *Arguments*: `ends`: from `descents`; options of the eigenvalue search.
 * *Returns*: see `ReachableMinima`. `repelling` above 0 goes against the theory, so it points to starts in special position
 * (on the stable manifold of a saddle), to a singular map, or to an end that only passes by.
 * `largest` is NaN with status "not-converged" when no run arrived.
 * *Error*: residual norms of the eigenvalues, at the ends. An end differs from its limit by about gradient / smallest positive eigenvalue.
 * *Cost*: a few Hessian-vector products for each end, in blocks.
 * *Source*: Chemnitz, Engel, Characteristic stability of minima (theorem A); Wu, Ma, E 2018, How SGD selects the global minima.
 * *Example*: `const runs = descents({ objective, size: 2, starts: [2, 1, 0.5, 0.2], optimizer: gradientDescent({ stepSize: 0.5 }) });
 * const { arrived, repelling, largest } = reachableMinima(runs); [arrived, repelling, largest.value] // [2, 0, 0.653]`
 */
export function reachableMinima(ends: Ends, options: Omit<LeadingEigenvaluesOptions, "which"> = {}): ReachableMinima {
  const { statuses, optimizer } = ends;
  const { threshold } = optimizer;
  const arrivedOnly = (all: Float64Array): Float64Array => all.map((x, i) => (statuses[i] === "ok" ? x : NaN));
  const extreme = (which: "largest" | "smallest"): Estimate<Float64Array> => {
    const found = leadingEigenvalues(ends.hessians(), { ...options, which });
    return { ...found, unit: "1/stepSize", value: arrivedOnly(found.value), error: arrivedOnly(found.error) };
  };
  const sharpness = extreme("largest");
  const smallest = extreme("smallest");
  const count = (status: Status): number => statuses.filter((s) => s === status).length;
  const slack = 1e-6 * threshold;
  let top = -1;
  let repelling = 0;
  sharpness.value.forEach((x, i) => {
    if (!Number.isFinite(x)) return;
    if (top < 0 || x > sharpness.value[top]!) top = i;
    const low = smallest.value[i]! + smallest.error[i]!;
    if (x - sharpness.error[i]! > threshold + slack || low < -slack) repelling++;
  });
  const arrived = count("ok");
  const diverged = count("diverged");
  const explanation =
    top < 0
      ? `none of ${statuses.length} runs arrived: ${diverged} diverged, the others did not settle`
      : repelling > 0
        ? `${repelling} ends should repel; descents with kick: 1e-6 tells those that only pass by from those that stay`
        : undefined;
  return {
    sharpness,
    smallest,
    threshold,
    arrived,
    diverged,
    unsettled: statuses.length - arrived - diverged,
    repelling,
    largest: {
      value: top < 0 ? NaN : sharpness.value[top]! / threshold,
      error: top < 0 ? NaN : sharpness.error[top]! / threshold,
      unit: "threshold",
      status: top < 0 ? "not-converged" : sharpness.status,
      method: `largest over ${arrived} ends; the error is the residual norm of that eigenvalue`,
      sources: sharpness.sources,
      cost: sharpness.cost,
      ...(explanation === undefined ? {} : { explanation }),
    },
  };
}
