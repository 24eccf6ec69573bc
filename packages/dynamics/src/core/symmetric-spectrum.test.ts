import { describe, expect, it } from "vitest";
import { random } from "./random.js";
import { symmetricSpectrum } from "./symmetric-spectrum.js";

/** |A v - value v|, the largest entry, and how far v is from a unit vector. */
function misses(matrix: Float64Array, n: number): [number, number] {
  const { values, leading } = symmetricSpectrum(matrix, n);
  let [off, square] = [0, 0];
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * leading[j]!;
    off = Math.max(off, Math.abs(sum - values[n - 1]! * leading[i]!));
    square += leading[i]! * leading[i]!;
  }
  return [off, Math.abs(square - 1)];
}

describe("the spectrum of a symmetric matrix", () => {
  // -1 beside 2: 2 - 2 cos(k pi / (n + 1)), and the leading vector has the entries (-1)^j sin(j pi n / (n + 1)).
  it.each([1, 2, 3, 10, 65])("of a chain of %i is known in closed form", (n) => {
    const chain = Float64Array.from({ length: n * n }, (_, e) => {
      const apart = Math.abs(Math.floor(e / n) - (e % n));
      return apart === 0 ? 2 : apart === 1 ? -1 : 0;
    });
    const { values, leading } = symmetricSpectrum(chain, n);
    values.forEach((v, k) => expect(Math.abs(v - 2 + 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))).toBeLessThan(1e-14));
    const scale = Math.sqrt(2 / (n + 1));
    leading.forEach((v, j) => expect(Math.abs(v)).toBeCloseTo(scale * Math.abs(Math.sin(((j + 1) * n * Math.PI) / (n + 1))), 12));
  });

  // Turned by reflections 1 - 2 u u^T, which leave the eigenvalues as they are: multiple, zero, of either sign, over many sizes.
  it.each([
    ["of both signs", [-3, -1, 0.5, 2, 7]],
    ["with multiple ones", [1, 1, 1, 4, 4, 4]],
    ["of low rank", [0, 0, 0, 0, 0, 0, 2, 3]],
    ["over ten sizes", [1e-10, 1e-6, 1e-2, 1, 5]],
    ["all negative", [-4, -3, -2, -1]],
    ["tiny", [-1e-200, 2e-200, 5e-200]],
    ["huge", [-1e200, 2e200, 5e200]],
  ])("keeps eigenvalues %s", (_, exact) => {
    const n = exact.length;
    const matrix = new Float64Array(n * n);
    exact.forEach((v, i) => (matrix[i * n + i] = v));
    const stream = random(n);
    for (let turn = 0; turn < 3; turn++) {
      const u = stream.normals(new Float64Array(n));
      const square = u.reduce((s, x) => s + x * x, 0);
      for (const [step, other] of [
        [1, n],
        [n, 1],
      ] as const)
        for (let i = 0; i < n; i++) {
          let along = 0;
          for (let j = 0; j < n; j++) along += (2 * u[j]! * matrix[i * other + j * step]!) / square;
          for (let j = 0; j < n; j++) matrix[i * other + j * step]! -= along * u[j]!;
        }
    }
    const largest = exact.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    symmetricSpectrum(matrix, n).values.forEach((v, i) => expect(Math.abs(v - exact[i]!)).toBeLessThan(4e-15 * largest));
    const [off, length] = misses(matrix, n);
    expect(off).toBeLessThan(1e-14 * largest);
    expect(length).toBeLessThan(1e-14);
  });

  it("of blocks, and of zeros, has a leading vector in the block that has it", () => {
    const blocks = Float64Array.of(1, 0, 0, 0, 0, 3, 1, 0, 0, 1, 3, 0, 0, 0, 0, 2);
    expect(Array.from(symmetricSpectrum(blocks, 4).values)).toEqual([1, 2, 2, 4].map((v) => expect.closeTo(v, 13)));
    expect(misses(blocks, 4)[0]).toBeLessThan(1e-14);
    expect(symmetricSpectrum(new Float64Array(9), 3).values).toEqual(new Float64Array(3));
    expect(misses(new Float64Array(9), 3)).toEqual([0, 0]);
  });

  it("refuses what is no finite square matrix", () => {
    expect(() => symmetricSpectrum(new Float64Array(6), 2)).toThrow("6 numbers given for n = 2");
    expect(() => symmetricSpectrum(Float64Array.of(1, Infinity, Infinity, 1), 2)).toThrow("entry (0, 1) is Infinity");
  });
});
