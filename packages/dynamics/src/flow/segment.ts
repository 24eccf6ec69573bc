import {
  add,
  at,
  concat,
  constant,
  div,
  expandDims,
  interpret,
  mul,
  reshape,
  scan,
  slice,
  sub,
  sum,
  take,
  trace,
  type Tensor,
} from "#engine";
import { timeOf, type Mesh } from "./mesh.js";
import { between, type Solver } from "./solver.js";

/** dx/dt = field(x(t), [x(t - lag_1), ...], t), as an engine program: each of shape [dim], t a scalar. */
export type DelayField = (x: Tensor, past: readonly Tensor[], t: Tensor) => Tensor;

/** What an interval of the method of steps needs to know of its mesh. */
export interface Table {
  /** [steps]: where each step begins. */
  readonly t: Tensor;
  /** [steps]: its length. */
  readonly h: Tensor;
  /** i32 [steps, thetas, lags]: in which step of the window the past is found. */
  readonly index: Tensor;
  /** [steps, thetas, lags, nodes]: the weights of that step's values. */
  readonly weights: Tensor;
}

/**
 * How a solver steps over segments: each step of the solution is kept as its values at `nodes` equally spaced times, both ends among them,
 * which say exactly what the solver's dense output says.
 */
export interface Stepping {
  /** The global error is O(h^order): the solver's order, or that of its dense output and one more. */
  readonly order: number;
  readonly nodes: number;
  /** The fractions of a step at which the solver evaluates the field. */
  readonly thetas: readonly number[];
  /** x(t) and the window before t to x(t + dt) and the steps between, of shape [steps, nodes, dim]. */
  advance(field: DelayField, present: Tensor, window: Tensor, table: Table): { present: Tensor; made: Tensor };
}

/** Whether a solver can step a delay equation: it asks for the field at fixed fractions of a step, and of any field. */
export const suitsDelays = (solver: Solver): boolean => solver.separable !== true && solver.realStability < Infinity;

/** The steps of a solver, for a delay equation. */
export function steppingOf(solver: Solver): Stepping {
  if (!suitsDelays(solver))
    throw new TypeError(
      `delay: ${solver.name} is for separable or stiff equations without delays, and needs more than the field at its stages; use an explicit solver, tsit5 for instance`,
    );
  const nodes = solver.denseOrder + 1;
  const inside = constant(
    Array.from({ length: nodes - 2 }, (_, i) => (i + 1) / (nodes - 1)),
    [nodes - 2, 1],
  );
  const step = (f: (x: Tensor, theta: number) => Tensor, x: Tensor): Tensor => {
    const field = (y: Tensor, theta: Tensor): Tensor => f(y, numberOf(theta));
    const made = solver.step(field, x, constant(0), constant(1), field(x, constant(0)));
    const ends = [x, made.next].map((y) => expandDims(y, 0));
    return concat(nodes > 2 ? [ends[0]!, between(x, made.dense(), inside), ends[1]!] : ends);
  };
  const met = new Set<number>();
  step(
    (x, theta) => {
      met.add(theta);
      return x;
    },
    constant([0]),
  );
  const thetas = [...met];
  return {
    order: Math.min(solver.order, solver.denseOrder + 1),
    nodes,
    thetas,
    advance(field, present, window, { t, h, index, weights }) {
      const past = sum(mul(expandDims(weights, 4), take(window, index)), 3);
      const lags = index.shape[2]!;
      const [[end], [made]] = scan(
        ([x], [start, length, delayed]) => {
          const values = step((y, theta) => {
            const rows = at(delayed!, thetas.indexOf(theta));
            const behind = Array.from({ length: lags }, (_, j) => at(rows, j));
            return mul(length!, field(y, behind, add(start!, mul(theta, length!))));
          }, x!);
          return [[at(values, nodes - 1)], [values]];
        },
        [present],
        [t, h, past],
      );
      return { present: end!, made: made! };
    },
  };
}

/** The value of a constant. */
const numberOf = (theta: Tensor): number =>
  interpret(
    trace(() => [theta], []),
    [],
  )[0]![0]!;

/** [...] to [..., nodes]: the weights of equally spaced values in the polynomial through them, at theta in [0, 1]. */
export function basis(theta: Tensor, nodes: number): Tensor {
  const s = mul(theta, nodes - 1);
  const all = Array.from({ length: nodes }, (_, l) => {
    let weight: Tensor | undefined;
    for (let q = 0; q < nodes; q++) if (q !== l) weight = weight ? mul(weight, div(sub(s, q), l - q)) : div(sub(s, q), l - q);
    return expandDims(weight!, s.shape.length);
  });
  return concat(all, s.shape.length);
}

/** The tables of all intervals of a mesh, stacked, for lags that may move; `t` counts from the start of all of them. */
export function tablesOf(mesh: Mesh, lags: Tensor, thetas: readonly number[], nodes: number): Table {
  const { steps, window, intervals, index } = mesh;
  const [count, stages, r] = [intervals * steps, thetas.length, lags.shape[0]!];
  const points = pointsOf(mesh, lags);
  const starts = slice(points, [window], [window + count]);
  const lengths = sub(slice(points, [window + 1], [window + count + 1]), starts);
  const places = (shift: number): Tensor =>
    constant(
      index.map((m, i) => m + Math.floor(i / (steps * stages * r)) * steps + shift),
      [count, stages, r],
      "i32",
    );
  const [low, high] = [take(points, places(0)), take(points, places(1))];
  const stage = constant([...thetas], [1, stages, 1]);
  const when = sub(add(reshape(starts, [count, 1, 1]), mul(reshape(lengths, [count, 1, 1]), stage)), reshape(lags, [1, 1, r]));
  const weights = basis(div(sub(when, low), sub(high, low)), nodes);
  return {
    t: reshape(starts, [intervals, steps]),
    h: reshape(lengths, [intervals, steps]),
    index: constant(index, [intervals, steps, stages, r], "i32"),
    weights: reshape(weights, [intervals, steps, stages, r, nodes]),
  };
}

/** The ends of the steps, for lags that may move. */
export function pointsOf({ points }: Mesh, lags: Tensor): Tensor {
  const r = lags.shape[0]!;
  const fixed = constant(points.map((p) => p[0]!));
  const rates = constant(
    points.flatMap((p) => Array.from({ length: r }, (_, j) => p[j + 1] ?? 0)),
    [points.length, r],
  );
  return add(fixed, sum(mul(rates, reshape(lags, [1, r])), 1));
}

/** The times of the window's values, [window, nodes], flat: from the oldest to the start. */
export function pastTimes(mesh: Mesh, lags: Tensor, nodes: number): Tensor {
  const points = pointsOf(mesh, lags);
  const low = reshape(slice(points, [0], [mesh.window]), [mesh.window, 1]);
  const high = reshape(slice(points, [1], [mesh.window + 1]), [mesh.window, 1]);
  const share = constant(
    Array.from({ length: nodes }, (_, i) => i / (nodes - 1)),
    [1, nodes],
  );
  return reshape(add(mul(sub(1, share), low), mul(share, high)), [mesh.window * nodes]);
}

/** The ends of the steps as numbers. */
export const timesOf = ({ points }: Mesh, lags: readonly number[]): Float64Array =>
  Float64Array.from(points, (p) => timeOf(p, lags));
