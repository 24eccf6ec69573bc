import { describe, expect, it } from "vitest";
import type { LinearOperators } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import { leadingEigenvalues } from "./leading-eigenvalues.js";

/** Operators with given spectra in random frames. */
function withSpectra(spectra: readonly (readonly number[])[]): LinearOperators {
  const dim = spectra[0]!.length;
  const frames = spectra.map((_, i) => {
    const q = fillNormal(new Float64Array(dim * dim), random(1, i));
    orthonormalize(q, dim, dim);
    return q;
  });
  return {
    count: spectra.length,
    dim,
    symmetric: true,
    apply(block, out) {
      out.fill(0);
      spectra.forEach((spectrum, i) =>
        spectrum.forEach((lambda, l) => {
          let s = 0;
          for (let c = 0; c < dim; c++) s += frames[i]![l * dim + c]! * block[i * dim + c]!;
          for (let c = 0; c < dim; c++) out[i * dim + c]! += lambda * s * frames[i]![l * dim + c]!;
        }),
      );
    },
  };
}

describe("leadingEigenvalues", () => {
  it.each([1, 2, 3, 8])("finds both ends of every spectrum, dim %i, whatever the sign", (dim) => {
    const r = random(3, dim);
    const spectra = Array.from({ length: 7 }, (_, i) =>
      Array.from({ length: dim }, () => (i === 0 ? -1 : 1) * (r.uniform() + (i === 1 ? -3 : 0.1))),
    );
    const largest = leadingEigenvalues(withSpectra(spectra));
    const smallest = leadingEigenvalues(withSpectra(spectra), { which: "smallest" });
    expect(largest.status).toBe("ok");
    spectra.forEach((s, i) => {
      expect(Math.abs(largest.value[i]! - Math.max(...s))).toBeLessThan(1e-13);
      expect(Math.abs(smallest.value[i]! - Math.min(...s))).toBeLessThan(1e-13);
    });
  });

  it("restarts until the residual, which bounds the error, is small", () => {
    const spectrum = Array.from({ length: 60 }, (_, l) => 1 - l / 60);
    const few = leadingEigenvalues(withSpectra([spectrum, spectrum]), { basis: 6, tolerance: 1e-6 });
    expect(few.status).toBe("ok");
    few.value.forEach((x, i) => {
      expect(few.error[i]!).toBeLessThan(1e-6);
      expect(Math.abs(x - 1)).toBeLessThan(few.error[i]!);
    });
    const none = leadingEigenvalues(withSpectra([spectrum]), { basis: 3, tolerance: 1e-12, restarts: 1 });
    expect(none.status).toBe("not-converged");
    expect(none.explanation).toMatch(/1 of 1 residuals/);
  });

  it("converges with a basis of two, which is steepest ascent", () => {
    const spectra = [
      [4, 2, 1, -3, 0, 0.5],
      [-1, -2, -3, -4, -5, -9],
    ];
    for (const which of ["largest", "smallest"] as const) {
      const { value, status } = leadingEigenvalues(withSpectra(spectra), { basis: 2, restarts: 200, which });
      expect(status).toBe("ok");
      spectra.forEach((s, i) =>
        expect(Math.abs(value[i]! - (which === "largest" ? Math.max(...s) : Math.min(...s)))).toBeLessThan(1e-12),
      );
    }
  });

  it("is not misled by low rank, nor by a neighbour that is not finite", () => {
    const spectra = [
      [5, 0, 0, 0],
      [NaN, 0, 0, 0],
      [0, 0, 0, 0],
      [2, 2, 2, 2],
    ];
    const { value, status } = leadingEigenvalues(withSpectra(spectra));
    expect(status).toBe("ok");
    expect(value[0]).toBeCloseTo(5, 13);
    expect(value[1]).toBeNaN();
    expect(value[2]).toBe(0);
    expect(value[3]).toBeCloseTo(2, 13);
  });

  it("refuses misuse", () => {
    expect(() => leadingEigenvalues({ ...withSpectra([[1, 2]]), symmetric: false })).toThrow(/not symmetric/);
    expect(() => leadingEigenvalues(withSpectra([[1, 2, 3]]), { basis: 1 })).toThrow(/integers from 2/);
  });
});
