import { expect, it } from "vitest";
import { cholesky, choleskySolve } from "./cholesky.js";
import { gram } from "./gram.js";
import { fillNormal, random } from "./random.js";
import { dot } from "./rows.js";

const product = (rows: Float64Array, n: number, d: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, e) => dot(rows, Math.floor(e / n), rows, e % n, d));

it("the factor gives the matrix back and counts the rank", () => {
  for (const [n, d] of [
    [6, 9],
    [9, 4],
    [5, 1],
  ] as const) {
    const g = product(fillNormal(new Float64Array(n * d), random(n)), n, d);
    const { rank, pivots, rows, left, tolerance } = gram(g).factor;
    expect(rank).toBe(Math.min(n, d));
    expect(new Set(pivots).size).toBe(rank);
    expect(left).toBeLessThanOrEqual(tolerance);
    product(rows, n, rank).forEach((x, i) => expect(Math.abs(x - g[i]!)).toBeLessThan(1e-13));
  }
});

it("counts a direction of relative size 1e-12 and not one of 1e-17", () => {
  const near = (e: number) =>
    gram([
      [1, Math.sqrt(1 - e)],
      [Math.sqrt(1 - e), 1],
    ]).factor.rank;
  expect(near(1e-12)).toBe(2);
  expect(near(1e-17)).toBe(1);
});

it("a loss without the half has twice the curvature", () => {
  expect([...gram([[2]], { loss: "square" }).matrix]).toEqual([4]);
  expect([...gram([[2]]).matrix]).toEqual([2]);
});

it("Cholesky solves", () => {
  const n = 7;
  const g = product(fillNormal(new Float64Array(n * 9), random(1)), n, 9);
  const l = g.slice();
  expect(cholesky(l, n)).toBe(true);
  const x = choleskySolve(
    l,
    n,
    Float64Array.from({ length: n }, (_, i) => i),
  );
  for (let i = 0; i < n; i++) expect(Math.abs(dot(g, i, x, 0, n) - i)).toBeLessThan(1e-11);
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
});

it("names what is allowed", () => {
  expect(() => gram([[1, 2]])).toThrow(/not a square matrix/);
  expect(() =>
    gram([
      [1, 2],
      [3, 4],
    ]),
  ).toThrow(/symmetric/);
  expect(() => gram([[-1]])).toThrow(/squared norms/);
  expect(() => gram([[NaN]])).toThrow(/finite/);
  expect(() =>
    gram(
      [
        [1, 0],
        [0, 1],
      ],
      { outputs: 3 },
    ),
  ).toThrow(/divide the 2 rows/);
  expect(() => gram([[1]], { loss: "mean" as never })).toThrow(/half-square, square/);
});
