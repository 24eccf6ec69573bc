import { describe, expect, it } from "vitest";
import { dense, toDense } from "./linear-operator.js";

describe("dense", () => {
  it("multiplies each vector of a block", () => {
    const out = new Float64Array(4);
    dense([
      [1, 2],
      [3, 4],
    ]).apply(Float64Array.of(1, 0, 1, 1), out, 2);
    expect([...out]).toEqual([1, 3, 3, 7]);
  });

  it("knows whether the matrix is symmetric", () => {
    expect(
      dense([
        [1, 2],
        [2, 4],
      ]).symmetric,
    ).toBe(true);
    expect(
      dense([
        [1, 2],
        [3, 4],
      ]).symmetric,
    ).toBe(false);
  });

  it("says what is wrong with a matrix that is not square", () => {
    expect(() => dense(new Float64Array(6))).toThrow(/6 entries given, which is not a square matrix/);
  });
});

it("toDense inverts dense", () => {
  const m = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect([...toDense(dense(m))]).toEqual([...m]);
});
