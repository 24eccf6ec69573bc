import { add, at, mul, stack, sub, tanh, type Tensor } from "#engine";
import { describe, expect, test } from "vitest";
import { fixed } from "../controllers.js";
import { flow } from "../flow.js";
import type { VectorField } from "../solver.js";
import type { Tableau } from "../tableau.js";
import { bosh3Tableau } from "./bosh3.js";
import { dopri5Tableau } from "./dopri5.js";
import { dopri8Tableau } from "./dopri8.js";
import { eulerTableau } from "./euler.js";
import { heunTableau } from "./heun.js";
import { solvers } from "./index.js";
import { midpointTableau } from "./midpoint.js";
import { rk4Tableau } from "./rk4.js";
import { tsit5Tableau } from "./tsit5.js";

const tableaus: readonly Tableau[] = [
  eulerTableau,
  midpointTableau,
  heunTableau,
  rk4Tableau,
  bosh3Tableau,
  dopri5Tableau,
  tsit5Tableau,
  dopri8Tableau,
];

/** A rooted tree is the list of its subtrees. */
type Tree = readonly Tree[];

/** All rooted trees with n nodes: 1, 1, 2, 4, 9, 20, 48, 115 for n = 1 to 8. */
function trees(n: number): Tree[] {
  const forests = (nodes: number, most: Tree | undefined): Tree[][] => {
    if (nodes === 0) return [[]];
    const found: Tree[][] = [];
    for (let size = 1; size <= nodes; size++)
      for (const tree of trees(size))
        if (most === undefined || key(tree) <= key(most))
          for (const rest of forests(nodes - size, tree)) found.push([tree, ...rest]);
    return found;
  };
  return forests(n - 1, undefined);
}
const key = (tree: Tree): string => `${String(nodes(tree)).padStart(2, "0")}(${tree.map(key).join("")})`;
const nodes = (tree: Tree): number => tree.reduce((sum, t) => sum + nodes(t), 1);
/** The density gamma: nodes times those of the subtrees. */
const density = (tree: Tree): number => tree.reduce((product, t) => product * density(t), nodes(tree));

/** Stage weights Phi_i of a tree. */
function weights(tableau: Tableau, tree: Tree): number[] {
  const below = tree.map((t) => weights(tableau, t));
  return tableau.a.map((row) => below.reduce((product, phi) => product * row.reduce((s, w, j) => s + w * phi[j]!, 0), 1));
}

/** Largest |sum b_i Phi_i - theta^n / gamma| over the trees with n nodes. */
function defect(tableau: Tableau, b: readonly number[], n: number, theta = 1): number {
  return Math.max(
    ...trees(n).map((tree) => {
      const phi = weights(tableau, tree);
      return Math.abs(b.reduce((s, w, i) => s + w * phi[i]!, 0) - theta ** n / density(tree));
    }),
  );
}

test("there are 1, 1, 2, 4, 9, 20, 48, 115 rooted trees", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => trees(n).length)).toEqual([1, 1, 2, 4, 9, 20, 48, 115]);
});

describe.each(tableaus.map((t) => [t.name, t] as const))("%s", (_, tableau) => {
  const { a, b, c, e, dense, order, errorOrder, denseOrder } = tableau;

  test("the nodes are the row sums, and the order conditions hold up to its order and no further", () => {
    a.forEach((row, i) => expect(Math.abs(row.reduce((s, w) => s + w, 0) - c[i]!)).toBeLessThan(4e-15));
    for (let n = 1; n <= order; n++) expect(defect(tableau, b, n)).toBeLessThan(2e-15 * 10);
    if (order < 8) expect(defect(tableau, b, order + 1)).toBeGreaterThan(1e-5);
  });

  if (e)
    test("the embedded solution has the order below that of the error estimate", () => {
      const embedded = b.map((w, i) => w - e![i]!);
      for (let n = 1; n < errorOrder!; n++) expect(defect(tableau, embedded, n)).toBeLessThan(2e-14);
      expect(defect(tableau, embedded, errorOrder!)).toBeGreaterThan(1e-6);
    });

  if (dense)
    test("the dense output has its order everywhere inside the step, and ends on the solution", () => {
      for (const theta of [0.1, 0.37, 0.5, 0.93, 1]) {
        const inside = dense!.map((row) => row.reduceRight((s, w) => theta * (s + w), 0));
        // The published coefficients of the dense output are exact to about 1e-10 (dopri8's; the others' to rounding).
        for (let n = 1; n <= denseOrder!; n++) expect(defect(tableau, inside, n, theta)).toBeLessThan(3e-10);
        if (theta < 1) expect(defect(tableau, inside, denseOrder! + 1, theta)).toBeGreaterThan(1e-6);
      }
      dense!.forEach((row, i) => expect(row.reduce((s, w) => s + w, 0)).toBeCloseTo(b[i]!, 11));
    });

  test("the real stability interval ends where it says", () => {
    const growth = (z: number): number => {
      const k: number[] = [];
      c.forEach((_c, i) => k.push(z * (1 + a[i]!.reduce((s, w, j) => s + w * k[j]!, 0))));
      return Math.abs(1 + b.reduce((s, w, i) => s + w * k[i]!, 0));
    };
    for (let z = 0.01; z < tableau.realStability * (1 - 1e-9); z += 0.01) expect(growth(-z)).toBeLessThanOrEqual(1);
    expect(growth(-tableau.realStability * (1 + 1e-6))).toBeGreaterThan(1);
  });
});

