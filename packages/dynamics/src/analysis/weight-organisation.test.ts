import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import { mlp } from "../networks/mlp.js";
import { weightOrganisation } from "./weight-organisation.js";

const one = (w: ArrayLike<number>, inputs: number, units: number) =>
  weightOrganisation([{ name: "W", shape: [inputs, units], offset: 0 }], w)[0]!;

describe("the organisation of weights", () => {
  it("of an orthogonal matrix: all ranks are full, no two units are aligned", () => {
    const rows = fillNormal(new Float64Array(36), random(1));
    orthonormalize(rows, 6, 6);
    const found = one(rows, 6, 6);
    expect([found.norm ** 2, found.spectral, found.stableRank, found.effectiveRank].map((v) => v.toFixed(10))).toEqual([
      "6.0000000000",
      "1.0000000000",
      "6.0000000000",
      "6.0000000000",
    ]);
    expect(found.alignment).toBeLessThan(1e-14);
  });

  it("of a product of two vectors: rank 1, all units aligned, the norm is the product of theirs", () => {
    const [a, b] = [
      [1, -2, 3],
      [0.5, 4, -1, 2],
    ];
    const found = one(
      a.flatMap((x) => b.map((y) => x * y)),
      3,
      4,
    );
    expect(found.norm).toBeCloseTo(Math.hypot(...a) * Math.hypot(...b), 12);
    expect(found.stableRank).toBeCloseTo(1, 12);
    // Singular values below 1e-8 of the largest are rounding, and count x log x.
    expect(found.effectiveRank).toBeCloseTo(1, 5);
    expect(found.alignment).toBeCloseTo(1, 14);
  });

  it("of a wide and a tall matrix is that of the transposed one", () => {
    const w = fillNormal(new Float64Array(40), random(2));
    const transposed = Float64Array.from({ length: 40 }, (_, i) => w[(i % 5) * 8 + Math.floor(i / 5)]!);
    const [wide, tall] = [one(w, 5, 8), one(transposed, 8, 5)];
    wide.singular.forEach((s, i) => expect(s).toBeCloseTo(tall.singular[i]!, 12));
    expect(wide.effectiveRank).toBeCloseTo(tall.effectiveRank, 12);
  });

  it.each([
    [1, 1],
    [2, 2 / Math.PI],
    [3, 0.5],
    [4, 4 / (3 * Math.PI)],
  ])("isotropic vectors in %i dimensions have the mean |cosine| %f", (d, exact) => {
    const found = one(fillNormal(new Float64Array(d * 400), random(3)), d, 400);
    expect(found.isotropic).toBeCloseTo(exact, 14);
    // 400 vectors, each |cosine| of standard deviation below 0.4 about its mean: 0.02, four times that.
    expect(Math.abs(found.alignment - exact)).toBeLessThan(0.08);
  });

  it("layers of one chain of vectors line up, and random ones do not", () => {
    const [u, v, w] = [
      [1, 2],
      [3, -1, 2],
      [1, 1],
    ];
    const theta = [...u.flatMap((a) => v.map((b) => a * b)), ...v.flatMap((a) => w.map((b) => a * b))];
    const layout = [
      { name: "W1", shape: [2, 3], offset: 0 },
      { name: "W2", shape: [3, 2], offset: 6 },
    ];
    const [first, last] = weightOrganisation(layout, theta);
    expect(first!.chain).toBeCloseTo(1, 13);
    expect(last!.chain).toBeNaN();
    const net = mlp({ widths: [50, 200, 50] });
    // A random direction of R^200 has |cosine| of the order 0.07; five times that.
    expect(weightOrganisation(net.layout, net.initial(1))[0]!.chain).toBeLessThan(0.35);
  });

  it("of zeros is told as none", () => {
    const found = one(new Float64Array(4), 2, 2);
    expect([found.norm, found.effectiveRank, found.alignment]).toEqual([0, NaN, NaN]);
    // Nor has it a leading direction that another layer could follow.
    const layout = [
      { name: "W1", shape: [2, 2], offset: 0 },
      { name: "W2", shape: [2, 2], offset: 4 },
    ];
    expect(weightOrganisation(layout, [0, 0, 0, 0, 1, 0, 0, 2])[0]!.chain).toBeNaN();
    expect(weightOrganisation(layout, [1, 0, 0, 2, 0, 0, 0, 0])[0]!.chain).toBeNaN();
  });
});
