import { scalarMath } from "#engine";
import type { Sampling } from "../core/draws.js";
import type { Gram } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import { fillNormal, random } from "../core/random.js";
import { orthonormalize } from "../core/rows.js";
import { denseSymmetric } from "./dense-symmetric.js";
import { lyapunovAlong, type LyapunovSpectrum } from "./lyapunov.js";
import type { RandomProducts } from "./random-products.js";
import { checkStepSize } from "./step-size.js";

export interface ProductSpectrumOptions {
  /** Number of exponents. Default: all. */
  readonly k?: number;
  /** Default 100,000. */
  readonly steps?: number;
  /** Steps before. Default: a tenth of `steps`. */
  readonly transient?: number;
  /**
   * Steps between orthonormalisations; the digits lost are those of exp((lambda_1 - lambda_k) interval). Default 4, and if a direction is lost at that
   * (a step size at which a sample's factor is nearly 0), all is done again with 1.
   */
  readonly interval?: number;
  readonly seed?: number;
}

/**
 * The leading characteristic exponents of random products of matrices.
 *
 * *Definition*: lambda_i = lim (1/n) log r_ii, with Q R the QR decomposition of k vectors carried along; see `lyapunov`.
 * *Arguments*: `products`; see `ProductSpectrumOptions`.
 * *Returns*: exponents largest first, with their sum; compare the sum of all with `sumRule`.
 * *Error*: one standard error by batch means, and for an exponent whose nearest other one is g away (1/2) log(1 + dim e^(-2 g transient)) / steps: what stands between
 * directions that QR has not told apart. The sum of all knows nothing of that. *Cost*: k products a step and 4 k^2 dim operations an orthonormalisation.
 * *Source*: Benettin, Galgani, Giorgilli, Strelcyn 1980, part 2; Oseledets 1968.
 * *Example*: `productSpectrum(sgdProducts(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 0.6 }), { steps: 10_000 }).value // [-0.39, -1.11]`
 */
export const productSpectrum = (products: RandomProducts, options: ProductSpectrumOptions = {}): LyapunovSpectrum =>
  finish(productSpectrumInParts(products, options));

/** `productSpectrum`, giving its host a turn now and then: yields the share that is done. */
export function* productSpectrumInParts(products: RandomProducts, options: ProductSpectrumOptions = {}): Parts<LyapunovSpectrum> {
  const { dim } = products;
  const { k = dim, steps = 100_000, transient = Math.ceil(steps / 10), interval = USUAL, seed = 0 } = options;
  if (!Number.isInteger(k) || k < 1 || k > dim)
    throw new RangeError(`productSpectrum: k = ${k} given; allowed: integers from 1 to dim = ${dim}`);
  if (!Number.isInteger(interval) || interval < 1)
    throw new RangeError(`productSpectrum: interval ${interval} given; allowed: integers from 1`);
  if (!(steps >= 20 * interval))
    throw new RangeError(`productSpectrum: ${steps} steps given; allowed: at least 20 intervals of ${interval}`);
  const along = function* (every: number): Parts<LyapunovSpectrum> {
    const vectors = fillNormal(new Float64Array(k * dim), random(seed, 1));
    orthonormalize(vectors, k, dim);
    products.restart(seed);
    const growth = lyapunovAlong(k, dim);
    for (let done = 0; done < transient + steps; done += every) {
      products.advance(vectors, k, every);
      if (done < transient) orthonormalize(vectors, k, dim);
      else growth.push(vectors, every);
      yield done / (transient + steps);
    }
    return growth.estimate();
  };
  const usual = yield* along(interval);
  const found = options.interval === undefined && usual.value.includes(-Infinity) ? yield* along(1) : usual;
  const mixed = notToldApart(found.value, dim, { transient, steps });
  return {
    ...found,
    error: found.error.map((e, i) => Math.sqrt(e * e + mixed[i]! * mixed[i]!)),
    method: `${found.method}; beside it what QR has not told apart of neighbouring exponents`,
  };
}

/**
 * How far exponents can be off for having a neighbour so near that the transient has not turned the frame into their directions. At distance g the share of the
 * wrong direction is e^(-g transient) times that of a random start, whose square is about dim; while it fades log |v| changes by (1/2) log(1 + share^2).
 */
function notToldApart(
  exponents: Float64Array,
  dim: number,
  { transient, steps }: { readonly transient: number; readonly steps: number },
): Float64Array {
  return exponents.map((x, i) => {
    let nearest = Infinity;
    exponents.forEach((other, j) => {
      if (j !== i && Number.isFinite(other - x)) nearest = Math.min(nearest, Math.abs(other - x));
    });
    return (0.5 * scalarMath.log1p(dim * scalarMath.exp(-2 * nearest * transient))) / steps;
  });
}

const USUAL = 4;

/**
 * The sum of all exponents of SGD at an interpolating minimum, exactly.
 *
 * *Definition*: sum lambda_i = E log |det A| over the drawn batches; det(I - (eta / B) G P) = det(I - (eta / B) G_batch) on range J^T.
 * *Arguments*: `gram`, `stepSize`; `batchSize` (default 1). All batches are enumerated: at most 100,000, without repetition.
 * *Returns*: the sum in nats a step; -Infinity when a batch's step is singular.
 * *Cost*: one decomposition of a (B q) x (B q) matrix a batch.
 * *Source*: Oseledets 1968; Sylvester's determinant identity.
 * *Example*: `sumRule(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSize: 0.6 }) // -1.4978661368`
 */
export function sumRule(
  gram: Gram,
  { stepSize, batchSize = 1, sampling = "subset" }: { stepSize: number; batchSize?: number; sampling?: Sampling },
): number {
  checkStepSize("sumRule", stepSize);
  const { matrix, size, samples, outputs } = gram;
  if (batchSize > 1 && sampling !== "subset")
    throw new RangeError("sumRule: batches with repetition are not enumerated; allowed: subset, or batchSize 1");
  const count = batchesOf(samples, batchSize);
  if (!(count >= 1 && count <= MOST_BATCHES))
    throw new RangeError(`sumRule: ${count} batches of ${batchSize} of ${samples}; allowed: 1 to 100,000`);
  const n = batchSize * outputs;
  const batch = Array.from({ length: batchSize }, (_, b) => b);
  let total = 0;
  for (let done = 0; done < count; done++) {
    const rows = batch.flatMap((i) => Array.from({ length: outputs }, (_, o) => i * outputs + o));
    const own = Float64Array.from({ length: n * n }, (_, e) => matrix[rows[Math.floor(e / n)]! * size + rows[e % n]!]!);
    for (const s of denseSymmetric(own, n).values) total += scalarMath.log(Math.abs(1 - (stepSize / batchSize) * s));
    // The next subset in lexicographic order.
    let at = batchSize - 1;
    while (at >= 0 && batch[at] === samples - batchSize + at) at--;
    if (at >= 0) {
      batch[at]!++;
      for (let b = at + 1; b < batchSize; b++) batch[b] = batch[b - 1]! + 1;
    }
  }
  return total / count;
}

/** Batches that `sumRule` goes through at most. */
export const MOST_BATCHES = 100_000;

/** How many different batches without repetition there are. */
export function batchesOf(samples: number, batchSize: number): number {
  let count = 1;
  for (let b = 0; b < batchSize; b++) count = (count * (samples - b)) / (b + 1);
  return count;
}
