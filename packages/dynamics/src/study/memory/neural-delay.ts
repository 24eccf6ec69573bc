import {
  abs,
  add,
  at,
  constant,
  div,
  max,
  mean,
  mul,
  relu,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  evaluate,
  type Tensor,
} from "#engine";
import { fillNormal, random } from "../../core/random.js";
import { delayed } from "../../flow/delayed.js";
import { rk4 } from "../../flow/solvers/rk4.js";
import { adam } from "../../training/optimizers/adam.js";
import { descents, type DescentsOptions } from "../../training/descents.js";

/** What a scalar neural delay equation is to learn on [-1, 1]. */
export interface Target {
  readonly name: string;
  readonly formula: string;
  readonly of: (x: number) => number;
  /** The least largest error of all maps that keep the order of their inputs. */
  readonly bound: number;
}

/** One line an entry. */
export const targets: readonly Target[] = [
  { name: "minus", formula: "-x", of: (x) => -x, bound: 1 },
  { name: "square", formula: "x^2", of: (x) => x * x, bound: 0.5 },
];

/** Weights that change with time, each by its values at whole delays: of x, of x a delay ago, of the negative parts of both, and a push. */
const ROWS = 5;

/** Numbers of one trained field, its capacity first. */
export const sizeOf = (delays: number): number => 1 + ROWS * (delays + 1);

/**
 * x(T) of x' = K (a x + b y + c min(x, 0) + d min(y, 0) + e), y = x(t - 1), from the constant past `inputs`, with |a| + |b| + |c| + |d| <= 1 at the knots and so
 * at all times: a ReLU network with the Lipschitz constant K and weights that change with time. theta: K, then the knots.
 */
export function outputs(theta: Tensor, inputs: Tensor, delays: number): Tensor {
  const knots = delays + 1;
  const capacity = stopGradient(at(theta, 0));
  const rows = Array.from({ length: ROWS }, (_, i) => slice(theta, [1 + i * knots], [1 + (i + 1) * knots]));
  const weights = rows.slice(0, -1);
  const total = max(
    1,
    weights.map((w) => abs(w)).reduce((a, b) => add(a, b)),
  );
  const capped = [...weights.map((w) => div(w, total)), rows.at(-1)!];
  const whole = constant(Array.from({ length: knots }, (_, i) => i));
  const negative = (x: Tensor): Tensor => mul(-1, relu(mul(-1, x)));
  return delayed({
    field: (x, [y], t) => {
      const hat = relu(sub(1, abs(sub(t, whole))));
      const [a, b, c, d, e] = capped.map((w) => sum(mul(w, hat))) as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const linear = add(mul(a, x), mul(b, y!));
      return mul(capacity, add(add(linear, add(mul(c, negative(x)), mul(d, negative(y!)))), e));
    },
    lags: [1],
    history: () => inputs,
    until: delays,
    steps: 4,
    solver: rk4,
  }).present;
}

export interface TrainOptions {
  readonly target: Target;
  readonly capacities: readonly number[];
  readonly delays: number;
  readonly points: number;
  readonly restarts: number;
  readonly iterations: number;
  readonly seed: number;
  readonly threads?: DescentsOptions["threads"];
}

/** The least largest error on the points that training found, for each capacity. */
export function train(options: TrainOptions): number[] {
  const { target, capacities, delays, points, restarts, iterations, seed, threads } = options;
  const size = sizeOf(delays);
  const xs = Array.from({ length: points }, (_, i) => (2 * i) / (points - 1) - 1);
  const [inputs, wanted] = [constant(xs), constant(xs.map(target.of))];
  const starts = new Float64Array(capacities.length * restarts * size);
  fillNormal(starts, random(seed));
  capacities.forEach((capacity, i) => {
    for (let r = 0; r < restarts; r++) {
      const from = (i * restarts + r) * size;
      for (let j = 0; j < size; j++) starts[from + j]! *= 0.3;
      // Half of them begin by turning everything round, half by turning what is negative.
      const row = r % 2 === 0 ? 1 : 3;
      for (let j = 0; j <= delays; j++) starts[from + 1 + row * (delays + 1) + j]! -= 1;
      starts[from] = capacity;
    }
  });
  const { ends } = descents({
    // The eighth power stands for the largest error.
    objective: (theta) => mean(square(square(square(sub(outputs(theta, inputs, delays), wanted))))),
    size,
    starts,
    optimizer: adam({ stepSize: 0.03 }),
    steps: iterations,
    tolerance: 1e-12,
    ...(threads ? { threads } : {}),
  });
  const off = (row: number): number => {
    const found = evaluate((theta) => outputs(theta!, inputs, delays), { data: ends.slice(row * size, (row + 1) * size) })[0]!;
    return Math.max(...xs.map((x, i) => Math.abs(found[i]! - target.of(x))));
  };
  return capacities.map((_, i) =>
    Array.from({ length: restarts }, (_r, r) => off(i * restarts + r)).reduce((a, b) => (b < a ? b : a), Infinity),
  );
}
