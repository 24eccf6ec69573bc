import { solve } from "../dense-general.js";
import { singularValues, transposed } from "../../core/singular-values.js";
import type { Curve } from "./curve.js";

/** A simple branch point with the two directions in which the curve leaves it. */
export interface BranchPoint {
  readonly z: Float64Array;
  readonly error: number;
  /** Unit directions in (state, parameter): of the branch it was found on, and of the other. */
  readonly tangents: readonly [Float64Array, Float64Array];
}

/**
 * A branch point to rounding, from an approximation.
 *
 * The derivative of the curve loses a rank there, so that z alone is no regular zero of anything. With the left null vector psi and a number
 * mu (0 at the solution) added, the system G + mu psi = 0, DG^T psi = 0, |psi| = 1 is regular at a simple branch point (Moore 1980, The
 * numerical treatment of non-trivial bifurcation points). The directions are the two roots of <psi, D^2 G (t, t)> = 0 in the null space of
 * DG (Kuznetsov 2004, section 10.2.2). Undefined where Newton's method does not settle or the roots are not two real ones.
 */
export function locateBranchPoint(c: Curve, guess: Float64Array, along: Float64Array): BranchPoint | undefined {
  const { dim } = c;
  const n = dim + 1;
  const size = 2 * dim + 2;
  const start = c.evaluate(guess).derivative;
  if (!start.every(Number.isFinite)) return undefined;
  let y = new Float64Array(size);
  y.set(guess);
  y.set(singularValues(transposed(start, dim, n), n, dim).vectors.slice((dim - 1) * dim), dim + 2);
  let [length, before] = [Infinity, Infinity];
  for (let i = 0; i < 12; i++) {
    const { value, derivative } = c.branching(y);
    const step = solve(
      derivative,
      value.map((v) => -v),
      size,
    );
    length = Math.sqrt(step.reduce((s, v) => s + v * v, 0));
    if (!Number.isFinite(length)) return undefined;
    y = y.map((v, j) => v + step[j]!);
    if (length <= 1e-14 || (length <= 1e-8 && !(length < 0.1 * before))) break;
    before = length;
  }
  if (!(length <= 1e-6)) return undefined;
  const z = y.slice(0, n);
  const { values, vectors } = singularValues(c.evaluate(z).derivative, dim, n);
  // The null space must have two dimensions; the last value is a zero that stands for the missing row.
  if (dim > 1 && !(values[dim - 1]! <= 1e-6 * values[0]!)) return undefined;
  const psi = y.slice(dim + 2);
  const [u, v] = [vectors.slice((n - 2) * n, (n - 1) * n), vectors.slice((n - 1) * n)];
  const form = (a: Float64Array, b: Float64Array): number => dot(psi, c.second(z, a, b));
  const [uu, uv, vv] = [form(u, u), form(u, v), form(v, v)];
  const discriminant = uv * uv - uu * vv;
  if (!(discriminant > 1e-12 * (uv * uv + uu * uu + vv * vv))) return undefined;
  const root = Math.sqrt(discriminant);
  // Both roots of uu a^2 + 2 uv a b + vv b^2 without cancellation: (a : b) = (m : uu) and (vv : m).
  const m = uv >= 0 ? -(uv + root) : root - uv;
  const directions = [unit(combined(m, u, uu, v)), unit(combined(vv, u, m, v))] as const;
  const [one, two] = directions.map((d) => (dot(d, along) < 0 ? d.map((x) => -x) : d)) as [Float64Array, Float64Array];
  const tangents = dot(one, along) >= dot(two, along) ? ([one, two] as const) : ([two, one] as const);
  return { z, error: length + 1e-15 * (1 + Math.abs(z[dim]!)), tangents };
}

export const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, i) => s + v * b[i]!, 0);

const combined = (a: number, u: Float64Array, b: number, v: Float64Array): Float64Array => u.map((x, i) => a * x + b * v[i]!);

function unit(x: Float64Array): Float64Array {
  const length = Math.sqrt(dot(x, x));
  return x.map((v) => v / length);
}
