import { scalarMath } from "#engine";

const EULER = 0.5772156649015329;

/** The digamma function at n / 2, n >= 1, by its recurrence from 1/2 or 1. */
function digammaOfHalf(n: number): number {
  let value = n % 2 === 0 ? -EULER : -EULER - 2 * scalarMath.log(2);
  for (let x = n % 2 === 0 ? 1 : 0.5; x < n / 2; x++) value += 1 / x;
  return value;
}

/**
 * The Lyapunov exponents of a deep linear network with independent Gaussian weights, exactly.
 *
 * *Definition*: for x' = sigma_w G x / sqrt(N) with a fresh N x N matrix G of standard normals in each layer,
 * lambda_k = log sigma_w + (log(2 / N) + psi((N - k + 1) / 2)) / 2, k = 1 ... N. For G is rotation invariant, so the volume of k vectors grows by the
 * product of k independent chi variables of N, N - 1, ..., N - k + 1 degrees of freedom, and E log chi_n^2 = log 2 + psi(n / 2).
 * *Arguments*: `width` N >= 1; `weightVariance` sigma_w^2 > 0.
 * *Returns*: N exponents in nats a layer, largest first.
 * *Error*: rounding. *Cost*: N^2 additions.
 * *Source*: Newman 1986, The distribution of Lyapunov exponents: exact results for random matrices.
 * *Example*: `gaussianProductExponents({ width: 4, weightVariance: 1.69 }) // [0.12718, -0.06596, -0.37282, -1.06596]`
 */
export function gaussianProductExponents({
  width,
  weightVariance,
}: {
  readonly width: number;
  readonly weightVariance: number;
}): Float64Array {
  if (!Number.isInteger(width) || width < 1 || width > 100_000 || !(weightVariance > 0))
    throw new RangeError(
      `gaussianProductExponents: width ${width}, weightVariance ${weightVariance} given; allowed: integers from 1 to 100,000; numbers above 0`,
    );
  const shift = 0.5 * (scalarMath.log(weightVariance) + scalarMath.log(2 / width));
  return Float64Array.from({ length: width }, (_, k) => shift + 0.5 * digammaOfHalf(width - k));
}
