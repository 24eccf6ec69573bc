import { add, compile, constant, einsum, matmul, mul, reshape, transpose, type Tensor } from "#engine";
import type { Sampling } from "../core/draws.js";
import type { Estimate } from "../core/estimate.js";
import type { Gram } from "../core/gram.js";
import type { LinearOperator } from "../core/linear-operator.js";
import { batchNoise } from "./batch-noise.js";
import { eigenpairs } from "./eigenpairs.js";
import { gramSpectrum } from "./gram-spectrum.js";

export interface MeanSquareOptions {
  /** Default 1. */
  readonly batchSize?: number;
  /** Default "subset": batches without repetition. */
  readonly sampling?: Sampling;
  /** Residual norm at which the eigenvalue is done, relative to it. Default 1e-8. */
  readonly tolerance?: number;
  /** Budget of products with the operator. Default 2,000. */
  readonly maxProducts?: number;
}

/** The largest step size at which the mean squared distance from the manifold of minima does not grow. */
export interface MeanSquareStability extends Estimate {
  /** p: the weight of single-sample noise, 1 for single samples and 0 for full batches. */
  readonly noise: number;
}

/**
 * The exact threshold of mean-square stability of stochastic gradient descent at an interpolating minimum.
 *
 * *Definition*: one step multiplies the second moment X of the displacement as E[A X A] = X - 2 eta C X + eta^2 D X, with C X = (H X + X H) / 2,
 * D X = (1 - p) H X H + (p / N) sum_i H_i X H_i and p from `batchNoise`. It does not grow exactly when eta <= 2 / lambda_max(C^-1 D).
 * *Arguments*: `gram`; see `MeanSquareOptions`.
 * *Returns*: the threshold in units of the step size. Below it SGD is stable in mean square, hence almost surely: the characteristic
 * exponent is not positive there.
 * *Error*: with residual norm r at the eigenvalue lambda, 2 r / lambda^2 (to first order a bound on the distance from the threshold of some
 * eigenvalue). A Ritz value is never above lambda_max, so the value is never below the true threshold by more than rounding.
 * *Cost*: in eigenvectors of H the operator C is diagonal; one product with C^-1/2 D C^-1/2 takes 4 rank^2 size operations as two compiled
 * matrix products; 30 to 200 products are usual. Nothing of size rank^2 x rank^2 is formed.
 * *Source*: Mulayoff, Michaeli 2024, Exact mean square linear stability analysis for SGD (the threshold, and theorem 14: the leading
 * eigenvector is positive semidefinite, so it makes no difference that all matrices are allowed).
 * *Example*: `meanSquareStability(gram([[1.5, 0.9], [0.9, 2.5]])).value // 0.8558164`
 */
export function meanSquareStability(gram: Gram, options: MeanSquareOptions = {}): MeanSquareStability {
  const { batchSize = 1, sampling = "subset", tolerance = 1e-8, maxProducts = 2000 } = options;
  const noise = batchNoise(gram.samples, batchSize, sampling);
  const { rank, hessian } = gramSpectrum(gram);
  const common = {
    unit: "step size",
    method:
      "leading eigenvalue of C^-1/2 D C^-1/2 by Lanczos in eigenvectors of the Hessian; the error is the residual norm, carried over",
    sources: ["Mulayoff, Michaeli 2024"],
    noise,
  };
  if (rank === 0)
    return {
      ...common,
      value: NaN,
      error: NaN,
      status: "not-converged",
      cost: {},
      explanation: "the Gram matrix is zero: no sample moves the network",
    };
  const operator = momentOperator(gram, noise);
  const pairs = eigenpairs(operator, {
    k: 1,
    tolerance,
    maxProducts,
    basis: Math.min(operator.dim, 40),
    warm: start(hessian),
  });
  const lambda = pairs.value[0]!;
  return {
    ...common,
    value: 2 / lambda,
    error: (2 * pairs.error[0]!) / (lambda * lambda),
    status: pairs.status,
    cost: pairs.cost,
    ...(pairs.explanation === undefined ? {} : { explanation: pairs.explanation }),
  };
}

/**
 * C^-1/2 D C^-1/2 on rank x rank matrices, in eigenvectors of the Hessian. For tests and for spectra of one's own.
 *
 * *Example*: `2 / eigenpairs(momentOperator(gram([[1.5, 0.9], [0.9, 2.5]]), 1), { k: 1 }).value[0] // 0.8558164`
 */
export function momentOperator(gram: Gram, noise: number): LinearOperator {
  const { samples, outputs, size } = gram;
  const { rank, hessian, rows } = gramSpectrum(gram);
  const dim = rank * rank;
  // (C X)_ab = (h_a + h_b) / 2 X_ab.
  const scale = Float64Array.from({ length: dim }, (_, e) =>
    Math.sqrt(2 / (hessian[Math.floor(e / rank)]! + hessian[e % rank]!)),
  );
  const mean = Float64Array.from({ length: dim }, (_, e) => (1 - noise) * hessian[Math.floor(e / rank)]! * hessian[e % rank]!);
  const k = constant(rows, [size, rank]);
  const blocks = constant(rows, [samples, outputs, rank]);
  const w = constant(scale, [rank, rank]);
  const product = compile(
    (x: Tensor) => {
      const y = mul(w, x);
      // sum_i K_i^T (K_i Y K_i^T) K_i, with K_i the rows of sample i.
      const inner = einsum("iar,ibr->iab", reshape(matmul(k, y), [samples, outputs, rank]), blocks);
      const outer = reshape(einsum("iab,ibr->iar", inner, blocks), [size, rank]);
      const spread = mul(noise / samples, matmul(transpose(k), outer));
      return mul(w, add(mul(constant(mean, [rank, rank]), y), spread));
    },
    [{ shape: [rank, rank] }],
  );
  return {
    dim,
    symmetric: true,
    apply(block, out, m) {
      for (let v = 0; v < m; v++) {
        product.inputs[0]!.set(block.subarray(v * dim, (v + 1) * dim));
        product.run();
        out.set(product.outputs[0]!, v * dim);
      }
    },
  };
}

/** The image under C^1/2 of X = I: positive definite, so it has a share in the leading eigenvector. */
function start(hessian: Float64Array): Float64Array {
  const rank = hessian.length;
  const x = new Float64Array(rank * rank);
  for (let a = 0; a < rank; a++) x[a * rank + a] = Math.sqrt(hessian[a]!);
  return x;
}
