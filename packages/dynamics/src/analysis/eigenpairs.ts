import type { Estimate } from "../core/estimate.js";
import type { LinearOperator } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { addRow, combine, dot, norm, orthonormalize } from "../core/rows.js";
import type { Status } from "../core/status.js";
import { denseSymmetric, type DenseEigenpairs } from "./dense-symmetric.js";

export interface EigenpairsOptions {
  /** Number of pairs, 1 to dim. */
  readonly k: number;
  /** The wanted end of the spectrum: largest or smallest algebraic value, or largest magnitude. Default "largest". */
  readonly which?: "largest" | "smallest" | "magnitude";
  /** A pair is done when its residual norm is at most this times the largest |Ritz value| seen. Default 1e-10. */
  readonly tolerance?: number;
  /** Budget of operator-vector products. Default 1000 + 100 k. The starting block (k products) is always paid. */
  readonly maxProducts?: number;
  /** Start vectors, some multiple of dim numbers: the eigenvectors of a nearby operator, for instance. Default: random. */
  readonly warm?: Float64Array;
  /** Largest number of basis vectors kept, at least k + 2. Default k + 24. */
  readonly basis?: number;
  /** Seed of the random vectors. Default 0. */
  readonly seed?: number;
}

/** Eigenvalues with their residual norms as error bars, best first, and unit eigenvectors as rows. */
export interface Eigenpairs extends Estimate<Float64Array> {
  /** k x dim, orthonormal. */
  readonly vectors: Float64Array;
  /** k x dim: r_i = A v_i - value_i v_i. */
  readonly residuals: Float64Array;
}

/**
 * The leading eigenpairs of a symmetric operator.
 *
 * *Definition*: theta, v with |v| = 1 and A v = theta v + r.
 * *Arguments*: `operator` must promise to be symmetric; see `EigenpairsOptions`.
 * *Returns*: `value`: the k Ritz values, best first; `error`: the residual norms |r|; `vectors`. Status "not-converged" when the budget
 * ended first: values and errors are then the best known. Status "diverged", with NaN, when a product was not finite.
 * *Error*: each interval value +- error contains an eigenvalue of A. That no better eigenvalue was missed cannot be read off a residual:
 * it holds with probability one from a random start, but not from warm vectors that span an invariant subspace to the tolerance.
 * *Cost*: `cost.products` operator-vector products, and about 4 basis * dim operations for each.
 * *Source*: Wu, Simon 2000, Thick-restart Lanczos method for large symmetric eigenvalue problems, algorithm 3, with the basis extended by
 * residuals (Stathopoulos, Saad, Wu 1998, Dynamic thick restarting of the Davidson method), so that any start block is as good as a Krylov
 * space. Against LOBPCG (the same iteration with basis 3 k) it needs the same number of products from a warm start at low accuracy and
 * up to 3 times fewer from a random start at 1e-10.
 * *Example*: `const { value, status } = eigenpairs(dense([[2, 1], [1, 2]]), { k: 1 }); [value, status] // [[3.000000], "ok"]`
 */
