import { pivotedCholesky, type PivotedCholesky } from "./cholesky.js";

/**
 * The inner products of the output gradients of all samples at an interpolating minimum: all that stability needs to know of a network.
 *
 * *Definition*: with J (N q x D) the Jacobian of the q outputs on N samples, sample by sample, matrix = c J J^T, where c is the second
 * derivative of one sample's loss by an output: 1 for (y - t)^2 / 2, the house's square loss, and 2 for (y - t)^2. At an interpolating
 * minimum sample i then has the Hessian H_i = c J_i^T J_i and the mean loss the Hessian H = (1/N) sum H_i, whose nonzero eigenvalues are
 * those of matrix / N.
 */
export interface Gram {
  readonly samples: number;
  readonly outputs: number;
  /** samples x outputs: the number of rows. */
  readonly size: number;
  /** size x size, row by row; sample i owns the rows i * outputs to (i + 1) * outputs - 1. */
  readonly matrix: Float64Array;
  /** c of the definition. */
  readonly curvature: 1 | 2;
  /** matrix = L L^T with pivoting: its rank and the coordinates of the gradients in their own span. Computed at first use. */
  readonly factor: PivotedCholesky;
}

/** One sample's loss as a function of its outputs y and targets t. */
export type SampleLoss = "half-square" | "square";

export interface GramOptions {
  /** Outputs a sample. Default 1. */
  readonly outputs?: number;
  /**
   * "half-square": sum (y - t)^2 / 2, as everywhere in this package (default); "square": without the half, which doubles every curvature and
   * halves every threshold. Both are averaged over samples; for a loss that is summed, multiply the step size by the number of samples.
   */
  readonly loss?: SampleLoss;
}

/**
 * A Gram matrix J J^T as an object that the questions about stability take.
 *
 * *Arguments*: `matrix`: J J^T, as rows or as one array row by row; see `GramOptions`. Throws when it is not square, not symmetric to
 * 1e-12 of its largest diagonal entry, has a negative diagonal entry or a number that is not finite, or no whole number of samples.
 * *Returns*: a Gram; `matrix` is a copy, made exactly symmetric and multiplied by the loss's curvature.
 * *Cost*: the factorisation, at first use, takes size^3 / 3 operations.
 * *Example*: `gram([[1.5, 0.9], [0.9, 2.5]]).factor.rank // 2`
 */
export function gram(matrix: Float64Array | readonly ArrayLike<number>[], options: GramOptions = {}): Gram {
  const { outputs = 1, loss = "half-square" } = options;
  const given = matrix instanceof Float64Array ? matrix : Float64Array.from(matrix.flatMap((r) => Array.from(r)));
  const size = matrix instanceof Float64Array ? Math.round(Math.sqrt(matrix.length)) : matrix.length;
  if (size === 0 || size * size !== given.length)
    throw new RangeError(`gram: ${given.length} numbers given, which is not a square matrix; give J J^T`);
  if (!Number.isInteger(outputs) || outputs < 1 || size % outputs !== 0)
    throw new RangeError(`gram: ${outputs} outputs given; allowed: integers from 1 that divide the ${size} rows of the matrix`);
  if (loss !== "half-square" && loss !== "square")
    throw new RangeError(`gram: loss ${String(loss)} given; allowed: half-square, square`);
  const curvature = loss === "square" ? 2 : 1;
  let largest = 0;
  for (let i = 0; i < size; i++) {
    const d = given[i * size + i]!;
    if (d < 0) throw new RangeError(`gram: diagonal entry ${i} is ${d}; squared norms are not negative`);
    largest = Math.max(largest, d);
  }
  const own = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [given[i * size + j]!, given[j * size + i]!];
      if (!Number.isFinite(a) || !Number.isFinite(b))
        throw new RangeError(`gram: entry (${i}, ${j}) is ${a}; every number must be finite`);
      if (Math.abs(a - b) > 1e-12 * largest)
        throw new RangeError(`gram: entries (${i}, ${j}) = ${a} and (${j}, ${i}) = ${b} differ; J J^T is symmetric`);
      own[i * size + j] = own[j * size + i] = curvature * 0.5 * (a + b);
    }
  }
  let factor: PivotedCholesky | undefined;
  return {
    samples: size / outputs,
    outputs,
    size,
    matrix: own,
    curvature,
    get factor() {
      return (factor ??= pivotedCholesky(own, size));
    },
  };
}
