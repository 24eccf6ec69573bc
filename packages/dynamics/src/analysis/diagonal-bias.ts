import { scalarMath } from "#engine";
import { cholesky, choleskySolve } from "../core/cholesky.js";
import type { Estimate } from "../core/estimate.js";
import { dot } from "../core/rows.js";
import { leastChange } from "./least-change.js";

export interface DiagonalProblem {
  /** samples x dim, row by row; linearly independent rows, at most as many as dim. */
  readonly rows: ArrayLike<number>;
  /** One a sample. */
  readonly targets: ArrayLike<number>;
  readonly dim: number;
}

export interface DiagonalBiasOptions extends DiagonalProblem {
  /** u and v at the start: dim numbers each, none of them 0. */
  readonly u: ArrayLike<number>;
  readonly v: ArrayLike<number>;
}

const MOST_STEPS = 400;
/** The residual |X w - y| relative to |y| at which the dual is solved. */
const SOLVED = 1e-12;
const SOURCES = ["Woodworth, Gunasekar, Lee, Moroshko, Savarese, Golan, Soudry, Srebro 2020"];

/**
 * Where gradient flow on a diagonal network ends: the solution of X w = y that its start picks.
 *
 * *Definition*: w = u^2 - v^2 with d(u, v)/dt = -grad |X w - y|^2 / (2 N). Then u^2 = u0^2 e^z and v^2 = v0^2 e^-z with z in the row space of X, so the end is
 * w_j = u0_j^2 e^z_j - v0_j^2 e^-z_j with z = X^T nu and X w = y: the minimum of the convex function sum (u0_j^2 e^z_j + v0_j^2 e^-z_j) - y . nu.
 * From u = v = alpha it is the solution of least sum of q(w_j / alpha^2), which tends to that of least sum |w_j| as alpha goes to 0, and to that of least
 * sum w_j^2 as alpha grows.
 * *Arguments*: see `DiagonalBiasOptions`.
 * *Returns*: w. Status "not-converged", with NaN, when the rows are linearly dependent or X w = y has no solution.
 * *Error*: the residual |X w - y|, relative to |y|: an upper bound on nothing but itself; convergence is quadratic. Gradient descent differs from the flow to first
 * order in its step size.
 * *Cost*: Newton's method in as many dimensions as samples: 20 to 60 steps are usual.
 * *Source*: Woodworth et al. 2020, Kernel and rich regimes in overparametrized models, theorem 1.
 * *Example*: `const problem = { rows: [1, 2], targets: [2], dim: 2 };
 * const end = (alpha) => diagonalBias({ ...problem, u: [alpha, alpha], v: [alpha, alpha] }).value;
 * [end(1e-3), end(1e3)] // [[0.001, 0.9995], [0.400, 0.800]]`
 */
export function diagonalBias({ rows, targets, dim, u, v }: DiagonalBiasOptions): Estimate<Float64Array> {
  const p = Float64Array.from(u, (a) => 2 * scalarMath.log(Math.abs(a)));
  const q = Float64Array.from(v, (a) => 2 * scalarMath.log(Math.abs(a)));
  if (p.length !== dim || q.length !== dim || ![...p, ...q].every(Number.isFinite))
    throw new RangeError(
      `diagonalBias: starts of ${p.length} and ${q.length} numbers given; allowed: ${dim} each, finite and not 0`,
    );
  const x = checked("diagonalBias", { rows, targets, dim });
  const { w, residual, steps } = solveDual(x, Float64Array.from(targets), dim, p, q, new Float64Array(targets.length));
  return finished(w, residual, steps, "Newton's method on the dual of the potential that gradient flow minimises");
}

/**
 * The solution of X w = y with the least sum of |w_j|.
 *
 * *Definition*: basis pursuit, by the limit alpha -> 0 of `diagonalBias`, followed from alpha = 1 down to 1e-60.
 * *Returns*: w. *Error*: a bound on how far sum |w_j| is above the least: no c with |X^T c| <= 1 gives a y . c above the least (weak duality).
 * *Source*: Chen, Donoho, Saunders 1998, Atomic decomposition by basis pursuit.
 * *Example*: `leastAbsolute({ rows: [1, 2], targets: [2], dim: 2 }).value // [0.000000, 1.000000]`
 */
export function leastAbsolute(problem: DiagonalProblem): Estimate<Float64Array> {
  const { dim } = problem;
  const x = checked("leastAbsolute", problem);
  const y = Float64Array.from(problem.targets);
  let found: Solved = { w: new Float64Array(dim), nu: new Float64Array(y.length), residual: Infinity, steps: 0 };
  let steps = 0;
  let before = 0;
  for (const decades of [0, 1, 2, 4, 8, 15, 30, 60]) {
    const log = -2 * decades * scalarMath.log(10);
    // z grows like log(1 / alpha^2).
    const ratio = before < 0 ? log / before : 1;
    const same = new Float64Array(dim).fill(log);
    found = solveDual(
      x,
      y,
      dim,
      same,
      same,
      found.nu.map((a) => a * ratio),
    );
    steps += found.steps;
    before = log;
  }
  const { w, residual } = found;
  const gap = dualityGap(x, y, dim, w);
  return {
    ...finished(w, residual, steps, "limit of small starts; the error is the duality gap of sum |w|"),
    error: w.map(() => gap),
  };
}

