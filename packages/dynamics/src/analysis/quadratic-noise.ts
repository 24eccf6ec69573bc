import { scalarMath } from "#engine";
import { denseSymmetric, spectralRadius } from "./dense-symmetric.js";

/** Samples with quadratic losses about one point, under SGD with single samples. All growths are in nats a step. */
export interface QuadraticNoise {
  readonly dim: number;
  readonly samples: number;
  /** The matrices I - eta H_i of the steps, row by row. */
  steps(eta: number): Float64Array[];
  /** log rho(I - eta mean H): the growth of the mean, which is gradient descent's. */
  mean(eta: number): number;
  /** (1/2) log rho(E[A x A]): the growth of the root mean square. */
  meanSquare(eta: number): number;
  /** E log |1 - eta h|, the almost sure growth, in one dimension; undefined in more, where it takes random products. */
  readonly exponent: ((eta: number) => number) | undefined;
  /** The largest step sizes at which the mean, and the mean square, do not grow; 0: none, Infinity: all. */
  readonly thresholds: { readonly mean: number; readonly meanSquare: number };
}

/**
 * Gradient descent on single samples whose losses are quadratic about one common critical point: multiplicative noise alone.
 *
 * *Definition*: theta' = (I - eta H_i) theta with i uniform. H_i may be indefinite: a saddle or a maximum of one sample's loss.
 * *Arguments*: `hessians`: numbers, or symmetric matrices as rows, all of one size.
 * *Returns*: see `QuadraticNoise`. By Jensen's inequality the almost sure growth is at most that of the root mean square, so a minimum may be stable
 * in probability and not in mean square; it may also be so where the mean grows, or on several intervals of step sizes.
 * *Error*: that of dense eigenvalues. Both radii are convex in eta, so each threshold is the one change of sign, by halving to the last bits.
 * *Cost*: an eigendecomposition of size dim and one of size dim^2 a step size.
 * *Source*: Ziyin, Li, Galanti, Ueda 2023, The probabilistic stability of stochastic gradient descent; Mulayoff, Michaeli 2024 (the mean square).
 * *Example*: `const { exponent, thresholds } = quadraticNoise([0.2, 3]); [exponent(4.8), thresholds.mean, thresholds.meanSquare] // [-0.3118, 1.250000, 0.707965]`
 */
export function quadraticNoise(hessians: readonly (number | readonly ArrayLike<number>[])[]): QuadraticNoise {
  const matrices = hessians.map((h) => (typeof h === "number" ? [[h]] : h.map((row) => Array.from(row))));
  const dim = matrices[0]?.length ?? 0;
  const sound = (m: number[][]): boolean =>
    m.length === dim && m.every((row, i) => row.length === dim && row.every((x, j) => Number.isFinite(x) && x === m[j]![i]));
  const bad = matrices.findIndex((m) => !sound(m));
  if (dim === 0 || bad >= 0)
    throw new RangeError(
      `quadraticNoise: ${hessians.length} Hessians given${bad >= 0 ? `, of which number ${bad} is not a symmetric ${dim} x ${dim} matrix of finite numbers` : ""}; allowed: numbers, or symmetric matrices of one size`,
    );
  const flat = matrices.map((m) => Float64Array.from(m.flat()));
  const n = flat.length;
  const identity = (e: number): number => (e % (dim + 1) === 0 ? 1 : 0);
  const steps = (eta: number): Float64Array[] => flat.map((h) => h.map((x, e) => identity(e) - eta * x));
  const average = flat[0]!.map((_, e) => flat.reduce((s, h) => s + h[e]!, 0) / n);
  const meanRadius = (eta: number): number =>
    spectralRadius(
      average.map((x, e) => identity(e) - eta * x),
      dim,
    );
  const squareRadius = (eta: number): number => {
    const size = dim * dim;
    const q = new Float64Array(size * size);
    for (const a of steps(eta))
      for (let i = 0; i < dim; i++)
        for (let j = 0; j < dim; j++)
          for (let k = 0; k < dim; k++)
            for (let l = 0; l < dim; l++) q[(i * dim + k) * size + j * dim + l]! += (a[i * dim + j]! * a[k * dim + l]!) / n;
    return Math.max(0, denseSymmetric(q, size).values.at(-1)!);
  };
  return {
    dim,
    samples: n,
    steps,
    mean: (eta) => scalarMath.log(meanRadius(eta)),
    meanSquare: (eta) => 0.5 * scalarMath.log(squareRadius(eta)),
    exponent: dim === 1 ? (eta) => flat.reduce((s, h) => s + logFactor(eta * h[0]!), 0) / n : undefined,
    thresholds: { mean: threshold(meanRadius, flat), meanSquare: threshold(squareRadius, flat) },
  };
}

/** log |1 - x|, without loss where x is small. */
export const logFactor = (x: number): number => (x < 1 ? scalarMath.log1p(-x) : scalarMath.log(x - 1));

/** The largest eta with radius(eta) <= 1, for a convex radius that is 1 at 0. */
function threshold(radius: (eta: number) => number, hessians: readonly Float64Array[]): number {
  const size = Math.max(...hessians.flatMap((h) => Array.from(h, Math.abs)));
  if (size === 0) return Infinity;
  // What a direction without curvature leaves at 1 is 1 up to rounding.
  const grows = (eta: number): boolean => radius(eta) > 1 + 1e-13;
  let [low, high] = [0, 1e-6 / size];
  if (grows(high)) return 0;
  while (!grows(high)) {
    [low, high] = [high, 2 * high];
    if (high > 1e12 / size) return Infinity;
  }
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (grows(middle)) high = middle;
    else low = middle;
  }
  return 0.5 * (low + high);
}
