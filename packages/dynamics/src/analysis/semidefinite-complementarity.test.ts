import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { denseSymmetric } from "./dense-symmetric.js";
import { semidefiniteComplementarity } from "./semidefinite-complementarity.js";

const least = (m: Float64Array, k: number): number => denseSymmetric(m, k).values[0]!;
const inner = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + v * y[i]!, 0);

/** B = T T^T for random vectors T_ij = T_ji of length `dim`. */
function problem(k: number, dim: number, seed: number): { a: Float64Array; b: Float64Array } {
  const stream = random(seed);
  const t = Array.from({ length: k * k }, () => fillNormal(new Float64Array(dim), stream));
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) t[i * k + j] = t[j * k + i]!;
  const g = fillNormal(new Float64Array(dim), stream);
  const b = new Float64Array(k ** 4);
  t.forEach((u, i) => t.forEach((v, j) => (b[i * k * k + j] = 0.5 * inner(u, v))));
  return { a: Float64Array.from(t, (u) => 2 * inner(u, g)), b };
}

describe("semidefiniteComplementarity", () => {
  it.each([1, 2, 3, 4, 5].flatMap((k) => [1, 2, 3].map((seed) => [k, seed] as const)))(
    "gives complementary semidefinite matrices, k = %i, seed %i",
    (k, seed) => {
      const { a, b } = problem(k, 30, seed);
      const { x, w, status } = semidefiniteComplementarity(a, b);
      expect(status).toBe("ok");
      const size = Math.max(...a.map(Math.abs));
      expect(least(x, k)).toBeGreaterThan(-1e-13);
      expect(least(w, k)).toBeGreaterThan(-1e-10 * size);
      expect(Math.abs(inner(x, w))).toBeLessThan(1e-10 * size);
      w.forEach((v, i) => {
        const again = a[i]! + x.reduce((s, y, j) => s + b[i * k * k + j]! * y, 0);
        expect(Math.abs(v - again)).toBeLessThan(1e-12 * size);
      });
    },
  );

  it("is max(0, -a / b) for numbers, and entry by entry where B is diagonal", () => {
    expect(semidefiniteComplementarity(Float64Array.of(-3), Float64Array.of(2)).x[0]).toBe(1.5);
    expect(semidefiniteComplementarity(Float64Array.of(3), Float64Array.of(2)).x[0]).toBe(0);
    const b = new Float64Array(16);
    b.set([2], 0);
    b[5] = b[10] = 1;
    b[15] = 4;
    const { x } = semidefiniteComplementarity(Float64Array.of(-3, 0, 0, 5), b);
    [1.5, 0, 0, 0].forEach((v, i) => expect(x[i]).toBeCloseTo(v, 11));
  });

  it("keeps a direction free that only the off-diagonal couples: X is not diag(x, 0)", () => {
    // B = identity: X is the positive part of -A.
    const b = new Float64Array(16);
    for (let i = 0; i < 4; i++) b[5 * i] = 1;
    const { x } = semidefiniteComplementarity(Float64Array.of(0, 1, 1, 0), b);
    [0.5, -0.5, -0.5, 0.5].forEach((v, i) => expect(x[i]).toBeCloseTo(v, 11));
  });

  it("says when there is no solution, and refuses shapes that do not fit", () => {
    expect(semidefiniteComplementarity(Float64Array.of(-1), Float64Array.of(0)).status).toBe("diverged");
    expect(semidefiniteComplementarity(Float64Array.of(NaN), Float64Array.of(1)).status).toBe("diverged");
    for (const size of [1e160, 1e300, Number.MAX_VALUE]) {
      const b = new Float64Array(16);
      for (let i = 0; i < 4; i++) b[5 * i] = size;
      expect(semidefiniteComplementarity(Float64Array.of(-size, 0, 0, -1), b).status).toBe("diverged");
    }
    expect(() => semidefiniteComplementarity(new Float64Array(3), new Float64Array(9))).toThrow(/k\^2 and k\^4/);
  });
});
