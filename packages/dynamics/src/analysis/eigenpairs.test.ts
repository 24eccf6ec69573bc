import { describe, expect, it } from "vitest";
import { fillNormal, random } from "../core/random.js";
import { denseSymmetric, spectralRadius } from "./dense-symmetric.js";
import { eigenpairs } from "./eigenpairs.js";
import { dense, type LinearOperator } from "../core/linear-operator.js";
import { dot, orthonormalize } from "../core/rows.js";

/** A dense symmetric matrix with the given spectrum: Q^T diag Q with random orthonormal rows Q. */
function withSpectrum(spectrum: readonly number[], seed: number): { operator: LinearOperator; q: Float64Array } {
  const n = spectrum.length;
  const q = fillNormal(new Float64Array(n * n), random(seed));
  orthonormalize(q, n, n);
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let l = 0; l < n; l++) s += spectrum[l]! * q[l * n + i]! * q[l * n + j]!;
      m[i * n + j] = m[j * n + i] = s;
    }
  }
  return { operator: dense(m), q };
}

/** Counts the products that an operator really did. */
function counted(operator: LinearOperator): LinearOperator & { products: number; calls: number } {
  const wrapped = {
    ...operator,
    products: 0,
    calls: 0,
    apply(block: Float64Array, out: Float64Array, m: number) {
      wrapped.products += m;
      wrapped.calls++;
      operator.apply(block, out, m);
    },
  };
  return wrapped;
}