interface Problem {
  readonly field: VectorField;
  readonly initial: number[];
  readonly end: number;
  readonly exact: number[];
}
const logistic = 1 / (1 + 99 * Math.exp(-8));
const logisticField = (x: Tensor): Tensor => mul(x, sub(1, x));
const PROBLEMS = {
  rotation: {
    field: (x) => stack([at(x, 1), mul(-1, at(x, 0))]),
    initial: [1, 0],
    end: 10,
    exact: [Math.cos(10), -Math.sin(10)],
  },
  growth: { field: (x) => x, initial: [1], end: 8, exact: [Math.exp(8)] },
  logistic: { field: (x) => logisticField(x), initial: [0.01], end: 8, exact: [logistic] },
  "dx/dt = tanh x": {
    field: (x) => tanh(x),
    initial: [0.02],
    end: 8,
    exact: [Math.asinh(Math.exp(8) * Math.sinh(0.02))],
  },
  "dx/dt = -t x^2": { field: (x, t) => mul(-1, mul(t, mul(x, x))), initial: [1], end: 6, exact: [1 / 19] },
  "dx/dt = -t x": { field: (x, t) => mul(-1, mul(t, x)), initial: [1], end: 3, exact: [Math.exp(-4.5)] },
  "logistic in y = x + t": {
    field: (y, t) => add(1, logisticField(sub(y, t))),
    initial: [0.01],
    end: 8,
    exact: [8 + logistic],
  },
} satisfies Record<string, Problem>;

// A linear, a nonlinear and a time-dependent problem for each order, with a number of steps n where the leading term of the error rules
// (it does so late for pairs made to have a small one) and 2 n is still clear of rounding.
// Rodas5P has order 6 on linear equations with constant coefficients.
const rosenbrock = [
  ["dx/dt = tanh x", 160],
  ["dx/dt = -t x^2", 160],
  ["dx/dt = -t x", 160],
] as const;
const low = [
  ["rotation", 640],
  ["logistic", 640],
  ["dx/dt = -t x", 640],
] as const;
const fifth = [
  ["rotation", 320],
  ["dx/dt = -t x^2", 320],
  ["dx/dt = -t x", 320],
] as const;
const eighth = [
  ["growth", 5],
  ["logistic", 10],
  ["logistic in y = x + t", 10],
] as const;
const measured = solvers
  .filter((solver) => !solver.separable)
  .flatMap((solver) =>
    (solver.realStability === Infinity ? rosenbrock : solver.order < 5 ? low : solver.order < 8 ? fifth : eighth).map(
      ([name, n]) => [solver.name, name, n, solver] as const,
    ),
  );

test.each(measured)(
  "the measured order of %s on %s between %i steps and twice as many is its order within 0.1",
  (_s, name, n, solver) => {
    const p: Problem = PROBLEMS[name];
    const error = (count: number): number => {
      const s = flow({ field: p.field, initial: p.initial, solver, dt: p.end, controller: fixed(p.end / count) });
      expect(s.step()).toBe("ok");
      return Math.max(...p.exact.map((x, i) => Math.abs(s.state[i]! - x)));
    };
    expect(Math.abs(Math.log2(error(n) / error(2 * n)) - solver.order)).toBeLessThan(0.1);
  },
);

test("a vector field of the wrong shape, unequal steps and a solver without error estimate are refused", () => {
  expect(() => flow({ field: (x) => at(x, 0), initial: [1, 2] })).toThrow("the field has shape [], the state has [2]");
  expect(() => flow({ field: (x) => x, initial: [1], dt: 1, controller: fixed(0.3) })).toThrow("a whole number of steps");
  expect(() => flow({ field: (x) => sub(0, add(x, 0)), initial: [1], solver: solvers[3]! })).toThrow("rk4 has no error estimate");
});
