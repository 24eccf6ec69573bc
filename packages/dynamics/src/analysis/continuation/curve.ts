import {
  add,
  compile,
  concat,
  jacobian,
  jvp,
  mul,
  reshape,
  scan,
  slice,
  sub,
  sum,
  vjp,
  type Program,
  type Tensor,
} from "#engine";
import { solve } from "../dense-general.js";
import type { Evolution } from "../fixed-points.js";
import type { Family } from "../periodic-orbit.js";

/** The curve G(x, p) = 0 in the space of states and parameter: equilibria of a flow, or points of period n of a map. */
export interface Curve {
  readonly f: Family;
  readonly kind: Evolution;
  readonly dim: number;
  readonly period: number;
  /** G at z = (x, p) and its derivative, dim x (dim + 1), row by row. */
  evaluate(z: Float64Array): { readonly value: Float64Array; readonly derivative: Float64Array };
  /** D^2 G (u, v) of two directions of length dim + 1. */
  second(z: Float64Array, u: Float64Array, v: Float64Array): Float64Array;
  /** D^3 G (u, v, w). */
  third(z: Float64Array, u: Float64Array, v: Float64Array, w: Float64Array): Float64Array;
  /** The system that has a simple branch point as a regular zero, and its Jacobian; see `branch-point.ts`. */
  branching(y: Float64Array): { readonly value: Float64Array; readonly derivative: Float64Array };
  /** The orbit of x at p: period x dim. */
  orbit(z: Float64Array): Float64Array;
}

/** A point on the curve, as Newton's method found it. */
export interface Corrected {
  readonly z: Float64Array;
  readonly derivative: Float64Array;
  readonly iterations: number;
}

/** The curve of a family, its derivatives compiled when first asked for. */
export function curve(f: Family, kind: Evolution, dim: number, period: number): Curve {
  const once = (x: Tensor, p: Tensor): Tensor => {
    const next = f(x, p);
    if (next.shape.reduce((a, b) => a * b, 1) !== dim)
      throw new RangeError(
        `continuation: f gives the shape [${next.shape.join(", ")}], the start has ${dim} numbers; allowed: [${dim}]`,
      );
    return reshape(next, [dim]);
  };
  const iterate = (x: Tensor, p: Tensor, n: number): Tensor =>
    n === 1 ? once(x, p) : scan(([y]) => [[once(y!, p)], []], [x], [], { length: n })[0][0]!;
  const g = (z: Tensor): Tensor => {
    const [x, p] = [slice(z, [0], [dim]), reshape(slice(z, [dim], [dim + 1]), [])];
    const end = iterate(x, p, period);
    return kind === "map" ? sub(end, x) : end;
  };
  const along = (h: (z: Tensor) => Tensor, v: Tensor) => (z: Tensor) => jvp(h, [z], [v]).tangents[0]!;
  const long = { shape: [dim + 1] };
  const lazy = <T>(make: () => T): (() => T) => {
    let made: T | undefined;
    return () => (made ??= make());
  };
  const first = lazy(() => compile((z) => [g(z), jacobian(g)(z)], [long], { state: 0 }));
  const second = lazy(() => compile((z, u, v) => along(along(g, u), v)(z), [long, long, long], { state: 0 }));
  const third = lazy(() => compile((z, u, v, w) => along(along(along(g, u), v), w)(z), [long, long, long, long], { state: 0 }));
  const extended = (y: Tensor): Tensor => {
    const z = slice(y, [0], [dim + 1]);
    const mu = slice(y, [dim + 1], [dim + 2]);
    const psi = slice(y, [dim + 2], [2 * dim + 2]);
    const { outputs, pull } = vjp(g, [z]);
    return concat([add(outputs[0]!, mul(mu, psi)), pull([psi])[0]!, sub(reshape(sum(mul(psi, psi)), [1]), 1)]);
  };
  const branch = lazy(() => compile((y) => [extended(y), jacobian(extended)(y)], [{ shape: [2 * dim + 2] }], { state: 0 }));
  const one = lazy(() => compile((x, p) => f(x, p), [{ shape: [dim] }, { shape: [] }], { state: 0 }));
  const run = (program: Program, ...inputs: Float64Array[]): Float64Array[] => {
    inputs.forEach((x, i) => program.inputs[i]!.set(x));
    program.run();
    return program.outputs.map((o) => o.slice());
  };
  const pair = ([value, derivative]: Float64Array[]) => ({ value: value!, derivative: derivative! });
  return {
    f,
    kind,
    dim,
    period,
    evaluate: (z) => pair(run(first(), z)),
    second: (z, u, v) => run(second(), z, u, v)[0]!,
    third: (z, u, v, w) => run(third(), z, u, v, w)[0]!,
    branching: (y) => pair(run(branch(), y)),
    orbit(z) {
      const points = new Float64Array(period * dim);
      let x: Float64Array = z.slice(0, dim);
      for (let n = 0; n < period; n++) {
        points.set(x, n * dim);
        if (n + 1 < period) x = run(one(), x, z.slice(dim))[0]!;
      }
      return points;
    },
  };
}

/** The tangent of the curve where it has one: unit, with t . along > 0; not finite where the bordered matrix is singular. */
export function tangent(derivative: Float64Array, along: Float64Array, dim: number): Float64Array {
  const right = new Float64Array(dim + 1);
  right[dim] = 1;
  const t = solve(bordered(derivative, along), right, dim + 1);
  const length = Math.sqrt(t.reduce((s, v) => s + v * v, 0));
  return t.map((v) => v / length);
}

/** The derivative with one more row. */
export function bordered(derivative: Float64Array, row: Float64Array): Float64Array {
  const out = new Float64Array(derivative.length + row.length);
  out.set(derivative);
  out.set(row, derivative.length);
  return out;
}

const MOST = 12;

/** The point of the curve in the plane through `guess` across `normal`, by Newton's method; undefined where it does not settle. */
export function correct(c: Curve, guess: Float64Array, normal: Float64Array): Corrected | undefined {
  const n = c.dim + 1;
  let z: Float64Array = guess;
  let before = Infinity;
  for (let i = 1; i <= MOST; i++) {
    const { value, derivative } = c.evaluate(z);
    const off = z.reduce((s, v, j) => s + (v - guess[j]!) * normal[j]!, 0);
    const right = [...Array.from(value, (v) => -v), -off];
    const step = solve(bordered(derivative, normal), right, n);
    const length = Math.sqrt(step.reduce((s, v) => s + v * v, 0));
    if (!Number.isFinite(length)) return undefined;
    z = z.map((v, j) => v + step[j]!);
    const size = 1 + Math.sqrt(z.reduce((s, v) => s + v * v, 0));
    // Below 1e-8 another step squares the error; rounding then keeps it from falling.
    if (length <= 1e-14 * size || (length <= 1e-8 * size && !(length < 0.1 * before)))
      return { z, derivative: c.evaluate(z).derivative, iterations: i };
    before = length;
  }
  return undefined;
}
