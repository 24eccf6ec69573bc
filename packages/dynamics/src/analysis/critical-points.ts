import { compile, grad, reshape, type Tensor } from "#engine";
import type { Status } from "../core/status.js";
import { denseSymmetric } from "./dense-symmetric.js";
import type { ZeroManifold } from "./zero-manifolds.js";
import { zeros, type Zero, type Zeros, type ZerosOptions } from "./zeros.js";

export interface CriticalPointsOptions extends Omit<ZerosOptions, "f"> {
  /** x of shape [dim] to a scalar. */
  readonly f: (x: Tensor) => Tensor;
}

/** A point where the gradient vanishes. */
export interface CriticalPoint extends Omit<Zero, "jacobian"> {
  readonly value: number;
  /** dim x dim, row by row. */
  readonly hessian: Float64Array;
  /** Of the Hessian, ascending. */
  readonly eigenvalues: Float64Array;
  /** Number of its negative eigenvalues, those that count as 0 left out. */
  readonly index: number;
  /** "degenerate" where the Hessian is singular to the tolerance; otherwise by the index. */
  readonly type: "minimum" | "maximum" | "saddle" | "degenerate";
}

/** Critical points that fill a curve, a surface or more: all of them degenerate. */
export interface CriticalManifold extends ZeroManifold {
  /** The value at each of the points. */
  readonly values: Float64Array;
  /** Hessian eigenvalues at each of the points, ascending: points x dim. */
  readonly eigenvalues: Float64Array;
}

/** What was found in the box. */
export interface CriticalPoints {
  readonly points: readonly CriticalPoint[];
  readonly manifolds: readonly CriticalManifold[];
  /** Whether every critical point found is non-degenerate: whether f looks like a Morse function on the box. */
  readonly morse: boolean;
  /** Sum of (-1)^index over the points; NaN where one is degenerate. `boundaryDegree` of the gradient must give the same. */
  readonly signedCount: number;
  /** Hessian eigenvalues below this in modulus count as 0. */
  readonly threshold: number;
  readonly searches: Zeros["searches"];
  readonly status: Status;
  readonly explanation?: string;
}

/**
 * The critical points of a scalar function in a box, with their Morse index.
 *
 * *Definition*: grad f(x) = 0; the index is the number of negative eigenvalues of the Hessian, the corank the number of zero ones. A point is
 * non-degenerate if its corank is 0, and f is a Morse function if all are.
 * *Arguments*: see `CriticalPointsOptions` and `ZerosOptions`. A Hessian eigenvalue counts as 0 below `degenerate` (default 1e-7) times the median
 * norm of the Hessian over the starts.
 * *Returns*: see `CriticalPoints`. Critical points that fill a curve or more come back as one manifold with its corank, not as many points.
 * *Error*, *cost*: see `zeros`; gradient and Hessian are exact derivatives.
 * *Source*: Milnor 1963, Morse theory, section 2.
 * *Example*: `criticalPoints({ f: (x) => sub(sum(cos(x)), 1), box: [[-1, 4], [-1, 2]] }).points.map((p) => [...p.point, p.type])
 * // [[0, 0, "maximum"], [3.1415926536, 0, "saddle"]]`
 */
export function criticalPoints(options: CriticalPointsOptions): CriticalPoints {
  const { f, ...search } = options;
  const dim = search.box.length;
  const scalar = (x: Tensor): Tensor => reshape(f(x), []);
  const found = zeros({ ...search, f: grad(scalar) });
  const program = compile((x) => [scalar(x)], [{ shape: [dim] }], { state: 0 });
  const value = (x: Float64Array): number => {
    program.inputs[0]!.set(x);
    program.run();
    return program.outputs[0]![0]!;
  };
  const points = found.isolated.map(({ jacobian, ...zero }): CriticalPoint => {
    const { values } = denseSymmetric(jacobian, dim);
    const index = values.filter((v) => v < -found.threshold).length;
    const type = zero.corank > 0 ? "degenerate" : index === 0 ? "minimum" : index === dim ? "maximum" : "saddle";
    return { ...zero, value: value(zero.point), hessian: jacobian, eigenvalues: values, index, type };
  });
  const manifolds = found.manifolds.map((m): CriticalManifold => {
    const rows = m.jacobians.map((_, i) => m.points.slice(i * dim, (i + 1) * dim));
    return {
      ...m,
      values: Float64Array.from(rows, value),
      eigenvalues: Float64Array.from(m.jacobians.flatMap((j) => Array.from(denseSymmetric(j, dim).values))),
    };
  });
  const morse = manifolds.length === 0 && points.every((p) => p.corank === 0);
  return {
    points,
    manifolds,
    morse,
    signedCount: morse ? points.reduce((s, p) => s + (p.index % 2 === 0 ? 1 : -1), 0) : NaN,
    threshold: found.threshold,
    searches: found.searches,
    status: found.status,
    ...(found.explanation === undefined ? {} : { explanation: found.explanation }),
  };
}
