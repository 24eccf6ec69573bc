import { compile, grad, jacobian, jvp, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import type { Estimate } from "../core/estimate.js";
import { dot } from "../core/rows.js";
import { denseSymmetric } from "./dense-symmetric.js";

export interface FlipOptions {
  /** theta of shape [size] to the loss, a scalar. */
  readonly loss: (theta: Tensor) => Tensor;
  /** A nondegenerate minimum: the gradient vanishes and every Hessian eigenvalue is positive. */
  readonly at: ArrayLike<number>;
  /** Largest norm of the gradient that counts as none, in units of |Hessian|. Default 1e-8. */
  readonly tolerance?: number;
}

/** What happens to gradient descent at a minimum when the step size passes 2 / lambda. */
export interface Flip extends Estimate {
  /**
   * - supercritical: a stable 2-cycle is born and grows like the square root of the excess: training goes on beside the minimum;
   * - subcritical: an unstable 2-cycle shrinks onto the minimum from below, and beyond the threshold iterates leave;
   * - degenerate: the coefficient is zero to its error, and higher derivatives decide;
   * - unknown: see `status` and `explanation`.
   */
  readonly kind: "supercritical" | "subcritical" | "degenerate" | "unknown";
  /** The step size of the flip, 2 / lambda. */
  readonly stepSize: number;
  /** Unit eigenvector of the largest Hessian eigenvalue lambda, along which iterates alternate. */
  readonly direction: Float64Array;
  /** Distance of the points of the 2-cycle from the minimum near the flip, to leading order; NaN where there is no such cycle. */
  amplitude(stepSize: number): number;
}

/**
 * The normal form of gradient descent where its step size makes a minimum lose stability.
 *
 * *Definition*: at eta = 2 / lambda the map theta - eta grad L has the multiplier -1 along the top eigenvector q, and on its centre manifold it
 * is x' = -x + c x^3 + ..., with c = (g^T H^-1 g - L4 / 3) / lambda, g = D^3 L (q, q, .), L4 = D^4 L (q, q, q, q). In one dimension
 * c = (L3 / L2)^2 - L4 / (3 L2), so that c > 0 where 3 L3^2 > L2 L4.
 * *Arguments*: see `FlipOptions`.
 * *Returns*: `value` = c, with `kind`. Status "not-converged" with NaN when `at` is no critical point, not a nondegenerate minimum (on a manifold
 * of minima cycles come in families), or its largest eigenvalue is not simple.
 * *Error*: rounding only, as a bound of 1e-13 times the sizes of the two terms that are subtracted; derivatives are exact.
 * *Cost*: a dense Hessian (`size` Hessian-vector products) and two nested derivatives of fourth order.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 5.4.2 (the flip in n dimensions), with A = I - eta H,
 * B = -eta D^3 L and C = -eta D^4 L put in; Mulayoff, Stich 2026 study the same question.
 * *Example*: `flip({ loss: (x) => sub(1, sum(cos(x))), at: [0] }).kind // "supercritical"`
 */
export function flip(options: FlipOptions): Flip {
  const { loss, tolerance = 1e-8 } = options;
  const theta = Float64Array.from(options.at);
  const n = theta.length;
  if (n === 0) throw new RangeError("flip: the minimum is empty; give at least one number");
  finite(theta, "minimum");
  const base = compile((x) => [grad(loss)(x), jacobian(grad(loss))(x)], [{ shape: [n] }], { state: 0 });
  base.inputs[0]!.set(theta);
  base.run();
  const [slope, hessian] = base.outputs.map((x) => Float64Array.from(x)) as [Float64Array, Float64Array];
  const answer = (c: number, error: number, more: Pick<Flip, "kind" | "stepSize" | "direction">): Flip => ({
    value: c,
    error,
    unit: "1/length^2",
    status: "ok",
    method: "normal form from exact derivatives up to fourth order; the error is a bound for rounding",
    sources: ["Kuznetsov 2004, section 5.4.2", "Mulayoff, Stich 2026"],
    cost: { products: n },
    ...more,
    amplitude(stepSize) {
      const excess = (2 * (stepSize - more.stepSize)) / more.stepSize;
      const square = excess / c;
      return square >= 0 ? Math.sqrt(square) : NaN;
    },
  });
  const failed = (explanation: string): Flip => ({
    ...answer(NaN, NaN, { kind: "unknown", stepSize: NaN, direction: new Float64Array(n).fill(NaN) }),
    status: "not-converged",
    explanation,
  });

  if (!hessian.every(Number.isFinite)) return failed("the Hessian there is not finite");
  const { values, vectors } = denseSymmetric(hessian, n);
  const lambda = values[n - 1]!;
  const size = Math.max(Math.abs(values[0]!), Math.abs(lambda));
  const steepness = Math.sqrt(dot(slope, 0, slope, 0, n));
  if (!(steepness <= tolerance * size))
    return failed(`the gradient there has norm ${steepness}; give a minimum (run gradient descent to it first)`);
  if (!(values[0]! > 1e-10 * size))
    return failed(`the smallest Hessian eigenvalue there is ${values[0]}: not a minimum, or one of a manifold of minima`);
  if (n > 1 && !(lambda - values[n - 2]! > 1e-8 * size))
    return failed("the largest Hessian eigenvalue is not simple; two directions flip at once");

  const q = vectors.slice((n - 1) * n);
  const along = (f: (x: Tensor) => Tensor, v: Tensor) => (x: Tensor) => jvp(f, [x], [v]).tangents[0]!;
  const second = (v: Tensor) => along(along(loss, v), v);
  const nested = compile((x, v) => [grad(second(v))(x), along(along(second(v), v), v)(x)], [{ shape: [n] }, { shape: [n] }], {
    state: 0,
  });
  nested.inputs[0]!.set(theta);
  nested.inputs[1]!.set(q);
  nested.run();
  const [g, fourth] = nested.outputs as [Float64Array, Float64Array];
  let third = 0;
  for (let i = 0; i < n; i++) {
    const component = dot(vectors, i, g, 0, n);
    third += (component * component) / values[i]!;
  }
  const c = (third - fourth[0]! / 3) / lambda;
  const error = (1e-13 * (third + Math.abs(fourth[0]!) / 3)) / lambda;
  if (!Number.isFinite(c)) return failed("a third or fourth derivative there is not finite");
  const kind = Math.abs(c) <= error ? "degenerate" : c > 0 ? "supercritical" : "subcritical";
  return answer(c, error, { kind, stepSize: 2 / lambda, direction: q });
}
