import { add, compile, constant, mul, reshape, vmap, type Tensor } from "#engine";
import type { Estimate } from "../core/estimate.js";

export interface MonotoneObstructionOptions {
  /** The interval. */
  readonly from: number;
  readonly to: number;
  /** Whether the monotone functions rise, fall, or may do either. Default "either". */
  readonly direction?: "increasing" | "decreasing" | "either";
  /** Points of the grid, both ends included. Default 4097. */
  readonly points?: number;
  /** A Lipschitz constant of the function on the interval, with which the error becomes a bound. */
  readonly lipschitz?: number;
}

/** How far a function is from the monotone ones, with a witness and a best one. */
export interface MonotoneObstruction extends Estimate {
  /** The best direction. */
  readonly direction: "increasing" | "decreasing";
  /** Two points in ascending order between which a monotone function has to err: by half the difference of the two values. */
  readonly witness: readonly [number, number];
  /** The grid, the function on it, and a monotone function that errs by no more than `value` there. */
  readonly grid: Float64Array;
  readonly target: Float64Array;
  readonly best: Float64Array;
}

/** How often the grid is drawn in around the two witnesses. */
const ZOOMS = 5;

/**
 * The least error, in the supremum norm, with which a monotone function can follow a given one on an interval.
 *
 * *Definition*: 1/2 sup over x <= y of (psi(x) - psi(y))_+ for increasing functions; for decreasing ones the same of -psi; "either": the smaller one.
 * It is attained by (sup over s <= x of psi(s) + inf over s >= x of psi(s)) / 2. Every scalar neural ODE with an affine readout is monotone in its input.
 * *Arguments*: `psi`, from a tensor of shape [1] to one of shape [1]; see `MonotoneObstructionOptions`.
 * *Returns*: an estimate whose value is certain as a lower bound, since the witness proves it.
 * *Error*: with `lipschitz` L and grid width h the least error lies between `value` and `value` + `error`, where `error` = L h / 2. Without, the grid is drawn in
 * around the witness, and `error` is what that still changed: right for functions that the grid resolves. Throws where psi is not finite.
 * *Cost*: `points` evaluations of psi, five times more near the witness.
 * *Example*: `monotoneObstruction((x) => mul(x, x), { from: -1, to: 1 }).value // 0.5`
 */
export function monotoneObstruction(psi: (x: Tensor) => Tensor, options: MonotoneObstructionOptions): MonotoneObstruction {
  const { from, to, direction = "either", points = 4097, lipschitz } = options;
  if (!(from < to && Number.isFinite(to - from)))
    throw new RangeError(`monotoneObstruction: from ${from} to ${to} given; allowed: finite numbers in ascending order`);
  if (!Number.isInteger(points) || points < 2)
    throw new RangeError(`monotoneObstruction: ${points} points given; allowed: integers from 2`);
  if (lipschitz !== undefined && !(lipschitz >= 0 && lipschitz < Infinity))
    throw new RangeError(`monotoneObstruction: lipschitz ${lipschitz} given; allowed: finite numbers from 0`);
  const numbers = constant(
    Float64Array.from({ length: points }, (_, i) => i / (points - 1)),
    [points],
  );
  const program = compile(
    (left, width) => {
      const xs = add(left!, mul(width!, numbers));
      return [xs, reshape(vmap((x) => psi(reshape(x, [1])))(xs), [points])];
    },
    [{ shape: [] }, { shape: [] }],
  );
  const on = (a: number, b: number): [Float64Array, Float64Array] => {
    program.inputs[0]![0] = a;
    program.inputs[1]![0] = b - a;
    program.run();
    const [xs, values] = program.outputs.map((v) => Float64Array.from(v)) as [Float64Array, Float64Array];
    const wild = values.findIndex((v) => !Number.isFinite(v));
    if (wild >= 0) throw new RangeError(`monotoneObstruction: the function is ${values[wild]} at ${xs[wild]}; it must be finite`);
    return [xs, values];
  };
  const [grid, target] = on(from, to);
  const h = (to - from) / (points - 1);
  const one = (sign: 1 | -1): { drop: number; first: number; witness: [number, number] } => {
    let [high, drop, witness] = [0, 0, [0, 0] as [number, number]];
    for (let j = 0; j < points; j++) {
      if (sign * target[j]! > sign * target[high]!) high = j;
      const d = sign * (target[high]! - target[j]!);
      if (d > drop) [drop, witness] = [d, [high, j]];
    }
    const [x, y] = [grid[witness[0]]!, grid[witness[1]]!];
    if (drop === 0 || lipschitz !== undefined) return { drop, first: drop, witness: [x, y] };
    // Each witness is moved to the best place between its neighbours on the grid, which stay apart.
    const near = (at: number, sense: number): [number, number] => {
      let [best, width, value] = [at, h, -Infinity];
      for (let zoom = 0; zoom < ZOOMS; zoom++) {
        const [xs, values] = on(Math.max(from, best - width), Math.min(to, best + width));
        const k = values.reduce((b, v, i) => (sense * v > sense * values[b]! ? i : b), 0);
        if (sense * values[k]! > value) [best, value] = [xs[k]!, sense * values[k]!];
        width = (4 * width) / points;
      }
      return [best, value];
    };
    const [top, highest] = near(x, sign);
    const [bottom, lowest] = near(y, -sign);
    return top <= bottom && highest + lowest >= drop
      ? { drop: highest + lowest, first: drop, witness: [top, bottom] }
      : { drop, first: drop, witness: [x, y] };
  };
  const found = (["increasing", "decreasing"] as const)
    .filter((d) => direction === "either" || d === direction)
    .map((d) => ({ ...one(d === "increasing" ? 1 : -1), direction: d }));
  const least = found.reduce((a, b) => (b.drop < a.drop ? b : a));
  return {
    value: least.drop / 2,
    error: lipschitz === undefined ? (least.drop - least.first) / 2 : (lipschitz * h) / 2,
    unit: "1",
    status: "ok",
    method:
      lipschitz === undefined
        ? "largest drop on a grid, drawn in around the witness; a certain lower bound, error: what drawing in changed"
        : "largest drop on a grid; error: a bound by the Lipschitz constant",
    sources: ["Ubhaya 1974, Isotone optimization I, Journal of Approximation Theory 12"],
    cost: {},
    direction: least.direction,
    witness: least.witness,
    grid,
    target,
    best: monotone(target, least.direction === "increasing" ? 1 : -1),
  };
}

/** Half of the largest value so far plus half of the smallest one to come, upside down for falling functions. */
function monotone(values: Float64Array, sign: 1 | -1): Float64Array {
  const best = new Float64Array(values.length);
  let high = -Infinity;
  values.forEach((v, i) => (best[i] = high = Math.max(high, sign * v)));
  let low = Infinity;
  for (let i = values.length - 1; i >= 0; i--) {
    low = Math.min(low, sign * values[i]!);
    best[i] = (sign * (best[i]! + low)) / 2;
  }
  return best;
}
