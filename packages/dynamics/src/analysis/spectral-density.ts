import type { Estimate } from "../core/estimate.js";
import type { LinearOperator } from "../core/linear-operator.js";
import { fillNormal, random } from "../core/random.js";
import { addRow, dot, norm, orthonormalize, scaleRow } from "../core/rows.js";
import { denseSymmetric } from "./dense-symmetric.js";

export interface SpectralDensityOptions {
  /** Random start vectors, at least 2. Default 8. */
  readonly probes?: number;
  /** Lanczos steps of each. Default 40, at most dim. */
  readonly steps?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** A spectrum as weighted points, from all probes together. */
export interface SpectralDensity {
  /** Ascending. */
  readonly nodes: Float64Array;
  /** Of each node: a share of the spectrum; all add up to 1. */
  readonly weights: Float64Array;
  /** Of each node: the probe it comes from. */
  readonly probe: Int32Array;
  /** The sum of all eigenvalues, and of their squares. */
  readonly trace: Estimate;
  readonly squares: Estimate;
  /** Share of the spectrum above x, with its standard error over probes. */
  above(x: number): Estimate;
  /** Operator-vector products. */
  readonly products: number;
}

/**
 * The density of the eigenvalues of a symmetric operator, known by its products alone.
 *
 * *Definition*: for each probe v, uniform on the unit sphere, Lanczos gives a tridiagonal matrix whose eigenvalues are nodes and whose eigenvectors'
 * squared first components are weights: the Gauss quadrature of the measure sum_i (v, u_i)^2 delta(x - lambda_i). Its mean over v is the
 * density (1 / dim) sum_i delta(x - lambda_i).
 * *Arguments*: `operator` must promise to be symmetric; see `SpectralDensityOptions`.
 * *Returns*: a SpectralDensity. Status "diverged" with NaN when a product is not finite.
 * *Error*: the moments of degree 0 to 2 steps - 1 of each probe's measure are exact to rounding, so trace and squares have no error but that of the
 * probes: one standard error over them. A single eigenvalue among dim is seen as soon as Lanczos has converged to it.
 * *Cost*: probes x steps products, and 4 steps^2 dim operations a probe for orthogonality, which is kept by doing it twice.
 * *Source*: Golub, Meurant 1994, Matrices, moments and quadrature; Ghorbani, Krishnan, Xiao 2019, An investigation into neural net optimization
 * via Hessian eigenvalue density.
 * *Example*: `const { nodes, products } = spectralDensity(dense([[2, 1], [1, 2]]), { probes: 2 }); [nodes, products] // [[1.000000000, 1.000000000, 3.000000000, 3.000000000], 4]`
 */
export function spectralDensity(operator: LinearOperator, options: SpectralDensityOptions = {}): SpectralDensity {
  const { dim } = operator;
  const { probes = 8, seed = 0 } = options;
  const steps = Math.min(dim, options.steps ?? 40);
  if (!operator.symmetric)
    throw new RangeError("spectralDensity: an operator that is not symmetric given; its spectrum may be complex");
  if (!Number.isInteger(probes) || probes < 2)
    throw new RangeError(`spectralDensity: ${probes} probes given; allowed: integers from 2, for an error`);
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`spectralDensity: ${steps} steps given; allowed: integers from 1`);
  const found: { node: number; weight: number; probe: number }[] = [];
  let products = 0;
  let finite = true;
  for (let p = 0; p < probes && finite; p++) {
    const { values, first, used } = lanczos(operator, steps, seed, p);
    products += used;
    finite = values.every(Number.isFinite);
    values.forEach((node, i) => found.push({ node, weight: first[i]! / probes, probe: p }));
  }
  found.sort((a, b) => a.node - b.node);
  const moment = (f: (x: number) => number): Omit<Estimate, "unit"> => {
    const means = new Float64Array(probes);
    for (const { node, weight, probe } of found) means[probe]! += probes * weight * f(node);
    const mean = means.reduce((a, b) => a + b, 0) / probes;
    const spread = means.reduce((s, m) => s + (m - mean) * (m - mean), 0);
    return {
      value: finite ? mean : NaN,
      error: finite ? Math.sqrt(spread / (probes * (probes - 1))) : NaN,
      status: finite ? "ok" : "diverged",
      method: `stochastic Lanczos quadrature, ${probes} probes of ${steps} steps; one standard error over probes`,
      sources: ["Golub, Meurant 1994", "Ghorbani, Krishnan, Xiao 2019"],
      cost: { products },
      ...(finite ? {} : { explanation: "a product of the operator is not finite; check the point it is taken at" }),
    };
  };
  const times = (e: Omit<Estimate, "unit">, unit: string): Estimate => ({
    ...e,
    value: dim * e.value,
    error: dim * e.error,
    unit,
  });
  return {
    nodes: Float64Array.from(found, (f) => f.node),
    weights: Float64Array.from(found, (f) => f.weight),
    probe: Int32Array.from(found, (f) => f.probe),
    trace: times(
      moment((x) => x),
      "eigenvalue",
    ),
    squares: times(
      moment((x) => x * x),
      "eigenvalue^2",
    ),
    above: (x) => ({ ...moment((node) => (node > x ? 1 : 0)), unit: "1" }),
    products,
  };
}

/** The quadrature of one probe: nodes and the squares of first components. */
function lanczos(operator: LinearOperator, steps: number, seed: number, probe: number) {
  const { dim } = operator;
  const basis = new Float64Array((steps + 1) * dim);
  fillNormal(basis.subarray(0, dim), random(seed, STREAM + probe));
  scaleRow(basis, 0, 1 / norm(basis, 0, dim), dim);
  const [diagonal, beside] = [new Float64Array(steps), new Float64Array(steps)];
  let size = 0;
  for (let j = 0; j < steps; j++) {
    operator.apply(basis.subarray(j * dim, (j + 1) * dim), basis.subarray((j + 1) * dim, (j + 2) * dim), 1);
    size = j + 1;
    diagonal[j] = dot(basis, j, basis, j + 1, dim);
    const length = norm(basis, j + 1, dim);
    if (!Number.isFinite(length)) break;
    for (let i = Math.max(0, j - 1); i <= j; i++) addRow(basis, j + 1, i === j ? -diagonal[j]! : -beside[i]!, basis, i, dim);
    // What is left of the space so far is rounding: the quadrature is exact and the iteration ends.
    const across = norm(basis, j + 1, dim) <= 1e-12 * length ? 0 : orthonormalize(basis, j + 2, dim, j + 1)[0]!;
    beside[j] = across;
    if (!(across > 1e-12 * length)) break;
  }
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = diagonal[i]!;
    if (i + 1 < size) matrix[i * size + i + 1] = matrix[(i + 1) * size + i] = beside[i]!;
  }
  if (!matrix.every(Number.isFinite)) return { values: Float64Array.of(NaN), first: Float64Array.of(1), used: size };
  const { values, vectors } = denseSymmetric(matrix, size);
  return { values, first: Float64Array.from(values, (_, i) => vectors[i * size]! * vectors[i * size]!), used: size };
}

/** The streams of a seed that start the probes. */
const STREAM = 1_200_000;
