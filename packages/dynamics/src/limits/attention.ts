import { add, div, exp, matmul, mul, reshape, scalarMath, sqrt, sub, sum, transpose, type Tensor } from "#engine";
import type { Field } from "./coupled-units.js";

/** "softmax": weights add up to 1 for each token (SA); "plain": e^(beta <x, y>) / n (USA), a gradient flow. */
export type AttentionWeights = "softmax" | "plain";

export interface AttentionOptions {
  readonly tokens: number;
  /** Dimension of the space whose unit sphere the tokens live on, from 2. */
  readonly dimension: number;
  /** beta >= 0: inverse temperature. */
  readonly beta: number;
  /** Default "softmax". */
  readonly weights?: AttentionWeights;
}

export function checkAttention(
  what: string,
  { tokens, beta, weights = "softmax" }: Omit<AttentionOptions, "dimension">,
): AttentionWeights {
  if (!Number.isInteger(tokens) || tokens < 1) throw new RangeError(`${what}: tokens ${tokens} given; allowed: integers from 1`);
  if (!(beta >= 0) || !Number.isFinite(beta)) throw new RangeError(`${what}: beta ${beta} given; allowed: from 0`);
  if (weights !== "softmax" && weights !== "plain")
    throw new RangeError(`${what}: weights ${String(weights)} given; allowed: "softmax" and "plain"`);
  return weights;
}

/**
 * Tokens under self-attention as particles on a sphere, as a vector field.
 *
 * *Definition*: x_i' = P_i sum_j w_ij x_j with P_i the projection across x_i; w_ij = e^(beta <x_i, x_j>) / Z_i, Z_i the sum over j ("softmax") or n ("plain").
 * *Arguments*: see `AttentionOptions`; the state is tokens x dimension, flat, rows of length 1. For dimension 2 and beta = 0 it is
 * the Kuramoto model of identical oscillators.
 * *Returns*: a field for `flow`, tangent to the sphere at unit rows; solvers leave the sphere by their own error, and the field stays
 * the same along rays (rows are normalised first).
 * *Cost*: n^2 dimension. *Source*: Geshkovski, Letrouit, Polyanskiy, Rigollet 2025, A mathematical perspective on transformers, equations (2.4), (3.4).
 * *Example*: `evaluate(attentionField({ tokens: 2, dimension: 2, beta: 0 }), { data: [1, 0, 0, 1] })[0] // [0, 0.5, 0.5, 0]`
 */
export function attentionField(options: AttentionOptions): Field {
  const { tokens, dimension, beta } = options;
  const weights = checkAttention("attentionField", options);
  if (!Number.isInteger(dimension) || dimension < 2)
    throw new RangeError(`attentionField: dimension ${dimension} given; allowed: integers from 2`);
  const perRow = (x: Tensor): Tensor => reshape(x, [tokens, 1]);
  return (flat) => {
    const raw = reshape(flat, [tokens, dimension]);
    const x = div(raw, perRow(sqrt(sum(mul(raw, raw), 1))));
    // Cosines are at most 1: nothing overflows in softmax however large beta is.
    const kernel = exp(mul(beta, sub(matmul(x, transpose(x, [1, 0])), 1)));
    const pulled =
      weights === "softmax"
        ? div(matmul(kernel, x), perRow(sum(kernel, 1)))
        : mul(scalarMath.exp(beta) / tokens, matmul(kernel, x));
    return reshape(sub(pulled, mul(perRow(sum(mul(pulled, x), 1)), x)), [tokens * dimension]);
  };
}

/**
 * Tokens whose directions all have one angle with each other stay so: the field of its cosine.
 *
 * *Definition*: gamma' = 2 e^(beta gamma) (1 - gamma) ((n - 1) gamma + 1) / Z with Z = e^beta + (n - 1) e^(beta gamma) ("softmax") or n ("plain").
 * *Arguments*: `tokens` n, at most the dimension plus one for gamma < 1; state: one number in (-1 / (n - 1), 1].
 * *Returns*: a field for `flow`; gamma -> 1: all tokens meet, unless they start at the other fixed point.
 * *Source*: Geshkovski et al. 2025, section 5.3 (orthogonal starts).
 * *Example*: `evaluate(equiangularField({ tokens: 5, beta: 0 }), { data: [0] })[0] // [0.4]`
 */
export function equiangularField(options: Omit<AttentionOptions, "dimension">): Field {
  const { tokens: n, beta } = options;
  const weights = checkAttention("equiangularField", options);
  if (n < 2)
    throw new RangeError(`equiangularField: tokens ${n} given; allowed: integers from 2, since one token makes no angle`);
  return (gamma) => {
    // Divided by e^beta above and below, so that nothing overflows in softmax.
    const kernel = exp(mul(beta, sub(gamma, 1)));
    const top = mul(mul(2, kernel), mul(sub(1, gamma), add(mul(n - 1, gamma), 1)));
    return weights === "softmax" ? div(top, add(mul(n - 1, kernel), 1)) : mul(scalarMath.exp(beta) / n, top);
  };
}

/**
 * The clusters of tokens on a sphere: groups linked by cosines above a threshold.
 *
 * *Arguments*: `points`: tokens x dimension, rows of any length but 0; `threshold`, default 0.999.
 * *Returns*: the number of each token's cluster, numbered in the order of their first tokens, and how many there are.
 * *Source*: Geshkovski et al. 2025 count clusters by the rank of the matrix of such pairs; for separated clusters that is this number.
 * *Example*: `clusters([1, 0, 0, 1, 2, 0], 2).label // [0, 1, 0]`
 */
export function clusters(points: ArrayLike<number>, dimension: number, threshold = 0.999): { label: Int32Array; count: number } {
  if (!Number.isInteger(dimension) || dimension < 1 || points.length % dimension !== 0)
    throw new RangeError(`clusters: ${points.length} numbers given for dimension ${dimension}; give dimension numbers a point`);
  const n = points.length / dimension;
  const product = (i: number, j: number): number => {
    let s = 0;
    for (let c = 0; c < dimension; c++) s += points[i * dimension + c]! * points[j * dimension + c]!;
    return s;
  };
  const size = Float64Array.from({ length: n }, (_, i) => Math.sqrt(product(i, i)));
  const label = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (label[i] !== -1) continue;
    const open = [i];
    label[i] = count;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (let j = 0; j < n; j++) {
        if (label[j] !== -1 || !(product(at, j) > threshold * size[at]! * size[j]!)) continue;
        label[j] = count;
        open.push(j);
      }
    }
    count++;
  }
  return { label, count };
}
