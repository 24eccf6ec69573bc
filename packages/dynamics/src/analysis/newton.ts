import {
  add,
  amax,
  abs,
  at,
  compile,
  concat,
  constant,
  div,
  eq,
  ge,
  gt,
  jacobian,
  le,
  lt,
  matmul,
  max,
  min,
  mul,
  ne,
  qr,
  reshape,
  select,
  sqrt,
  stack,
  sub,
  sum,
  transpose,
  vmap,
  whileLoop,
  type CompileOptions,
  type Tensor,
} from "#engine";
import { finite } from "../core/evolve.js";

/** A vector field with parameters: x of shape [dim] and parameters of shape [count] to a tensor of shape [dim]. */
export type Equations = (x: Tensor, parameters: Tensor) => Tensor;

export interface NewtonOptions {
  readonly f: Equations;
  /** starts x dim, row by row. */
  readonly starts: Float64Array;
  readonly dim: number;
  /** The length over which f changes: steps and residuals are judged by it, and starts that go further away than this are given up. */
  readonly scale: number;
  /** starts x count: the parameters of each start. Default: none. */
  readonly parameters?: Float64Array;
  /** A step below this times `scale` ends the search. Default 1e-10. */
  readonly tolerance?: number;
  /** Default 80. */
  readonly maxIterations?: number;
  readonly threads?: CompileOptions["threads"];
}

/**
 * How the search from one start ended.
 *
 * - zero: the last step is below the tolerance and |f| below 1e-8 |J| scale, or |f| below 1e-14 |J| scale;
 * - left: the search went further than `scale` from its start, or met a number that is not finite;
 * - stuck: |f| has a minimum there that is not zero;
 * - step-limit: none of these within the iterations allowed.
 */
export type NewtonEnd = "zero" | "left" | "stuck" | "step-limit";

/** Where the searches from many starts ended. */
export interface NewtonEnds {
  /** starts x dim. */
  readonly points: Float64Array;
  /** |f| at each. */
  readonly residuals: Float64Array;
  readonly ends: readonly NewtonEnd[];
  /** Rounds until the last search ended. */
  readonly rounds: number;
}

const ENDS: readonly NewtonEnd[] = ["step-limit", "zero", "left", "stuck"];
/** Damping never falls below (1e-8 |J|)^2: directions in which f does not change at all then stay untouched. */
const FLOOR = 1e-8;
/** A zero is believed when |f| is below this times |J| scale, and without a short step below EXACT times |J| scale. */
const RESIDUAL = 1e-8;
const EXACT = 1e-14;

/**
 * Newton's method from many starts at once, damped, in one compiled program.
 *
 * *Definition*: the step s minimises |f + J s|^2 + lambda |s|^2 with lambda = nu |f|^2 / scale^2. A step that lowers |f| is taken and nu falls
 * tenfold (to 1e-4 at least), another is not and nu rises tenfold. Near a zero with a regular Jacobian, and near a manifold of zeros, the
 * damping vanishes like |f|^2, so the convergence is that of Newton's method.
 * *Arguments*: see `NewtonOptions`; f is traced once, for one start, and its Jacobian is exact.
 * *Returns*: see `NewtonEnds`. A start that ended at no zero says how.
 * *Error*: the points are known to `tolerance` times `scale` where the Jacobian is regular; `zeros` refines and checks them.
 * *Cost*: at most `maxIterations` evaluations of f and its Jacobian for all starts; all go on until the last has ended.
 * *Source*: Yamashita, Fukushima 2001, On the rate of convergence of the Levenberg-Marquardt method (quadratic convergence with
 * lambda = |f|^2 under a local error bound, also where zeros are not isolated).
 * *Example*: `newton({ f: (x) => sub(mul(x, x), 2), starts: Float64Array.of(1, -3), dim: 1, scale: 4 }).points // [1.41421356, -1.41421356]`
 */
