import { compile, jacobian, reshape, type CompileOptions, type Tensor } from "#engine";
import type { Status } from "../core/status.js";
import { solve } from "./dense-general.js";
import { singularValues } from "../core/singular-values.js";
import { checkBox, spread, type Box } from "./low-discrepancy.js";
import { newton, type NewtonEnd } from "./newton.js";
import { sortDegenerate, type ZeroManifold } from "./zero-manifolds.js";

export interface ZerosOptions {
  /** x of shape [dim] to a tensor of shape [dim]. */
  readonly f: (x: Tensor) => Tensor;
  /** Where zeros are looked for. */
  readonly box: Box;
  /** Number of starts. Default 200 a coordinate. */
  readonly starts?: number;
  /** Shifts the starts. Default 0. */
  readonly seed?: number;
  /** Zeros closer than this times the longest side of the box, in every coordinate, are one. Default 1e-6. */
  readonly merge?: number;
  /** Singular values of the Jacobian below this times its usual size (the median norm over the starts) count as 0. Default 1e-7. */
  readonly degenerate?: number;
  readonly maxIterations?: number;
  readonly threads?: CompileOptions["threads"];
}

/** A zero, alone in its neighbourhood as far as the searches can tell. */
export interface Zero {
  readonly point: Float64Array;
  /** Largest distance from the true zero to be expected, in any coordinate; see `zeros` for what it rests on. */
  readonly error: number;
  /** |f| there. */
  readonly residual: number;
  /** dim x dim, row by row. */
  readonly jacobian: Float64Array;
  /** Dimension of the Jacobian's null space, by the tolerance `degenerate`. */
  readonly corank: number;
  /** How many searches ended there. */
  readonly hits: number;
}

/** What the searches found. */
export interface Zeros {
  /** Sorted by coordinates, the first first. */
  readonly isolated: readonly Zero[];
  /** Curves and surfaces of zeros. */
  readonly manifolds: readonly ZeroManifold[];
  readonly searches: Readonly<Record<NewtonEnd | "outside", number>>;
  /** "not-converged" where a search found a zero that refinement lost, or where searches ran out of iterations. */
  readonly status: Status;
  readonly explanation?: string;
  /** Below this a singular value counts as 0. */
  readonly threshold: number;
}

/** Newton's step at an isolated zero, evaluated this many times at most. */
const REFINEMENTS = 6;

/**
 * The zeros of a field in a box, by Newton's method from many starts.
 *
 * *Definition*: f(x) = 0 with x in the box (its boundary included, to the merging distance).
 * *Arguments*: see `ZerosOptions`.
 * *Returns*: isolated zeros, regular (corank 0) or degenerate, and manifolds of zeros. That none is missing is not proved: `searches` says how
 * many starts ended where, `boundaryDegree` counts zeros with signs, and `proveZeros` proves completeness in few dimensions.
 * *Error*: a regular zero is refined until Newton's step no longer shrinks. Its `error` is twice the last step plus what rounding errors of
 * 4 units in the last place of |J| times the box can move it: a rule, not a bound (`proveZeros` gives a bound). At a degenerate zero f is flat;
 * the error is the distance between the places where searches ended, NaN for a single one. Where f falls below 1e-8 of its usual size over a
 * whole region, that region cannot be told from a manifold of zeros and comes back as one.
 * *Cost*: see `newton`; refinement costs a few evaluations a zero.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 10.1.
 * *Example*: `zeros({ f: (x) => sin(x), box: [[-4, 4]] }).isolated.map((z) => z.point[0]) // [-3.141592653589793, 0, 3.141592653589793]`
 */
