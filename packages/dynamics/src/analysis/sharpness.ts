import type { LinearOperator } from "../core/linear-operator.js";
import { addRow } from "../core/rows.js";
import { eigenpairs, type Eigenpairs } from "./eigenpairs.js";

/** Something that moves and has a Hessian where it is: a training run, for instance. */
export interface Curved {
  readonly time: number;
  hessian(at?: ArrayLike<number>, blockSize?: number): LinearOperator;
}

export interface SharpnessOptions {
  /** Number of leading Hessian eigenpairs. Default 1. */
  readonly k?: number;
  /** Residual norm at which a pair is done, relative to the largest eigenvalue. Default 0.02; see `sharpness`. */
  readonly tolerance?: number;
  /** Budget of products for one measurement. Default 30 k for the first, 3 k for later ones. */
  readonly maxProducts?: number;
  readonly seed?: number;
}

/** One measurement. */
export interface SharpnessPoint {
  /** Step of the run. */
  readonly time: number;
  /** The k leading eigenvalues of the Hessian, largest first, and their residual norms. */
  readonly pairs: Eigenpairs;
}

/** The leading curvature along a run, and what following it costs. */
export interface SharpnessTracker {
  /** Measures at the run's present parameters. */
  measure(): SharpnessPoint;
  readonly points: readonly SharpnessPoint[];
  /** Hessian-vector products so far. */
  readonly products: number;
  /** Steps of the run between the first and the last measurement. */
  readonly steps: number;
}

/**
 * Follows the k leading Hessian eigenpairs of a run, each measurement started from the eigenvectors of the one before.
 *
 * *Definition*: sharpness = the largest eigenvalue of the Hessian of the loss.
 * *Arguments*: see `SharpnessOptions`; call `measure()` whenever a value is wanted, every 10 steps for instance.
 * *Returns*: a tracker.
 * *Error*: |value - eigenvalue| <= residual. A Rayleigh quotient is much better than that: its error is at most residual^2 / gap, which for
 * the default tolerance of 0.02 and a gap of a tenth of the sharpness is 0.4 %.
 * *Cost*: `products` Hessian-vector products over `steps` steps: usually one or two a measurement and vector.
 * *Source*: Parlett 1998, The symmetric eigenvalue problem, theorem 11.7.1 (the two bounds).
 * *Example*: `const track = sharpness(run); for (let i = 0; i < 3; i++) { track.measure(); run.step(10); }
 * track.points.map((p) => [p.time, p.pairs.value[0]]) // [[0, 7.698], [10, 4.434], [20, 5.177]]`
 */
export function sharpness(run: Curved, options: SharpnessOptions = {}): SharpnessTracker {
  const { k = 1, tolerance = 0.02, seed = 0 } = options;
  const points: SharpnessPoint[] = [];
  let products = 0;
  let warm: Float64Array | undefined;
  return {
    points,
    get products() {
      return products;
    },
    get steps() {
      return points.length ? points.at(-1)!.time - points[0]!.time : 0;
    },
    measure(): SharpnessPoint {
      const maxProducts = options.maxProducts ?? (warm ? 3 * k : 30 * k);
      const pairs = eigenpairs(run.hessian(undefined, k), {
        k,
        tolerance,
        maxProducts,
        seed,
        ...(warm ? { warm } : {}),
      });
      products += pairs.cost.products ?? 0;
      if (pairs.status !== "diverged") warm = ahead(pairs, k);
      const point = { time: run.time, pairs };
      points.push(point);
      return point;
    },
  };
}

/**
 * Where to start from when the Hessian has changed: each eigenvector moved along its residual, which costs no product. A component of
 * eigenvalue mu shrinks by 1 - 1.5 (1 - mu / lambda), a power step around a third of the largest eigenvalue lambda; it also makes up for an
 * eigenvector that overtakes those followed.
 */
function ahead({ value, vectors, residuals }: Eigenpairs, k: number): Float64Array {
  const start = vectors.slice();
  const lambda = value[0]!;
  if (lambda > 0) for (let i = 0; i < k; i++) addRow(start, i, 1.5 / lambda, residuals, i, vectors.length / k);
  return start;
}
