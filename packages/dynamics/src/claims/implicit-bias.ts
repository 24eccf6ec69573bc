import { constant, exp, log1p, matmul, mean, mul, neg, reshape, scalarMath, slice, sub, sum, type Tensor } from "#engine";
import { descent } from "../training/descent.js";
import { gradientFlow } from "../training/gradient-flow.js";
import { gradientDescent } from "../training/optimizers/gradient-descent.js";
import { exact, type Claim } from "./claim.js";

type Pair = readonly [number, number];

/** The solution of two equations. */
function solve([[a, b], [c, d]]: readonly [Pair, Pair], [u, v]: Pair): [number, number] {
  const det = a * d - b * c;
  return [(u * d - b * v) / det, (a * v - u * c) / det];
}

/** X w for the rows of X. */
const product = (rows: readonly (readonly number[])[], w: Tensor): Tensor => {
  const columns = rows[0]!.length;
  return reshape(matmul(constant(rows.flat(), [rows.length, columns]), reshape(w, [columns, 1])), [rows.length]);
};

/** Ends of gradient descent from 0 on two equations in three unknowns, and the least solution X^T (X X^T)^-1 y. */
function leastNorm() {
  const rows = [
    [1, 2, -0.5],
    [0.3, -1, 1.4],
  ];
  const y: Pair = [1.2, -0.7];
  const run = descent({
    objective: (w) => {
      const r = sub(product(rows, w), constant(y));
      return mul(0.25, sum(mul(r, r)));
    },
    initial: [0, 0, 0],
    optimizer: gradientDescent({ stepSize: 0.2 }),
  });
  run.step(4000);
  const inner = (i: number, j: number): number => rows[i]!.reduce((s, x, k) => s + x * rows[j]![k]!, 0);
  const z = solve(
    [
      [inner(0, 0), inner(0, 1)],
      [inner(1, 0), inner(1, 1)],
    ],
    y,
  );
  const predicted = rows[0]!.map((x, k) => x * z[0] + rows[1]![k]! * z[1]);
  return { predicted, measured: [...run.parameters] };
}

/**
 * w_j = u_j^2 - v_j^2 with x . w = y from u = v = alpha. The flow ends at w_j = 2 alpha^2 sinh(x_j s): the one number s makes it fit.
 */
function diagonal(alpha: number) {
  const x = [1.5, 0.9] as const;
  const y = 1.1;
  const end = (interval: number): number => {
    const flow = gradientFlow({
      objective: (t) => {
        const [u, v] = [slice(t, [0], [2]), slice(t, [2], [4])];
        const r = sub(product([x], sub(mul(u, u), mul(v, v))), y);
        return mul(0.5, sum(mul(r, r)));
      },
      initial: new Float64Array(4).fill(alpha),
      interval,
    });
    flow.step(Math.round(30 / interval));
    const t = flow.parameters;
    return t[1]! * t[1]! - t[3]! * t[3]!;
  };
  const [coarse, fine] = [end(0.02), end(0.01)];
  const w = (s: number): number[] => x.map((v) => alpha * alpha * (scalarMath.exp(v * s) - scalarMath.exp(-v * s)));
  let [low, high] = [0, 60];
  for (let i = 0; i < 100; i++) {
    const s = 0.5 * (low + high);
    if (w(s).reduce((t, v, j) => t + v * x[j]!, 0) < y) low = s;
    else high = s;
  }
  // Half the step has a sixteenth of the error, a fifteenth of the difference; twice that.
  return { predicted: w(low)[1]!, measured: fine, error: (2 / 15) * Math.abs(fine - coarse) + 1e-10 };
}

/** Descent on the logistic loss of points with their labels multiplied in, the first two the support vectors; its distance from w^ log t + w~. */
function separable() {
  const z: readonly [Pair, Pair, Pair] = [
    [1, 1.5],
    [1.1, -1.2],
    [3, 1],
  ];
  const eta = 0.5;
  const margin = solve([z[0], z[1]], [1, 1]);
  // w^ = a_1 z_1 + a_2 z_2, and w~ solves (eta / N) exp(-z_i . w~) = a_i.
  const a = solve(
    [
      [z[0][0], z[1][0]],
      [z[0][1], z[1][1]],
    ],
    margin,
  );
  const offset = solve([z[0], z[1]], [-scalarMath.log((a[0] * 3) / eta), -scalarMath.log((a[1] * 3) / eta)]);
  const run = descent({
    objective: (w) => mean(log1p(exp(neg(product(z, w))))),
    initial: [0, 0],
    optimizer: gradientDescent({ stepSize: eta }),
  });
  const rest = (t: number): number[] => {
    run.step(t - run.time);
    return [0, 1].map((k) => run.parameters[k]! - margin[k]! * scalarMath.log(t) - offset[k]!);
  };
  const [before, after] = [rest(20_000), rest(40_000)];
  // What is left falls like log t / t, to about half: twice the difference is more than it.
  return { left: after, error: Math.max(...after.map((v, k) => 2 * Math.abs(v - before[k]!))) };
}

export const implicitBias: Claim = {
  name: "implicit-bias",
  item: "B18",
  description:
    "descent from 0 ends at the solution of least norm; u^2 - v^2 from alpha at 2 alpha^2 sinh(s x_j), sparse as alpha -> 0; on separable data it grows like w^ log t + w~, w^ of largest margin",
  sources: [
    "Woodworth, Gunasekar, Lee, Moroshko, Savarese, Golan, Soudry, Srebro 2020",
    "Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018",
  ],
  compare() {
    const least = leastNorm();
    const [rich, kernel] = [diagonal(0.01), diagonal(1)];
    const { left, error } = separable();
    return [
      exact("third weight of the least solution of two equations", least.predicted[2]!, least.measured[2]!, 1e-9),
      exact("second weight u^2 - v^2 from alpha = 0.01", rich.predicted, rich.measured, rich.error),
      exact("second weight u^2 - v^2 from alpha = 1", kernel.predicted, kernel.measured, kernel.error),
      ...left.map((v, k) => ({
        what: `weight ${k + 1} on separable data after 40,000 steps, less w^ log t + w~`,
        predicted: 0,
        measured: v,
        error,
        bars: "bound" as const,
        resolution: 0.01,
      })),
    ];
  },
};
