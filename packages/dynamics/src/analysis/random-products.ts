import { scalarMath } from "#engine";
import { draws, type Sampling } from "../core/draws.js";
import type { Gram } from "../core/gram.js";
import { batchSteps, singleSampleSteps, TOGETHER, type ResidualSteps } from "./residual-steps.js";
import { checkStepSize } from "./step-size.js";

/** Products of random matrices, applied to vectors one after the other. */
export interface RandomProducts {
  readonly dim: number;
  /** Steps after which vectors have to be rescaled so that they neither overflow nor vanish. */
  readonly interval: number;
  /** What is drawn, in words. */
  readonly description: string;
  /** Starts the sequence of matrices again. */
  restart(seed: number): void;
  /** Multiplies k vectors (rows of length dim) by the next `steps` matrices, in place. All vectors see the same matrices. */
  advance(vectors: Float64Array, k: number, steps: number): void;
}

export interface SgdProductsOptions {
  readonly stepSize: number;
  /** Default 1. */
  readonly batchSize?: number;
  /** Default "subset": batches without repetition. */
  readonly sampling?: Sampling;
}

/**
 * Stochastic gradient descent linearised at an interpolating minimum, across the manifold of minima.
 *
 * *Definition*: the residuals r = J delta of a small displacement obey r' = (I - (eta / B) G P_batch) r, with P_batch the projection on the
 * rows of the batch's samples. J is one to one on range J^T, so the exponents are those of delta there, in any norm. When G is singular
 * (see `Gram.factor`) the displacement itself moves, in coordinates y of its range with G = L L^T: y' = y - (eta / B) L_batch^T L_batch y.
 * *Arguments*: `gram`; see `SgdProductsOptions`.
 * *Cost*: compiled. For a G of full rank one pass over q rows of G a sample of the batch: size x q x B multiplications and additions;
 * otherwise twice that.
 * *Error*: rounding only. *Source*: Chemnitz, Engel 2024 (the random products in parameter space).
 * *Example*: `const r = Float64Array.of(1, 0);
 * sgdProducts(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 1, batchSize: 2 }).advance(r, 1, 1); r // [0.2500, -0.4500]`
 */
export function sgdProducts(gram: Gram, options: SgdProductsOptions): RandomProducts {
  const { stepSize, batchSize = 1, sampling = "subset" } = options;
  checkStepSize("sgdProducts", stepSize);
  const { samples, outputs } = gram;
  const { rank: dim } = gram.factor;
  const interval = safeInterval(gram, stepSize, batchSize);
  const rate = stepSize / batchSize;
  const build =
    dim === gram.size && outputs === 1 && batchSize === 1 ? singleSampleSteps(gram, rate) : batchSteps(gram, rate, batchSize);
  let batches = draws({ samples, batchSize, sampling });
  const programs = new Map<string, ResidualSteps>();
  const program = (k: number, steps: number): ResidualSteps => {
    const key = `${k} ${steps}`;
    let found = programs.get(key);
    if (!found) programs.set(key, (found = build(k === 1 ? [dim] : [k, dim], steps)));
    return found;
  };
  return {
    dim,
    interval,
    description: `SGD with batches of ${batchSize} of ${samples} samples${outputs > 1 ? ` with ${outputs} outputs` : ""} (${sampling}), step size ${stepSize}`,
    restart(seed) {
      batches = draws({ samples, batchSize, sampling, seed });
    },
    advance(vectors, k, steps) {
      for (let done = 0; done < steps;) {
        const left = steps - done;
        const count = left >= interval ? interval : left >= TOGETHER ? TOGETHER : 1;
        program(k, count)(vectors, batches);
        done += count;
      }
    },
  };
}

/** Steps within which no vector of length 1 can pass 1e130 or, with single samples, fall below 1e-130. */
function safeInterval({ matrix, size, outputs }: Gram, stepSize: number, batchSize: number): number {
  let most = 1;
  for (let i = 0; i < size; i++) {
    let square = 0;
    for (let j = 0; j < size; j++) square += matrix[i * size + j]! * matrix[i * size + j]!;
    most = Math.max(most, outputs * scalarMath.log1p(stepSize * Math.sqrt(square)));
    if (outputs === 1 && batchSize === 1)
      most = Math.max(most, -scalarMath.log(Math.max(1e-130, Math.abs(1 - stepSize * matrix[i * size + i]!))));
  }
  const steps = Math.max(1, Math.min(64, Math.floor(300 / most)));
  return steps < TOGETHER ? steps : steps - (steps % TOGETHER);
}

/**
 * Products of matrices drawn independently and uniformly from a list.
 *
 * *Arguments*: `matrices`: at least one, all dim x dim, row by row. For gradient descent on single samples these are I - eta H_i, with Hessians
 * that may have negative eigenvalues: a saddle or a maximum of one sample's loss.
 * *Cost*: dim^2 multiplications a step and vector.
 * *Source*: Furstenberg, Kesten 1960, Products of random matrices.
 * *Example*: `const { sign, value, error } = characteristicExponent(matrixProducts([[1.45], [-0.8]]));
 * [sign, value, error, Math.log(1.45 * 0.8) / 2] // ["positive", 0.078, 0.007, 0.074]`
 */
export function matrixProducts(matrices: readonly ArrayLike<number>[]): RandomProducts {
  const entries = matrices[0]?.length ?? 0;
  const dim = Math.round(Math.sqrt(entries));
  if (dim === 0 || dim * dim !== entries || matrices.some((m) => m.length !== entries))
    throw new RangeError(
      `matrixProducts: ${matrices.length} matrices of ${matrices.map((m) => m.length).join(", ")} entries given; allowed: at least one, all square and of one size`,
    );
  let batches = draws({ samples: matrices.length });
  const drawn = new Int32Array(1);
  const image = new Float64Array(dim);
  return {
    dim,
    interval: 16,
    description: `one of ${matrices.length} matrices of size ${dim}, drawn uniformly`,
    restart(seed) {
      batches = draws({ samples: matrices.length, seed });
    },
    advance(vectors, k, steps) {
      for (let t = 0; t < steps; t++) {
        const m = matrices[batches.fill(drawn)[0]!]!;
        for (let v = 0; v < k; v++) {
          for (let i = 0; i < dim; i++) {
            let s = 0;
            for (let j = 0; j < dim; j++) s += m[i * dim + j]! * vectors[v * dim + j]!;
            image[i] = s;
          }
          vectors.set(image, v * dim);
        }
      }
    },
  };
}
