import { concat, constant, div, expandDims, mul, reshape, scan, slice, sub, sum, take, vmap, type Tensor } from "#engine";
import { meshOf, stepAt, timeOf, type Mesh } from "./mesh.js";
import { basis, pastTimes, pointsOf, steppingOf, tablesOf, timesOf, type DelayField } from "./segment.js";
import type { Solver } from "./solver.js";
import { tsit5 } from "./solvers/tsit5.js";

export interface DelayedOptions {
  /** dx/dt, as an engine program. */
  readonly field: DelayField;
  /** The delays as numbers, all above 0: they decide where the steps lie. */
  readonly lags: readonly number[];
  /** The delays as a tensor [lags] with the same values, to differentiate by. Default: constants. */
  readonly moving?: Tensor;
  /** x(t) for t <= 0, of shape [dim]. */
  readonly history: (t: Tensor) => Tensor;
  /** x(0), where it differs from history(0). */
  readonly initial?: Tensor;
  /** The last time, above 0. */
  readonly until: number;
  /** Steps in the shortest lag, at least. Default 20. */
  readonly steps?: number;
  /** Default `tsit5`. */
  readonly solver?: Solver;
}

/** The solution of a delay equation inside a program. */
export interface Delayed {
  /** x(until), of shape [dim]. */
  readonly present: Tensor;
  /** x at given times from -max(lags) to `until`: [times, dim]. */
  at(times: readonly number[]): Tensor;
}

/**
 * The solution of a delay equation, as part of an engine program: usable inside grad, jvp, vmap and compile.
 *
 * *Definition*: x'(t) = field(x(t), [x(t - lag_1), ...], t) from 0 to `until`, by the method of steps: fixed steps of the solver, breaking points on
 * mesh points, the past from the solver's dense output.
 * *Arguments*: see `DelayedOptions`. What the functions capture (parameters, history values) may be inputs of the program; so may the delays (`moving`).
 * *Returns*: `present` and `at(times)`. A solution that becomes infinite gives what the arithmetic gives, Infinity or NaN.
 * *Error*: the global order is that of the solver (6 for dopri8, whose dense output has order 5) for smooth fields and histories. Derivatives are exact for the discrete solution, in both modes, and converge
 * with it; the mesh moves with the delays, so that breaking points stay on it. A jump at 0 (`initial`) with several delays, of which different
 * sums coincide, is the exception: there the solution has no derivative by each of them alone.
 * *Cost*: until / shortest lag intervals of `steps` steps; reverse mode keeps the past of every interval.
 * *Source*: Bellen, Zennaro 2003, Numerical methods for delay differential equations, chapters 3 and 6; Baker, Paul 1997 (delays as parameters).
 * *Example*: `evaluate((tau) => [delayed({ field: (_x, [y]) => mul(-1, y), lags: [1], moving: tau, history: () => constant([1]), until: 2 }).present],
 *   { data: [1] })[0] // [-0.5]`
 */
export function delayed(options: DelayedOptions): Delayed {
  const { field, lags, until } = options;
  const { mesh, nodes, table, moving, pass } = intervalsUntil(options);
  const { steps, intervals } = mesh;
  const past = vmap(options.history)(pastTimes(mesh, moving, nodes));
  const dim = past.shape[1]!;
  const window = reshape(past, [mesh.window, nodes, dim]);
  const start = options.initial ?? options.history(constant(0));
  const [[present], [made]] = scan(
    ([x, behind], rows) => {
      const next = pass(field, x!, behind!, rows);
      return [[next.present, next.window], [next.made]];
    },
    [start, window],
    table,
  );
  const all = concat([window, reshape(made!, [intervals * steps, nodes, dim])]);
  return {
    present: present!,
    at(times) {
      const ends = timesOf(mesh, lags);
      const wrong = times.find((s) => !(s >= ends[0]! - 1e-9 && s <= until * (1 + 1e-12)));
      if (wrong !== undefined) throw new RangeError(`at: time ${wrong} given; allowed: from ${ends[0]} to ${until}`);
      const found = times.map((s) => stepAt(ends, s, 0, ends.length - 2));
      const points = pointsOf(mesh, moving);
      const place = (shift: number): Tensor =>
        take(
          points,
          constant(
            found.map((m) => m + shift),
            [times.length],
            "i32",
          ),
        );
      const [low, high] = [place(0), place(1)];
      const theta = div(sub(constant([...times]), low), sub(high, low));
      const rows = take(all, constant(found, [times.length], "i32"));
      return sum(mul(expandDims(basis(theta, nodes), 2), rows), 1);
    },
  };
}

/** The intervals of the method of steps, each at most the shortest lag long, and the way through one. */
export interface Intervals {
  readonly mesh: Mesh;
  /** Values kept of a step. */
  readonly nodes: number;
  /** What each interval knows of the mesh: four tensors whose leading axis is the interval. */
  readonly table: readonly Tensor[];
  /** The delays, [lags]. */
  readonly moving: Tensor;
  /** From the present [dim] and the window before it [mesh.window, nodes, dim] to those an interval later; `rows`: its rows of the table. */
  pass(field: DelayField, present: Tensor, window: Tensor, rows: readonly Tensor[]): Passed;
}

interface Passed {
  readonly present: Tensor;
  readonly window: Tensor;
  /** The steps of the interval, [mesh.steps, nodes, dim]. */
  readonly made: Tensor;
}

/** The intervals that `delayed` goes through. */
export function intervalsUntil(options: Pick<DelayedOptions, "lags" | "moving" | "until" | "steps" | "solver">): Intervals {
  const { lags, until, steps = 20, solver = tsit5 } = options;
  checkLags(lags);
  checkSteps(steps);
  if (!(until > 0 && until < Infinity)) throw new RangeError(`delayed: until ${until} given; allowed: finite numbers above 0`);
  const moving = options.moving ?? constant([...lags]);
  if (moving.shape.length !== 1 || moving.shape[0] !== lags.length)
    throw new RangeError(`delayed: moving has shape [${moving.shape.join(", ")}], there are ${lags.length} lags`);
  const shortest = lags.indexOf(Math.min(...lags));
  const dt = [0, ...lags.map((_, j) => (j === shortest ? 1 : 0))];
  const { thetas, nodes, order, advance } = steppingOf(solver);
  const intervals = Math.max(1, Math.ceil(until / timeOf(dt, lags) - 1e-9));
  const mesh = meshOf({ lags, dt, steps, order, thetas, intervals, end: [until] });
  const { t, h, index, weights } = tablesOf(mesh, moving, thetas, nodes);
  return {
    mesh,
    nodes,
    table: [t, h, index, weights],
    moving,
    pass(field, x, behind, rows) {
      const [t_, h_, index_, weights_] = rows as [Tensor, Tensor, Tensor, Tensor];
      const { present, made } = advance(field, x, behind, { t: t_, h: h_, index: index_, weights: weights_ });
      const kept = slice(behind, [mesh.steps, 0, 0], [mesh.window, nodes, x.shape[0]!]);
      return { present, window: concat([kept, made]), made };
    },
  };
}

export function checkLags(lags: readonly number[]): void {
  if (lags.length === 0 || !lags.every((lag) => lag > 0 && lag < Infinity))
    throw new RangeError(
      `delay: lags [${lags.join(", ")}] given; allowed: one or more finite numbers above 0; without a delay use flow`,
    );
}

export function checkSteps(steps: number): void {
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`delay: ${steps} steps in the shortest lag given; allowed: integers from 1`);
}
