import type { Status } from "../core/status.js";
import { denseSymmetric } from "./dense-symmetric.js";

/** Numbers beyond this, whose squares overflow, count as diverged. */
const LARGEST = 1e150;

/** A pair of complementary positive semidefinite matrices. */
export interface ComplementaryPair {
  /** k x k. */
  readonly x: Float64Array;
  /** k x k: A + B[X]. */
  readonly w: Float64Array;
  /** How far X is from a solution: the norm of L (X - proj(X - W / L)), with L the norm of B; 0 at a solution. */
  readonly residual: number;
  readonly iterations: number;
  readonly status: Status;
}

/**
 * The semidefinite complementarity problem: X >= 0 and A + B[X] >= 0 with <X, A + B[X]> = 0.
 *
 * *Definition*: k x k symmetric matrices; >= in the sense of quadratic forms. With B symmetric and positive semidefinite it is the condition for
 * the least of <X, B[X]> / 2 + <X, A> over X >= 0. For k = 1: x = max(0, -a / b).
 * *Arguments*: `a`: k x k, symmetric; `b`: k^2 x k^2, row (i, j) and column (l, m) the factor of X_lm in B[X]_ij; `tolerance`: of the residual
 * relative to the largest entry of A (default 1e-12); `start`: X to begin with (default 0).
 * *Returns*: the pair. Status "not-converged" when 20,000 iterations were not enough, "diverged" when there is no solution because b = 0 in a
 * direction in which A is negative (k = 1 only), or an entry is not finite.
 * *Error*: see `residual`. X is semidefinite to rounding. Where B is singular X need not be unique; B[X] is.
 * *Cost*: an eigendecomposition of k x k an iteration; tens of iterations for well-conditioned B.
 * *Source*: Beck, Teboulle 2009, A fast iterative shrinkage-thresholding algorithm; restarts: O'Donoghue, Candès 2015, Adaptive restart for
 * accelerated gradient schemes.
 * *Example*: `const identity = Float64Array.from({ length: 16 }, (_, e) => (e % 5 ? 0 : 1));
 * const { x, w } = semidefiniteComplementarity(Float64Array.of(0, -1, -1, 0), identity);
 * [x, w] // [[0.5000, 0.5000, 0.5000, 0.5000], [0.5000, -0.5000, -0.5000, 0.5000]]`
 */
export function semidefiniteComplementarity(
  a: Float64Array,
  b: Float64Array,
  { tolerance = 1e-12, start }: { readonly tolerance?: number; readonly start?: Float64Array } = {},
): ComplementaryPair {
  const n = a.length;
  const k = Math.round(Math.sqrt(n));
  if (k * k !== n || b.length !== n * n)
    throw new RangeError(`semidefiniteComplementarity: ${a.length} and ${b.length} entries given; k^2 and k^4 are needed`);
  const failed = (status: Status): ComplementaryPair => ({
    x: new Float64Array(n).fill(NaN),
    w: new Float64Array(n).fill(NaN),
    residual: NaN,
    iterations: 0,
    status,
  });
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) return failed("diverged");
  if (k === 1) {
    if (a[0]! < 0 && !(b[0]! > 0)) return failed("diverged");
    const x = a[0]! < 0 ? -a[0]! / b[0]! : 0;
    return pair(Float64Array.of(x), Float64Array.of(x > 0 ? 0 : a[0]!));
  }
  if (![...a, ...b].every((v) => Math.abs(v) < LARGEST)) return failed("diverged");
  const lipschitz = Math.max(...denseSymmetric(b, n).values, Number.MIN_VALUE);
  const scale = tolerance * a.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const forward = (x: Float64Array): Float64Array =>
    a.map((v, i) => {
      let s = v;
      for (let j = 0; j < n; j++) s += b[i * n + j]! * x[j]!;
      return s;
    });
  const advance = (x: Float64Array, w: Float64Array): Float64Array =>
    project(
      x.map((v, i) => v - w[i]! / lipschitz),
      k,
    );
  let x: Float64Array = project(start?.slice() ?? new Float64Array(n), k);
  let ahead: Float64Array = x;
  let t = 1;
  for (let iterations = 1; ; iterations++) {
    const next = advance(ahead, forward(ahead));
    const w = forward(next);
    if (!w.every((v) => Math.abs(v) < LARGEST)) return failed("diverged");
    const stays = advance(next, w);
    const residual = lipschitz * Math.sqrt(next.reduce((s, v, i) => s + (v - stays[i]!) ** 2, 0));
    if (residual <= scale || iterations === 20_000)
      return { x: next, w, residual, iterations, status: residual <= scale ? "ok" : "not-converged" };
    // Momentum that points uphill starts anew.
    const uphill = next.reduce((s, v, i) => s + (ahead[i]! - v) * (v - x[i]!), 0) > 0;
    const grown = uphill ? 1 : 0.5 * (1 + Math.sqrt(1 + 4 * t * t));
    const push = uphill ? 0 : (t - 1) / grown;
    const old = x;
    ahead = next.map((v, i) => v + push * (v - old[i]!));
    x = next;
    t = grown;
  }
}

const pair = (x: Float64Array, w: Float64Array): ComplementaryPair => ({
  x,
  w,
  residual: 0,
  iterations: 0,
  status: "ok",
});

/** The nearest positive semidefinite matrix: negative eigenvalues become 0. NaN where it cannot be told from an overflow. */
function project(m: Float64Array, k: number): Float64Array {
  if (!m.every((v) => Math.abs(v) < LARGEST)) return new Float64Array(k * k).fill(NaN);
  const { values, vectors } = denseSymmetric(m, k);
  const out = new Float64Array(k * k);
  values.forEach((value, e) => {
    if (value <= 0) return;
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) out[i * k + j]! += value * vectors[e * k + i]! * vectors[e * k + j]!;
  });
  return out;
}
