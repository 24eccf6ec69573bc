import { describe, expect, it } from "vitest";
import { fillNormal, random } from "./random.js";
import { combine, dot, norm, orthonormalize } from "./rows.js";

describe("orthonormalize", () => {
  it("gives orthonormal rows even where they were parallel to 1e-9", () => {
    const dim = 40;
    const rows = fillNormal(new Float64Array(6 * dim), random(3));
    for (let c = 0; c < dim; c++) for (let i = 1; i < 6; i++) rows[i * dim + c] = rows[c]! + 1e-9 * rows[i * dim + c]!;
    orthonormalize(rows, 6, dim);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j <= i; j++) expect(Math.abs(dot(rows, i, rows, j, dim) - (i === j ? 1 : 0))).toBeLessThan(1e-15 * 8);
  });

  it("gives a diagonal whose product is the volume spanned", () => {
    const rows = Float64Array.of(2, 1, 0, 1, 3, 1, 0, 1, 4);
    const d = orthonormalize(rows, 3, 3);
    expect(d.every((x) => x > 0)).toBe(true);
    expect(d[0]! * d[1]! * d[2]!).toBeCloseTo(2 * (12 - 1) - 4, 12);
  });

  it("sets a dependent row to zero and reports 0 for it", () => {
    const rows = Float64Array.of(1, 1, 0, 2, 2, 0, 0, 0, 5);
    expect([...orthonormalize(rows, 3, 3)].map((x) => x > 0)).toEqual([true, false, true]);
    expect(norm(rows, 1, 3)).toBe(0);
    expect([...rows.subarray(6)]).toEqual([0, 0, 1]);
  });

  it("turns a row whose norm overflows into NaN, never into a direction", () => {
    expect([...orthonormalize(Float64Array.of(1e200, 0), 1, 2)]).toEqual([NaN]);
    expect([...orthonormalize(Float64Array.of(1, 0, NaN, 1), 2, 2)]).toEqual([1, NaN]);
  });

  it("leaves the rows before `from` as they are", () => {
    const rows = Float64Array.of(1, 0, 0, 1, 2, 2);
    const d = orthonormalize(rows, 2, 3, 1);
    expect([...rows.subarray(0, 3)]).toEqual([1, 0, 0]);
    expect(d[0]).toBeCloseTo(Math.sqrt(8), 14);
  });
});

it("combine multiplies a small matrix with the rows", () => {
  const out = new Float64Array(4);
  combine(
    [
      [1, 2],
      [0, -1],
    ],
    Float64Array.of(1, 10, 2, 20),
    2,
    2,
    out,
  );
  expect([...out]).toEqual([5, 50, -2, -20]);
});