const n = 120;
const range = (f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
const spectra: Record<string, number[]> = {
  separated: range((i) => 10 / (i + 1)),
  uniform: range((i) => 1 - i / n),
  "a cluster of five within 1e-6": range((i) => (i < 5 ? 5 + 1e-6 * i : 4 - i / n)),
  "a leading value of multiplicity four": range((i) => (i < 4 ? 3 : 2 - i / n)),
  negative: range((i) => -1 - i),
  "rank two": range((i) => (i < 2 ? 2 - i : 0)),
  zero: range(() => 0),
  "both signs": range((i) => (i % 2 ? -1 : 1) * (n - i)),
};

describe("eigenpairs of a dense matrix with known spectrum, to 1e-10", () => {
  for (const [name, spectrum] of Object.entries(spectra)) {
    for (const which of ["largest", "smallest", "magnitude"] as const) {
      it(`${name}, ${which}`, () => {
        const k = 6;
        const key = (t: number): number => (which === "largest" ? -t : which === "smallest" ? t : -Math.abs(t));
        const { operator } = withSpectrum(spectrum, 11);
        const exact = [...spectrum].sort((a, b) => key(a) - key(b)).slice(0, k);
        const scale = Math.max(...spectrum.map(Math.abs));
        const found = eigenpairs(operator, { k, which, tolerance: 1e-11 });
        expect(found.status).toBe("ok");
        for (let i = 0; i < k; i++) {
          const size = which === "magnitude" ? Math.abs(found.value[i]!) - Math.abs(exact[i]!) : found.value[i]! - exact[i]!;
          expect(Math.abs(size)).toBeLessThanOrEqual(1e-10 * scale);
          expect(found.error[i]!).toBeLessThanOrEqual(1e-11 * scale);
          for (let j = 0; j <= i; j++)
            expect(Math.abs(dot(found.vectors, i, found.vectors, j, n) - (i === j ? 1 : 0))).toBeLessThan(1e-13);
        }
      });
    }
  }

  it("all pairs, k = dim", () => {
    const { operator } = withSpectrum(spectra["both signs"]!, 12);
    const found = eigenpairs(operator, { k: n, tolerance: 1e-12 });
    expect(found.status).toBe("ok");
    expect(found.cost.products).toBe(n);
    const exact = [...spectra["both signs"]!].sort((a, b) => b - a);
    exact.forEach((t, i) => expect(Math.abs(found.value[i]! - t)).toBeLessThan(1e-10 * n));
  });
});

describe("the error bar", () => {
  it("is the residual norm, and the interval contains an eigenvalue at every accuracy", () => {
    const spectrum = spectra.uniform!;
    const { operator } = withSpectrum(spectrum, 13);
    for (const tolerance of [0.3, 0.1, 1e-2, 1e-4, 1e-8]) {
      const { value, error, vectors } = eigenpairs(operator, { k: 3, tolerance });
      const image = new Float64Array(3 * n);
      operator.apply(vectors, image, 3);
      for (let i = 0; i < 3; i++) {
        let r = 0;
        for (let c = 0; c < n; c++) r += (image[i * n + c]! - value[i]! * vectors[i * n + c]!) ** 2;
        expect(Math.abs(Math.sqrt(r) - error[i]!)).toBeLessThan(1e-13);
        expect(Math.min(...spectrum.map((t) => Math.abs(t - value[i]!)))).toBeLessThanOrEqual(error[i]! + 1e-14);
      }
    }
  });
});

describe("cost", () => {
  it("counts the products done, and a warm start needs fewer", () => {
    const { operator } = withSpectrum(spectra.separated!, 14);
    const cold = counted(operator);
    const first = eigenpairs(cold, { k: 3 });
    expect(first.cost.products).toBe(cold.products);

    // The same operator: one product a vector shows that nothing is left to do.
    const again = counted(operator);
    expect(eigenpairs(again, { k: 3, warm: first.vectors }).cost.products).toBe(3);
    expect(again.calls).toBe(1);

    // A nearby operator, A + 1e-4 B: fewer products from the old vectors than from random ones.
    const { operator: other } = withSpectrum(
      spectra["both signs"]!.map((t) => t / n),
      15,
    );
    const near: LinearOperator = {
      dim: n,
      symmetric: true,
      apply(block, out, m) {
        const extra = new Float64Array(m * n);
        operator.apply(block, out, m);
        other.apply(block, extra, m);
        for (let i = 0; i < m * n; i++) out[i]! += 1e-4 * extra[i]!;
      },
    };
    const warm = eigenpairs(near, { k: 3, tolerance: 1e-6, warm: first.vectors });
    const random_ = eigenpairs(near, { k: 3, tolerance: 1e-6 });
    expect(warm.cost.products!).toBeLessThan(random_.cost.products! * 0.75);
    for (let i = 0; i < 3; i++) expect(Math.abs(warm.value[i]! - random_.value[i]!)).toBeLessThan(1e-9);
  });

  it("uses blocks where the operator prefers them: fewer calls", () => {
    const { operator } = withSpectrum(spectra.separated!, 16);
    const single = counted(operator);
    const block = counted({ ...operator, blockSize: 3 });
    eigenpairs(single, { k: 3 });
    eigenpairs(block, { k: 3 });
    expect(block.calls).toBeLessThan(single.calls * 0.75);
  });

  it("works with the smallest basis", () => {
    const { operator } = withSpectrum(spectra.separated!, 17);
    const found = eigenpairs(operator, { k: 2, basis: 4, tolerance: 1e-9 });
    expect(found.status).toBe("ok");
    expect(found.value[1]!).toBeCloseTo(5, 9);
  });
});

describe("failures", () => {
  it("reports not-converged with the best known values when the budget ends", () => {
    const { operator } = withSpectrum(spectra.uniform!, 18);
    const found = eigenpairs(operator, { k: 2, maxProducts: 12 });
    expect(found.status).toBe("not-converged");
    expect(found.explanation).toMatch(/budget of 12 products/);
    expect(found.cost.products).toBe(12);
    expect(found.error[0]!).toBeGreaterThan(0);
  });

  it("reports diverged with NaN when a product is not finite", () => {
    const found = eigenpairs({ dim: 3, symmetric: true, apply: (_b, out, m) => out.fill(NaN, 0, 3 * m) }, { k: 1 });
    expect(found.status).toBe("diverged");
    expect(found.value[0]).toBeNaN();
    expect(
      eigenpairs(
        dense([
          [1, 0],
          [0, 2],
        ]),
        { k: 1, warm: Float64Array.of(NaN, 0) },
      ).status,
    ).toBe("diverged");
  });

  it("refuses misuse with what is allowed", () => {
    const a = dense([
      [2, 1],
      [1, 2],
    ]);
    expect(() =>
      eigenpairs(
        dense([
          [1, 2],
          [3, 4],
        ]),
        { k: 1 },
      ),
    ).toThrow(/not declared symmetric/);
    expect(() => eigenpairs(a, { k: 3 })).toThrow(/from 1 to dim = 2/);
    expect(() => eigenpairs(a, { k: 1, warm: new Float64Array(3) })).toThrow(/multiple of dim = 2/);
    expect(() => eigenpairs(a, { k: 1, tolerance: 0 })).toThrow(/above 0/);
  });

  it("survives a warm start with dependent vectors", () => {
    const found = eigenpairs(
      dense([
        [2, 1, 0],
        [1, 2, 0],
        [0, 0, 1],
      ]),
      { k: 2, warm: Float64Array.of(1, 1, 0, 2, 2, 0) },
    );
    expect(found.value[0]).toBeCloseTo(3, 12);
    expect(found.value[1]).toBeCloseTo(1, 12);
  });
});

it.each([1e100, 1e153, 1e155, 1e200, 1e300, 1e308])("ends with a status where the operator has entries of size %f", (scale) => {
  // Finite entries whose products, squares or eigenvalues are not.
  const n = 40;
  const stream = random(2);
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) m[i * n + j] = m[j * n + i] = 0.5 * scale * Math.max(-1, Math.min(1, stream.normal()));
  const { status, value } = eigenpairs(dense(m), { k: 2 });
  if (scale < 1e150) expect([status, Number.isFinite(value[0])]).toEqual(["ok", true]);
  else if (status === "diverged") expect(value).toEqual(Float64Array.of(NaN, NaN));
  else expect(value.every(Number.isFinite)).toBe(true);
});

it("denseSymmetric and spectralRadius agree with closed forms", () => {
  const { values, vectors } = denseSymmetric(Float64Array.of(2, 1, 1, 2), 2);
  expect(values[0]).toBeCloseTo(1, 14);
  expect(values[1]).toBeCloseTo(3, 14);
  expect(Math.abs(vectors[2]! - vectors[3]!)).toBeLessThan(1e-15);
  // A rotation by 90 degrees times 0.5: eigenvalues +-0.5 i.
  expect(spectralRadius(Float64Array.of(0, -0.5, 0.5, 0), 2)).toBeCloseTo(0.5, 14);
  expect(spectralRadius(Float64Array.of(NaN, 0, 0, 0), 2)).toBeNaN();
  expect(() => denseSymmetric(Float64Array.of(1, Infinity, 0, 1), 2)).toThrow(/finite/);
});