/** How far sum |w| may be above the least: with |X^T c| <= 1 the least is at least y . c, and c with X^T c = sign w on the support gives most. */
function dualityGap(x: Float64Array, y: Float64Array, dim: number, w: Float64Array): number {
  const n = y.length;
  const largest = w.reduce((m, a) => Math.max(m, Math.abs(a)), 0);
  const support = Array.from(w.keys()).filter((j) => Math.abs(w[j]!) > 1e-9 * largest);
  if (support.length === 0) return 0;
  const c = leastChange({
    rows: support.flatMap((j) => Array.from({ length: n }, (_, i) => x[i * dim + j]!)),
    targets: support.map((j) => Math.sign(w[j]!)),
    dim: n,
  });
  const least = dot(y, 0, c, 0, n) / images(x, c, dim).reduce((m, a) => Math.max(m, Math.abs(a)), 0);
  return Math.max(0, w.reduce((s, a) => s + Math.abs(a), 0) - least);
}

function checked(owner: string, { rows, targets, dim }: DiagonalProblem): Float64Array {
  if (rows.length !== targets.length * dim || targets.length === 0)
    throw new RangeError(
      `${owner}: ${rows.length} numbers for ${targets.length} samples in ${dim} dimensions given; allowed: samples x dim`,
    );
  return Float64Array.from(rows);
}

function finished(w: Float64Array, residual: number, steps: number, method: string): Estimate<Float64Array> {
  const ok = residual <= 1e3 * SOLVED;
  return {
    value: ok ? w : w.map(() => NaN),
    error: w.map(() => (ok ? residual : NaN)),
    unit: "parameter",
    status: ok ? "ok" : "not-converged",
    method,
    sources: SOURCES,
    cost: { steps },
    ...(ok
      ? {}
      : {
          explanation: `X w = y is met to ${residual.toExponential(1)} only: its rows are linearly dependent, or it has no solution`,
        }),
  };
}

/** z = X^T nu. */
function images(x: Float64Array, nu: Float64Array, dim: number): Float64Array {
  const z = new Float64Array(dim);
  for (let i = 0; i < nu.length; i++) for (let j = 0; j < dim; j++) z[j]! += nu[i]! * x[i * dim + j]!;
  return z;
}

interface Solved {
  readonly w: Float64Array;
  readonly nu: Float64Array;
  readonly residual: number;
  readonly steps: number;
}

/** e^(p + z) - e^(q - z) for small z, without the cancellation. */
function apart(p: number, q: number, z: number): number {
  const [u, v] = [scalarMath.exp(p), scalarMath.exp(q)];
  return u - v + u * scalarMath.expm1(z) - v * scalarMath.expm1(-z);
}

/** Minimises sum (e^(p + z) + e^(q - z)) - y . nu with z = X^T nu. */
function solveDual(x: Float64Array, y: Float64Array, dim: number, p: Float64Array, q: Float64Array, start: Float64Array): Solved {
  const n = y.length;
  const length = Math.sqrt(dot(y, 0, y, 0, n)) || 1;
  const at = (nu: Float64Array) => {
    const z = images(x, nu, dim);
    const up = z.map((a, j) => scalarMath.exp(p[j]! + a));
    const down = z.map((a, j) => scalarMath.exp(q[j]! - a));
    // From a large start z is small, and the two squares are nearly equal.
    const w = z.map((a, j) => (Math.abs(a) < 1 ? apart(p[j]!, q[j]!, a) : up[j]! - down[j]!));
    const r = y.map((t, i) => dot(x, i, w, 0, dim) - t);
    const value = up.reduce((s, a, j) => s + a + down[j]!, 0) - dot(y, 0, nu, 0, n);
    return { up, down, w, r, value, residual: Math.sqrt(dot(r, 0, r, 0, n)) / length };
  };
  let nu = start;
  let here = at(nu);
  let steps = 0;
  for (let stuck = false; steps < MOST_STEPS && !stuck && here.residual > SOLVED; steps++) {
    const h = new Float64Array(n * n);
    let trace = 0;
    for (let i = 0; i < n; i++)
      for (let k = 0; k <= i; k++) {
        let s = 0;
        for (let j = 0; j < dim; j++) s += x[i * dim + j]! * x[k * dim + j]! * (here.up[j]! + here.down[j]!);
        h[i * n + k] = s;
        if (i === k) trace += s;
      }
    // Where fewer terms are alive than there are samples the matrix is singular to rounding.
    for (let i = 0; i < n; i++) h[i * n + i]! += 1e-15 * trace;
    if (!cholesky(h, n)) break;
    const change = choleskySolve(
      h,
      n,
      Float64Array.from(here.r, (a) => -a),
    );
    const slope = dot(here.r, 0, change, 0, n);
    stuck = true;
    for (let t = 1; t > 1e-30; t *= 0.5) {
      const trial = nu.map((a, i) => a + t * change[i]!);
      const there = at(trial);
      // Close to the end the value no longer tells steps apart, but the residual does.
      if (!(there.value <= here.value + 1e-4 * t * slope || there.residual < 0.5 * here.residual)) continue;
      [nu, here, stuck] = [trial, there, false];
      break;
    }
  }
  return { w: here.w, nu, residual: here.residual, steps };
}
