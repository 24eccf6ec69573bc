import { sub, type Tensor } from "#engine";
import type { Status } from "../core/status.js";
import { eigenvalues } from "./dense-general.js";
import type { ZeroManifold } from "./zero-manifolds.js";
import { zeros, type Zero, type Zeros, type ZerosOptions } from "./zeros.js";

/** Whether f gives the velocity x' = f(x) or the next state. */
export type Evolution = "flow" | "map";

export interface FixedPointsOptions extends ZerosOptions {
  readonly kind: Evolution;
  /** An eigenvalue closer than this to the imaginary axis (flow) or the unit circle (map) is on it, relative to 1 + its modulus. Default 1e-8. */
  readonly marginal?: number;
}

/** How neighbours of an equilibrium or a periodic orbit move, to first order. */
export interface LinearStability {
  /** Eigenvalues of Df, largest modulus first, as [real, imaginary]. */
  readonly eigenvalues: readonly (readonly [number, number])[];
  /** Number of eigenvalues beyond the imaginary axis (flow) or the unit circle (map). */
  readonly unstable: number;
  /** Number of those on it, to the tolerance: the first order does not decide. */
  readonly marginal: number;
  readonly stability: "stable" | "unstable" | "saddle" | "undecided";
  /** In the field's words, for instance "stable focus", "saddle with 1 unstable direction". */
  readonly type: string;
}

/** An equilibrium of a flow or a fixed point of a map. */
export interface FixedPoint extends Zero, LinearStability {}

/** What was found in the box. */
export interface FixedPoints {
  readonly points: readonly FixedPoint[];
  /** Curves and surfaces of fixed points. */
  readonly manifolds: readonly ZeroManifold[];
  readonly searches: Zeros["searches"];
  readonly status: Status;
  readonly explanation?: string;
}

/**
 * The equilibria of a flow or the fixed points of a map in a box, with their stability.
 *
 * *Definition*: f(x) = 0 (flow) or f(x) = x (map). Stability by the eigenvalues of Df there, which are exact up to rounding.
 * *Arguments*: see `FixedPointsOptions` and `ZerosOptions`.
 * *Returns*: see `FixedPoints`; `stability` is "undecided" where an eigenvalue is on the boundary and none is beyond it.
 * *Error*, *cost*: see `zeros`.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, sections 1.4, 2.2 and 10.1.
 * *Example*: `fixedPoints({ f: (x) => sub(x, mul(x, mul(x, x))), kind: "flow", box: [[-2, 2]] }).points.map((p) => [p.point[0], p.type])
 * // [[-1, "stable node"], [0, "unstable node"], [1, "stable node"]]`
 */
export function fixedPoints(options: FixedPointsOptions): FixedPoints {
  const { f, kind, marginal = 1e-8, ...search } = options;
  if (kind !== "flow" && kind !== "map") throw new RangeError(`fixedPoints: kind ${String(kind)} given; allowed: flow, map`);
  const field = kind === "flow" ? f : (x: Tensor): Tensor => sub(f(x), x);
  const found = zeros({ ...search, f: field });
  const dim = search.box.length;
  return {
    points: found.isolated.map((zero) => {
      const jacobian = kind === "flow" ? zero.jacobian : zero.jacobian.map((v, e) => v + (e % (dim + 1) === 0 ? 1 : 0));
      return { ...zero, jacobian, ...linearStability(jacobian, dim, kind, marginal) };
    }),
    manifolds: found.manifolds,
    searches: found.searches,
    status: found.status,
    ...(found.explanation === undefined ? {} : { explanation: found.explanation }),
  };
}

/**
 * The linear stability that a Jacobian matrix means.
 *
 * *Arguments*: `jacobian`: dim x dim, row by row, of the field or of the (iterated) map; `marginal` as in `FixedPointsOptions`.
 * *Returns*: see `LinearStability`.
 * *Error*: that of `eigenvalues`. *Cost*: about 10 dim^3 operations.
 * *Example*: `linearStability(Float64Array.of(-0.5, 0, 0, 2), 2, "map").type // "saddle with 1 unstable direction"`
 */
export function linearStability(jacobian: Float64Array, dim: number, kind: Evolution, marginal = 1e-8): LinearStability {
  const found = eigenvalues(jacobian, dim);
  const beyond = found.map(([re, im]) => {
    const modulus = Math.sqrt(re * re + im * im);
    return (kind === "flow" ? re : modulus - 1) / (1 + modulus);
  });
  const unstable = beyond.filter((b) => b > marginal).length;
  const on = beyond.filter((b) => Math.abs(b) <= marginal).length;
  const stability = unstable === dim ? "unstable" : unstable > 0 ? "saddle" : on > 0 ? "undecided" : "stable";
  const turning = found.some(([, im]) => im !== 0);
  const type =
    unstable > 0 && unstable + on < dim
      ? `saddle with ${unstable} unstable direction${unstable === 1 ? "" : "s"}`
      : on > 0
        ? `not hyperbolic: ${on} eigenvalue${on === 1 ? "" : "s"} on the ${kind === "flow" ? "imaginary axis" : "unit circle"}`
        : `${stability} ${turning ? "focus" : kind === "map" && found.some(([re]) => re < 0) ? "node with alternation" : "node"}`;
  return { eigenvalues: found, unstable, marginal: on, stability, type };
}