export function zeros(options: ZerosOptions): Zeros {
  const { f, box, seed = 0, merge = 1e-6, degenerate = 1e-7, maxIterations, threads } = options;
  checkBox("zeros", box);
  const dim = box.length;
  const count = options.starts ?? 200 * dim;
  if (!(merge > 0 && merge < 0.1)) throw new RangeError(`zeros: merge ${merge} given; allowed: numbers above 0 and below 0.1`);
  if (!(degenerate > 0 && degenerate < 1))
    throw new RangeError(`zeros: degenerate ${degenerate} given; allowed: numbers between 0 and 1`);
  const scale = Math.max(...box.map(([low, high]) => high - low));
  const starts = spread(box, count, seed);
  const found = newton({
    f,
    starts,
    dim,
    scale,
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(threads ? { threads } : {}),
  });
  const program = compile((x) => [reshape(f(x), [dim]), reshape(jacobian(f)(x), [dim, dim])], [{ shape: [dim] }], { state: 0 });
  const evaluate = (x: Float64Array): Evaluation => {
    program.inputs[0]!.set(x);
    program.run();
    const [y, j] = program.outputs.map((o) => o.slice()) as [Float64Array, Float64Array];
    return { x, y, j, size: Math.sqrt(y.reduce((s, v) => s + v * v, 0)) };
  };
  const threshold = degenerate * usualSize(starts, dim, evaluate);

  const searches = { zero: 0, left: 0, stuck: 0, "step-limit": 0, outside: 0 };
  const regular: Zero[] = [];
  const flat: Zero[] = [];
  let lost = 0;
  for (let i = 0; i < count; i++) {
    const end = found.ends[i]!;
    searches[end]++;
    if (end !== "zero") continue;
    const start = found.points.slice(i * dim, (i + 1) * dim);
    if (!inside(start, box, 100 * merge * scale)) {
      searches.outside++;
      continue;
    }
    const known = regular.findIndex((z) => near(z.point, start, merge * scale));
    if (known >= 0) {
      regular[known] = { ...regular[known]!, hits: regular[known]!.hits + 1 };
      continue;
    }
    const zero = describe(evaluate(start), evaluate, threshold, dim, scale);
    if (zero === undefined) lost++;
    else if (!inside(zero.point, box, merge * scale)) searches.outside++;
    else if (zero.corank > 0) flat.push(zero);
    else {
      const same = regular.findIndex((z) => near(z.point, zero.point, merge * scale));
      if (same < 0) regular.push(zero);
      else regular[same] = { ...regular[same]!, hits: regular[same]!.hits + 1 };
    }
  }
  const { points, manifolds } = sortDegenerate(flat, scale, 3 * scale * root(count, dim));
  const unfinished = searches["step-limit"];
  const problems = [
    ...(lost > 0 ? [`${lost} zeros were lost in refinement: f is not smooth there, or its derivative is not finite`] : []),
    ...(searches.zero === 0 && unfinished > 0
      ? [`no search ended at a zero and ${unfinished} ran out of iterations; allow more (maxIterations)`]
      : []),
  ];
  return {
    isolated: [...regular, ...points].sort((a, b) => compare(a.point, b.point, merge * scale)),
    manifolds,
    searches,
    status: problems.length > 0 ? "not-converged" : "ok",
    threshold,
    ...(problems.length > 0 ? { explanation: problems.join("; ") } : {}),
  };
}

interface Evaluation {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly j: Float64Array;
  readonly size: number;
}

/** A zero refined as far as doubles go; undefined where an entry is not finite. */
function describe(
  start: Evaluation,
  evaluate: (x: Float64Array) => Evaluation,
  threshold: number,
  dim: number,
  scale: number,
): Zero | undefined {
  let best = start;
  if (!best.j.every(Number.isFinite) || !Number.isFinite(best.size)) return undefined;
  const corankOf = ({ j }: Evaluation): number => singularValues(j, dim, dim).values.filter((s) => !(s > threshold)).length;
  const made = (corank: number, error: number): Zero => ({
    point: best.x,
    error,
    residual: best.size,
    jacobian: best.j,
    corank,
    hits: 1,
  });
  if (corankOf(best) > 0) return made(corankOf(best), NaN);
  let step = newtonStep(best, dim);
  for (let i = 0; i < REFINEMENTS; i++) {
    const next = evaluate(best.x.map((v, c) => v + step[c]!));
    const after = Number.isFinite(next.size) && next.j.every(Number.isFinite) ? newtonStep(next, dim) : undefined;
    if (!after || !(largest(after) < largest(step))) break;
    [best, step] = [next, after];
  }
  const size = scale * Math.max(...best.x.map((_, r) => best.x.reduce((s, _v, c) => s + Math.abs(best.j[r * dim + c]!), 0)));
  const rounding = largest(solve(best.j, new Float64Array(dim).fill(4 * Number.EPSILON * size), dim));
  return made(corankOf(best), 2 * largest(step) + rounding + 4 * Number.EPSILON * largest(best.x));
}

const newtonStep = ({ y, j }: Evaluation, dim: number): Float64Array =>
  solve(
    j,
    y.map((v) => -v),
    dim,
  );

const largest = (x: Float64Array): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

const inside = (x: Float64Array, box: Box, margin: number): boolean =>
  box.every(([low, high], i) => x[i]! >= low - margin && x[i]! <= high + margin);

export const near = (x: Float64Array, y: Float64Array, distance: number): boolean =>
  x.every((v, i) => Math.abs(v - y[i]!) <= distance);

/** By the first coordinate that differs by more than the tolerance. */
function compare(a: Float64Array, b: Float64Array, tolerance: number): number {
  const i = a.findIndex((v, c) => Math.abs(v - b[c]!) > tolerance);
  return i < 0 ? 0 : a[i]! - b[i]!;
}

/** The median Frobenius norm of the Jacobian over (at most 400 of) the starts; the largest number below 1 where none is finite. */
function usualSize(starts: Float64Array, dim: number, evaluate: (x: Float64Array) => Evaluation): number {
  const norms: number[] = [];
  for (let i = 0; i < Math.min(400, starts.length / dim); i++) {
    const { j } = evaluate(starts.slice(i * dim, (i + 1) * dim));
    const norm = Math.sqrt(j.reduce((s, v) => s + v * v, 0));
    if (Number.isFinite(norm)) norms.push(norm);
  }
  return norms.sort((a, b) => a - b)[Math.floor(norms.length / 2)] ?? 1;
}

/** count^(-1/dim), without a power function: the side of a cube of which `count` fill the unit cube, rounded up to 1 / an integer. */
function root(count: number, dim: number): number {
  let side = 1;
  for (let more = true; more;) {
    let cubes = 1;
    for (let i = 0; i < dim; i++) cubes *= side + 1;
    more = cubes <= count;
    if (more) side++;
  }
  return 1 / side;
}
