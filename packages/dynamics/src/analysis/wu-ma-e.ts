import type { Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Gram } from "../core/gram.js";
import { batchNoise } from "./batch-noise.js";
import { denseSymmetric } from "./dense-symmetric.js";
import { gramSpectrum } from "./gram-spectrum.js";

/** The sufficient condition of Wu, Ma and E, and the two quantities that it is usually read in. */
export interface WuMaE {
  /** The largest step size that the condition allows. */
  readonly threshold: Estimate;
  /** a: the largest eigenvalue of H. */
  readonly sharpness: number;
  /** s: the largest eigenvalue of Sigma^(1/2), Sigma = (1/N) sum H_i^2 - H^2. */
  readonly nonUniformity: number;
  /** The necessary rectangle of the condition at a step size: a <= 2 / eta and s <= 1 / (eta sqrt(p)). */
  rectangle(stepSize: number): { readonly sharpness: number; readonly nonUniformity: number };
}

/**
 * The sufficient condition for mean-square stability by Wu, Ma and E.
 *
 * *Definition*: lambda_max((I - eta H)^2 + eta^2 p Sigma) <= 1 on range J^T, with p from `batchNoise`. This says E[A^2] <= I for one step A, so
 * no displacement grows in mean square at any step.
 * *Arguments*: `gram`; `batchSize` (default 1), `sampling` (default "subset").
 * *Returns*: the threshold in closed form. The condition is eta (H^2 + p Sigma) <= 2 H. With M = (1 - p) G / N + p blocks(G), where blocks(G) keeps
 * the entries of G between outputs of one sample, H^2 + p Sigma = J^T M J / N and H = J^T J / N, so the threshold is 2 / lambda_max of M
 * on range G: for single samples and full rank, 2 / max |g_i|^2.
 * *Error*: rounding of dense eigenvalues. *Cost*: two decompositions of matrices as large as G.
 * *Source*: Wu, Ma, E 2018, How SGD selects the global minima in over-parameterized learning: a dynamical stability perspective;
 * the closed form is derived above.
 * *Example*: `wuMaE(gram([[1.5, 0.9], [0.9, 2.5]])).threshold.value // 0.8`
 */
export function wuMaE(
  gram: Gram,
  { batchSize = 1, sampling = "subset" }: { readonly batchSize?: number; readonly sampling?: Sampling } = {},
): WuMaE {
  const { matrix, size, samples, outputs } = gram;
  const p = batchNoise(samples, batchSize, sampling);
  const { rank, hessian, rows, vectors } = gramSpectrum(gram);
  const sameSample = (i: number, j: number): boolean => Math.floor(i / outputs) === Math.floor(j / outputs);
  const own = matrix.map((x, e) => (sameSample(Math.floor(e / size), e % size) ? x : 0));
  const m = matrix.map((x, e) => ((1 - p) * x) / samples + p * own[e]!);
  const full = rank === size;
  const leading = rank === 0 ? NaN : largest(full ? m : compressed(m, vectors, size, rank), full ? size : rank);
  // Sigma in eigenvectors of H: K^T blocks(G) K / N - diag(h^2).
  const sigma = compressed(own, rows, size, rank).map(
    (x, e) => x / samples - (Math.floor(e / rank) === e % rank ? hessian[e % rank]! * hessian[e % rank]! : 0),
  );
  return {
    threshold: {
      value: 2 / leading,
      error: (2 * size * 2 ** -52) / leading,
      unit: "step size",
      status: rank > 0 ? "ok" : "not-converged",
      method:
        "closed form: 2 over the leading eigenvalue of (1 - p) G / N + p blocks(G) on range G; the error is a rounding bound",
      sources: ["Wu, Ma, E 2018"],
      cost: {},
      ...(rank > 0 ? {} : { explanation: "the Gram matrix is zero: no sample moves the network" }),
    },
    sharpness: rank > 0 ? hessian[0]! : NaN,
    nonUniformity: rank > 0 ? Math.sqrt(Math.max(0, largest(sigma, rank))) : NaN,
    rectangle: (stepSize) => ({ sharpness: 2 / stepSize, nonUniformity: 1 / (stepSize * Math.sqrt(p)) }),
  };
}

const largest = (a: Float64Array, n: number): number => denseSymmetric(a, n).values[n - 1]!;

/** V^T A V for V of shape n x r. */
function compressed(a: Float64Array, v: Float64Array, n: number, r: number): Float64Array {
  const image = new Float64Array(n * r);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const f = a[i * n + j]!;
      if (f !== 0) for (let c = 0; c < r; c++) image[i * r + c]! += f * v[j * r + c]!;
    }
  const out = new Float64Array(r * r);
  for (let i = 0; i < n; i++)
    for (let b = 0; b < r; b++) {
      const f = v[i * r + b]!;
      for (let c = 0; c < r; c++) out[b * r + c]! += f * image[i * r + c]!;
    }
  return out;
}
