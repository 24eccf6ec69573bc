import { scalarMath } from "#engine";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * The speciation time of data under the Ornstein-Uhlenbeck noise: about when the reverse diffusion commits itself to a class.
 *
 * *Definition*: log(L) / 2, L the largest eigenvalue of the data's covariance (divided by n). An estimate for large dimension; in low dimension `changeOfStability` of the
 * reverse drift gives the exact time for a symmetric mixture.
 * *Arguments*: `data`: n rows of `dim` numbers.
 * *Returns*: the time and the eigenvalue; a time below 0 means that the data do not separate.
 * *Source*: Biroli, Bonnaire, de Bortoli, Mezard 2024, Dynamical regimes of diffusion models.
 * *Example*: `speciationTime(Float64Array.of(-3, 3), 1).time // 1.0986123`
 */
export function speciationTime(data: ArrayLike<number>, dim: number): { readonly time: number; readonly eigenvalue: number } {
  const n = data.length / dim;
  if (!Number.isInteger(dim) || dim < 1 || !Number.isInteger(n) || n < 1)
    throw new RangeError(`speciationTime: ${data.length} numbers given for rows of ${dim}; give whole rows`);
  const x = new Matrix(n, dim);
  for (let i = 0; i < n * dim; i++) x.set(Math.floor(i / dim), i % dim, data[i]!);
  const centred = x.subRowVector(x.mean("column"));
  const covariance = centred.transpose().mmul(centred).div(n);
  const eigenvalue = Math.max(...new EigenvalueDecomposition(covariance, { assumeSymmetric: true }).realEigenvalues);
  return { time: 0.5 * scalarMath.log(eigenvalue), eigenvalue };
}

/**
 * The collapse time: when the noised empirical measure of n samples stops looking like that of its source, a normal distribution.
 *
 * *Definition*: log(1 + sigma^2 / (n^(2/d) - 1)) / 2.
 * *Arguments*: `samples` n, an integer from 2; `dim` d; `sigma`, the standard deviation of the source in each direction.
 * *Source*: Biroli, Bonnaire, de Bortoli, Mezard 2024, section on the collapse transition.
 * *Example*: `collapseTime(100, 2, 1) // 0.0050252`
 */
export function collapseTime(samples: number, dim: number, sigma: number): number {
  if (!(samples >= 2 && dim >= 1 && sigma > 0))
    throw new RangeError(
      `collapseTime: ${samples} samples in dimension ${dim} with sigma ${sigma} given; allowed: from 2, from 1, above 0`,
    );
  return 0.5 * scalarMath.log1p((sigma * sigma) / scalarMath.expm1((2 / dim) * scalarMath.log(samples)));
}