export function eigenpairs(operator: LinearOperator, options: EigenpairsOptions): Eigenpairs {
  const { dim } = operator;
  const { k, which = "largest", tolerance = 1e-10, seed = 0 } = options;
  check(operator, options);
  const maxProducts = options.maxProducts ?? 1000 + 100 * k;
  const capacity = Math.min(dim, Math.max(options.basis ?? k + 24, (options.warm?.length ?? 0) / dim + 1));
  const kept = Math.min(capacity - 1, k + Math.floor((capacity - k) / 3));
  const stream = random(seed);
  const rank = (t: number): number => (which === "largest" ? -t : which === "smallest" ? t : -Math.abs(t));

  let basis = new Float64Array(capacity * dim);
  let images = new Float64Array(capacity * dim);
  let spare = new Float64Array(capacity * dim);
  // The operator on the basis: projected[i * capacity + j] = basis_i . images_j.
  const projected = new Float64Array(capacity * capacity);
  let size = 0;
  let products = 0;
  let scale = 0;

  /** Takes the `count` rows of `basis` after the first `size` into the basis; rows that depend on the others become random. */
  const extend = (count: number): boolean => {
    const free = Math.min(count, dim - size);
    for (let row = size; row < size + free; row++) {
      for (;;) {
        const across = orthonormalize(basis, row + 1, dim, row)[0]!;
        if (!Number.isFinite(across)) return false;
        if (across > 0) break;
        fillNormal(basis.subarray(row * dim, (row + 1) * dim), stream);
      }
    }
    operator.apply(basis.subarray(size * dim, (size + free) * dim), images.subarray(size * dim, (size + free) * dim), free);
    products += free;
    for (let j = size; j < size + free; j++) {
      for (let i = 0; i <= j; i++) {
        const entry = dot(basis, i, images, j, dim);
        if (!Number.isFinite(entry)) return false;
        projected[i * capacity + j] = projected[j * capacity + i] = entry;
      }
    }
    size += free;
    return true;
  };

  /** Rayleigh-Ritz: the Ritz pairs of the basis, best first. */
  const ritz = (): DenseEigenpairs => {
    const small = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) small[i * size + j] = projected[i * capacity + j]!;
    const { values, vectors } = denseSymmetric(small, size);
    const order = [...values.keys()].sort((a, b) => rank(values[a]!) - rank(values[b]!) || a - b);
    const sorted = new Float64Array(size * size);
    order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
    return { values: Float64Array.from(order, (i) => values[i]!), vectors: sorted };
  };
  const coefficients = (pairs: DenseEigenpairs, count: number): Float64Array[] =>
    Array.from({ length: count }, (_, i) => pairs.vectors.subarray(i * size, (i + 1) * size));

  /** Thick restart: the basis becomes the leading Ritz vectors. */
  const restart = (pairs: DenseEigenpairs): void => {
    const c = coefficients(pairs, kept);
    combine(c, basis, size, dim, spare);
    [basis, spare] = [spare, basis];
    combine(c, images, size, dim, spare);
    [images, spare] = [spare, images];
    projected.fill(0);
    for (let i = 0; i < kept; i++) projected[i * capacity + i] = pairs.values[i]!;
    size = kept;
  };

  const finish = (status: Status, pairs: DenseEigenpairs | undefined, error: Float64Array, explanation?: string): Eigenpairs => {
    const vectors = new Float64Array(k * dim).fill(NaN);
    if (pairs) combine(coefficients(pairs, k), basis, size, dim, vectors);
    else residuals.fill(NaN);
    return {
      value: pairs ? pairs.values.slice(0, k) : new Float64Array(k).fill(NaN),
      error,
      unit: "",
      status,
      method: "thick-restart Lanczos; the error is the residual norm, a bound on the distance to an eigenvalue",
      sources: ["Wu, Simon 2000", "Stathopoulos, Saad, Wu 1998"],
      cost: { products },
      vectors,
      residuals,
      ...(explanation === undefined ? {} : { explanation }),
    };
  };

  const warm = options.warm ?? new Float64Array(0);
  const starts = Math.min(capacity, Math.max(k, warm.length / dim));
  basis.set(warm.subarray(0, starts * dim));
  fillNormal(basis.subarray(Math.min(warm.length, starts * dim), starts * dim), stream);
  const residuals = new Float64Array(k * dim);
  const error = new Float64Array(k).fill(NaN);
  let finite = extend(starts);

  for (;;) {
    if (!finite)
      return finish(
        "diverged",
        undefined,
        error.fill(NaN),
        `product ${products} or its start vector is not finite, or an eigenvalue overflows; check the operator at this point`,
      );
    const pairs = ritz();
    // Finite products can be so large that their eigenvalues overflow.
    finite = pairs.values.every(Number.isFinite);
    if (!finite) continue;
    for (const value of pairs.values) scale = Math.max(scale, Math.abs(value));
    const wanted = coefficients(pairs, k);
    const open: number[] = [];
    for (let i = 0; i < k; i++) {
      residuals.fill(0, i * dim, (i + 1) * dim);
      for (let j = 0; j < size; j++) {
        addRow(residuals, i, wanted[i]![j]!, images, j, dim);
        addRow(residuals, i, -pairs.values[i]! * wanted[i]![j]!, basis, j, dim);
      }
      error[i] = norm(residuals, i, dim);
      if (!(error[i]! <= tolerance * scale)) open.push(i);
    }
    finite = error.every(Number.isFinite);
    if (!finite) continue;
    if (open.length === 0) return finish("ok", pairs, error);
    if (size === dim)
      return finish("not-converged", pairs, error, `the tolerance ${tolerance} is below what rounding allows; use 1e-13 or more`);
    const count = Math.min(open.length, operator.blockSize ?? 1, maxProducts - products, capacity - kept, dim - size);
    if (count <= 0) {
      return finish(
        "not-converged",
        pairs,
        error,
        `the budget of ${maxProducts} products ended with ${open.length} of ${k} pairs above the tolerance ${tolerance}; ` +
          "raise maxProducts or tolerance, or start from nearby eigenvectors",
      );
    }
    if (size + count > capacity) restart(pairs);
    open.slice(0, count).forEach((from, to) => basis.set(residuals.subarray(from * dim, (from + 1) * dim), (size + to) * dim));
    finite = extend(count);
  }
}

function check(operator: LinearOperator, { k, tolerance = 1e-10, warm, basis, which = "largest" }: EigenpairsOptions): void {
  const { dim } = operator;
  if (!operator.symmetric)
    throw new TypeError("eigenpairs: the operator is not declared symmetric; for A^T A use singular values");
  if (!Number.isInteger(k) || k < 1 || k > dim)
    throw new RangeError(`eigenpairs: k = ${k} given; allowed: integers from 1 to dim = ${dim}`);
  if (!["largest", "smallest", "magnitude"].includes(which))
    throw new RangeError(`eigenpairs: which = ${which} given; allowed: largest, smallest, magnitude`);
  if (!(tolerance > 0))
    throw new RangeError(
      `eigenpairs: tolerance ${tolerance} given; allowed: numbers above 0, relative to the largest |eigenvalue|`,
    );
  if (warm && (warm.length === 0 || warm.length % dim !== 0)) {
    throw new RangeError(`eigenpairs: warm has ${warm.length} numbers; allowed: a positive multiple of dim = ${dim}`);
  }
  if (basis !== undefined && !(basis >= Math.min(dim, k + 2)))
    throw new RangeError(`eigenpairs: basis = ${basis} given; allowed: at least k + 2 = ${k + 2}`);
}
