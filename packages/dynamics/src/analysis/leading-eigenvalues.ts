import type { Estimate } from "../core/estimate.js";
import type { LinearOperators } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { addRow, dot, norm, scaleRow } from "../core/rows.js";
import { denseSymmetric } from "./dense-symmetric.js";

export interface LeadingEigenvaluesOptions {
  /** Default "largest". */
  readonly which?: "largest" | "smallest";
  /** An eigenvalue is done when its residual norm is at most this times the largest |Ritz value|. Default 1e-8. */
  readonly tolerance?: number;
  /** Basis vectors for each operator before a restart. Default: dim, at most 20. */
  readonly basis?: number;
  /** Default 50. */
  readonly restarts?: number;
  /** Seed of the random starts. Default 0. */
  readonly seed?: number;
}

/**
 * The largest (or smallest) eigenvalue of each of many symmetric operators that are applied side by side.
 *
 * *Definition*: the largest (smallest) Ritz value of a Krylov space of each operator, restarted from its Ritz vector until the residual is small.
 * *Returns*: `value`: one eigenvalue an operator, NaN where a product is not finite; `error`: the residual norms. Status "not-converged" when
 * some residual is above the tolerance after the last restart; values and errors are then the best known.
 * *Error*: an eigenvalue lies within `error` of each value; that it is the outermost holds with probability one from a random start.
 * *Cost*: `cost.products` applications of all operators at once, and 4 basis * dim operations for each operator and product.
 * *Source*: Lanczos 1950, with full orthogonalisation; Paige 1972.
 * *Example*: `const runs = descents({ objective, size: 2, starts: [2, 1, 0.5, 0.2], optimizer: gradientDescent({ stepSize: 0.1 }) });
 * leadingEigenvalues(runs.hessians()).value // [3.5703, 2.0096]`
 */
export function leadingEigenvalues(operators: LinearOperators, options: LeadingEigenvaluesOptions = {}): Estimate<Float64Array> {
  const { count, dim, symmetric } = operators;
  const { which = "largest", tolerance = 1e-8, restarts = 50, seed = 0 } = options;
  if (!symmetric) throw new RangeError("leadingEigenvalues: operators given that are not symmetric");
  const basis = Math.min(dim, options.basis ?? 20);
  if (!Number.isInteger(basis) || (basis < 2 && dim > 1))
    throw new RangeError(`leadingEigenvalues: basis ${options.basis} given; allowed: integers from 2`);

  const blocks = Array.from({ length: basis }, () => new Float64Array(count * dim));
  const image = new Float64Array(count * dim);
  const diagonal = new Float64Array(count * basis);
  const beside = new Float64Array(count * basis);
  // The number of basis vectors of each operator in this round; 0 once it is done.
  const sizes = new Int32Array(count);
  const value = new Float64Array(count).fill(NaN);
  const error = new Float64Array(count).fill(NaN);
  let open = Array.from({ length: count }, (_, i) => i);
  let products = 0;

  fillNormal(blocks[0]!, random(seed));
  for (const i of open) scaleRow(blocks[0]!, i, 1 / norm(blocks[0]!, i, dim), dim);
  for (let round = 0; open.length > 0 && round <= restarts; round++) {
    for (const i of open) sizes[i] = basis;
    for (let j = 0; j < basis; j++) {
      operators.apply(blocks[j]!, image);
      products++;
      for (const i of open) {
        if (j >= sizes[i]!) continue;
        diagonal[i * basis + j] = dot(blocks[j]!, i, image, i, dim);
        const before = norm(image, i, dim);
        for (let pass = 0; pass < 2; pass++)
          for (let l = 0; l <= j; l++) addRow(image, i, -dot(blocks[l]!, i, image, i, dim), blocks[l]!, i, dim);
        const left = norm(image, i, dim);
        // An invariant subspace: the Ritz values of the vectors so far are eigenvalues.
        const ended = !(left > 1e-14 * before) || j + 1 === dim;
        beside[i * basis + j] = ended ? 0 : left;
        if (ended) sizes[i] = j + 1;
        if (j + 1 === basis) continue;
        blocks[j + 1]!.fill(0, i * dim, (i + 1) * dim);
        if (!ended) addRow(blocks[j + 1]!, i, 1 / left, image, i, dim);
      }
    }
    open = open.filter((i) => {
      const m = sizes[i]!;
      const pair = outermost(diagonal.subarray(i * basis, i * basis + m), beside.subarray(i * basis, i * basis + m), which);
      if (pair) {
        const { vector } = pair;
        value[i] = pair.value;
        error[i] = Math.abs(beside[i * basis + m - 1]! * vector[m - 1]!);
        // The Ritz vector, in place of the first basis vector.
        scaleRow(blocks[0]!, i, vector[0]!, dim);
        for (let j = 1; j < m; j++) addRow(blocks[0]!, i, vector[j]!, blocks[j]!, i, dim);
        scaleRow(blocks[0]!, i, 1 / norm(blocks[0]!, i, dim), dim);
        if (error[i]! > tolerance * pair.scale) return true;
      }
      for (const block of blocks) block.fill(0, i * dim, (i + 1) * dim);
      return false;
    });
  }
  return {
    value,
    error,
    unit: "",
    status: open.length > 0 ? "not-converged" : "ok",
    method: `Lanczos with full orthogonalisation, basis ${basis}; errors are residual norms`,
    sources: ["Lanczos 1950", "Paige 1972"],
    cost: { products },
    ...(open.length > 0
      ? {
          explanation: `${open.length} of ${count} residuals are above the tolerance after ${restarts} restarts`,
        }
      : {}),
  };
}

/** The outermost eigenvalue of a symmetric tridiagonal matrix, its vector, and the largest modulus; undefined if an entry is not finite. */
function outermost(
  diagonal: Float64Array,
  beside: Float64Array,
  which: "largest" | "smallest",
): { value: number; vector: ArrayLike<number>; scale: number } | undefined {
  const m = diagonal.length;
  if (!diagonal.every(Number.isFinite) || !beside.every(Number.isFinite)) return undefined;
  if (m === 1) return { value: diagonal[0]!, vector: [1], scale: Math.abs(diagonal[0]!) };
  if (m === 2) {
    // One Jacobi rotation, since many small problems are the usual case.
    const [a, b, c] = [diagonal[0]!, beside[0]!, diagonal[1]!];
    const tau = (c - a) / (2 * b);
    const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
    const cosine = 1 / Math.sqrt(1 + t * t);
    const pairs = [
      { value: a - t * b, vector: [cosine, -t * cosine] },
      { value: c + t * b, vector: [t * cosine, cosine] },
    ] as const;
    const first = pairs[0].value > pairs[1].value === (which === "largest");
    return { ...pairs[first ? 0 : 1], scale: Math.max(...pairs.map((p) => Math.abs(p.value))) };
  }
  const full = new Float64Array(m * m);
  for (let j = 0; j < m; j++) {
    full[j * m + j] = diagonal[j]!;
    if (j + 1 < m) full[j * m + j + 1] = full[(j + 1) * m + j] = beside[j]!;
  }
  const { values, vectors } = denseSymmetric(full, m);
  const at = which === "largest" ? m - 1 : 0;
  const scale = Math.max(Math.abs(values[0]!), Math.abs(values[m - 1]!));
  return { value: values[at]!, vector: vectors.subarray(at * m, (at + 1) * m), scale };
}