export function newton(options: NewtonOptions): NewtonEnds {
  const { f, starts, dim, scale, tolerance = 1e-10, maxIterations = 80, threads } = options;
  if (!Number.isInteger(dim) || dim < 1) throw new RangeError(`newton: dim ${dim} given; allowed: integers from 1`);
  if (starts.length === 0 || starts.length % dim !== 0)
    throw new RangeError(
      `newton: ${starts.length} numbers given as starts; allowed: a multiple of dim = ${dim}, at least one start`,
    );
  if (!(scale > 0 && scale < Infinity)) throw new RangeError(`newton: scale ${scale} given; allowed: finite lengths above 0`);
  finite(starts, "list of starts");
  const n = starts.length / dim;
  const parameters = options.parameters ?? new Float64Array(n);
  if (parameters.length === 0 || parameters.length % n !== 0)
    throw new RangeError(`newton: ${parameters.length} parameters given for ${n} starts; give equally many to each`);

  const one = (start: Tensor, p: Tensor): Tensor[] => search((x) => f(x, p), start, { dim, scale, tolerance, maxIterations });
  const program = compile(vmap(one), [{ shape: [n, dim] }, { shape: [n, parameters.length / n] }], {
    state: 0,
    ...(threads ? { threads } : {}),
  });
  program.inputs[0]!.set(starts);
  program.inputs[1]!.set(parameters);
  program.run();
  const [points, residuals, ends, rounds] = program.outputs.map((o) => o.slice()) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { points, residuals, ends: Array.from(ends, (e) => ENDS[e]!), rounds: rounds.reduce((a, b) => Math.max(a, b), 0) };
}

interface SearchSettings {
  readonly dim: number;
  readonly scale: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** The search from one start: [x, |f|, number of its end in ENDS, rounds]. */
function search(f: (x: Tensor) => Tensor, start: Tensor, { dim, scale, tolerance, maxIterations }: SearchSettings): Tensor[] {
  const evaluate = (x: Tensor): [Tensor, Tensor] => [reshape(f(x), [dim]), reshape(jacobian(f)(x), [dim, dim])];
  const { carry, rounds } = whileLoop(
    ([, , , , state]) => eq(state!, 0),
    ([x, y, j, nu, state]) => {
      const size = sum(mul(y!, y!));
      const steepness = sum(mul(j!, j!));
      const lambda = add(mul(nu!, div(size, scale * scale)), mul(FLOOR * FLOOR, steepness));
      const step = dampedStep(j!, y!, lambda, dim);
      const trial = add(x!, step);
      const [y2, j2] = evaluate(trial);
      const better = lt(sum(mul(y2, y2)), size);
      const short = mul(le(sqrt(sum(mul(step, step))), tolerance * scale), le(nu!, 1));
      const [px, py, pj] = [select(better, trial, x!), select(better, y2, y!), select(better, j2, j!)];
      const below = (share: number): Tensor => le(sum(mul(py, py)), mul(share * share * scale * scale, sum(mul(pj, pj))));
      const far = gt(amax(abs(sub(px, start))), scale);
      const ended = select(
        max(below(EXACT), mul(short, below(RESIDUAL))),
        1,
        select(max(far, ne(sum(mul(y!, y!)), sum(mul(y!, y!)))), 2, select(max(short, ge(nu!, 1e20)), 3, 0)),
      );
      const next = select(better, max(mul(nu!, 0.1), 1e-4), mul(nu!, 10));
      return [px, py, pj, next, add(state!, ended)];
    },
    [start, ...evaluate(start), constant(0.01), select(eq(sum(mul(evaluate(start)[0], evaluate(start)[0])), 0), 1, 0)],
    maxIterations,
  );
  const [x, y, , , state] = carry as [Tensor, Tensor, Tensor, Tensor, Tensor];
  return [x, sqrt(sum(mul(y, y))), min(state, 3), rounds];
}

/** The step s that minimises |y + J s|^2 + lambda |s|^2, by the QR factorisation of J over sqrt(lambda) I: the condition is not squared. */
function dampedStep(j: Tensor, y: Tensor, lambda: Tensor, dim: number): Tensor {
  const eye = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) eye[i * dim + i] = 1;
  const [q, r] = qr(concat([j, mul(sqrt(lambda), constant(eye, [dim, dim]))]));
  const right = matmul(transpose(q), concat([mul(-1, y), constant(new Float64Array(dim))]));
  const solved: Tensor[] = [];
  for (let i = dim - 1; i >= 0; i--) {
    const known = solved.map((s, k) => mul(at(at(r, i), dim - 1 - k), s));
    const rest = known.reduce((a, b) => sub(a, b), at(right, i));
    solved.push(div(rest, at(at(r, i), i)));
  }
  return stack(solved.reverse());
}
