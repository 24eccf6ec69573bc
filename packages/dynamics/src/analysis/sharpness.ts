import type { Estimate } from "../core/estimate.js";
import type { LinearOperator } from "../core/linear-operator.js";
import type { Memory, Remembering } from "../core/memory.js";
import type { Status } from "../core/status.js";
import { fillNormal, random } from "../core/random.js";
import { addRow } from "../core/rows.js";
import { eigenpairs, type Eigenpairs } from "./eigenpairs.js";
import { scoutAcross, SCOUTING, SCOUT_STREAM } from "./scout.js";

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
  readonly pairs: Estimate<Float64Array>;
}

/** What following the curvature carries: the points by columns, and the newest pairs whole. */
export type SharpnessMemory = {
  readonly times: Float64Array;
  /** points x k. */
  readonly values: Float64Array;
  readonly errors: Float64Array;
  readonly products: Float64Array;
  readonly statuses: readonly Status[];
  readonly explanations: readonly (string | null)[];
  readonly warm: Float64Array | null;
  readonly scout: Float64Array | null;
  readonly latest: Memory;
};

/** The leading curvature along a run, and what following it costs. */
export interface SharpnessTracker extends Remembering<SharpnessMemory> {
  /** Measures at the run's present parameters. */
  measure(): SharpnessPoint;
  readonly points: readonly SharpnessPoint[];
  /** The newest pairs, with their vectors: those of older points are not kept. */
  readonly latest: Eigenpairs | undefined;
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
 * *Cost*: `products` Hessian-vector products over `steps` steps: usually one or two a measurement and vector; every eighth measurement one more, which
 * looks for a direction that has overtaken those followed.
 * *Source*: Parlett 1998, The symmetric eigenvalue problem, theorem 11.7.1 (the two bounds).
 * *Example*: `const track = sharpness(run); for (let i = 0; i < 3; i++) { track.measure(); run.step(10); }
 * track.points.map((p) => [p.time, p.pairs.value[0]]) // [[0, 7.698], [10, 4.434], [20, 5.177]]`
 */
export function sharpness(run: Curved, options: SharpnessOptions = {}): SharpnessTracker {
  const { k = 1, tolerance = 0.02, seed = 0 } = options;
  const points: SharpnessPoint[] = [];
  let products = 0;
  let warm: Float64Array | undefined;
  let latest: Eigenpairs | undefined;
  let scout: Float64Array | undefined;
  return {
    points,
    get latest() {
      return latest;
    },
    get products() {
      return products;
    },
    get steps() {
      return points.length ? points.at(-1)!.time - points[0]!.time : 0;
    },
    measure(): SharpnessPoint {
      const operator = run.hessian(undefined, k);
      const maxProducts = options.maxProducts ?? (warm ? 3 * k : 30 * k);
      const solve = (start: Float64Array | undefined, most: number): Eigenpairs =>
        eigenpairs(operator, { k, tolerance, maxProducts: most, seed, ...(start ? { warm: start } : {}) });
      let pairs = solve(warm, maxProducts);
      let spent = pairs.cost.products ?? 0;
      if (points.length % SCOUTING === SCOUTING - 1 && pairs.status !== "diverged" && k < operator.dim) {
        const from = scout ?? fillNormal(new Float64Array(operator.dim), random(seed, SCOUT_STREAM));
        const found = scoutAcross(operator, { largest: pairs.value[0]!, vectors: pairs.vectors, k }, from);
        spent++;
        // Where nothing is left to look at it begins anew.
        scout = found.scout.every(Number.isFinite) ? found.scout : undefined;
        // It has overtaken the last of those followed: the two change places.
        if (scout && found.value > pairs.value[k - 1]! + pairs.error[k - 1]!) {
          const start = pairs.vectors.slice();
          const last = start.subarray((k - 1) * operator.dim);
          const loser = last.slice();
          last.set(scout);
          const again = solve(start, Math.max(maxProducts, 10 * k));
          spent += again.cost.products ?? 0;
          if (again.status !== "diverged") [pairs, scout] = [again, loser];
        }
      }
      products += spent;
      if (pairs.status !== "diverged") warm = ahead(pairs, k);
      latest = pairs;
      const { vectors: _, residuals: __, ...numbers } = pairs;
      const point = { time: run.time, pairs: { ...numbers, cost: { ...numbers.cost, products: spent } } };
      points.push(point);
      return point;
    },
    remember: () => ({
      times: Float64Array.from(points, (p) => p.time),
      values: columns(points, "value", k),
      errors: columns(points, "error", k),
      products: Float64Array.from(points, (p) => p.pairs.cost.products ?? 0),
      statuses: points.map((p) => p.pairs.status),
      explanations: points.map((p) => p.pairs.explanation ?? null),
      warm: warm?.slice() ?? null,
      scout: scout?.slice() ?? null,
      latest: (latest ?? null) as unknown as Memory,
    }),
    recall(memory) {
      latest = (memory.latest ?? undefined) as unknown as Eigenpairs | undefined;
      warm = memory.warm?.slice();
      scout = memory.scout?.slice();
      products = memory.products.reduce((a, b) => a + b, 0);
      points.length = 0;
      const { unit, method, sources } = latest ?? { unit: "", method: "", sources: [] };
      memory.times.forEach((time, i) => {
        const explanation = memory.explanations[i];
        points.push({
          time,
          pairs: {
            value: memory.values.slice(i * k, (i + 1) * k),
            error: memory.errors.slice(i * k, (i + 1) * k),
            unit,
            status: memory.statuses[i]!,
            method,
            sources,
            cost: { products: memory.products[i]! },
            ...(explanation ? { explanation } : {}),
          },
        });
      });
    },
  };
}

/** The numbers of all points one after the other. */
function columns(points: readonly SharpnessPoint[], key: "value" | "error", k: number): Float64Array {
  const all = new Float64Array(points.length * k);
  points.forEach(({ pairs }, i) => all.set(pairs[key], i * k));
  return all;
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
