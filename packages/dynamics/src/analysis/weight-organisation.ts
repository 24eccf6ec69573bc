import { scalarMath } from "#engine";
import type { Part } from "../core/system.js";
import { dot } from "../core/rows.js";
import { transposed } from "../core/singular-values.js";
import { symmetricSpectrum } from "../core/symmetric-spectrum.js";

/** How the weights of a layer are organised. */
export interface LayerOrganisation {
  /** Name of the part. */
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** Singular values of the matrix, descending. */
  readonly singular: Float64Array;
  /** Euclidean (Frobenius) norm of all weights, and the largest singular value. */
  readonly norm: number;
  readonly spectral: number;
  /** norm^2 / spectral^2: from 1 to the rank. */
  readonly stableRank: number;
  /** exp of the entropy of the singular values divided by their sum: from 1 to the rank. */
  readonly effectiveRank: number;
  /** Mean |cosine| of the angles between the weight vectors of pairs of units; NaN for fewer than two units that are not 0. */
  readonly alignment: number;
  /** Its expectation for isotropic random weight vectors. */
  readonly isotropic: number;
  /** |cosine| between this layer's leading output direction and the next weight matrix's leading input direction; NaN for the last, and where one of the two is 0. */
  readonly chain: number;
}

/**
 * The organisation of the weight vectors of each layer: norms, ranks and alignment.
 *
 * *Definition*: of each part with two axes, W of shape [inputs, units]: column j is the weight vector of unit j. alignment = mean over pairs of
 * |w_i . w_j| / (|w_i| |w_j|); for isotropic vectors in d dimensions Gamma(d/2) / (sqrt(pi) Gamma((d + 1)/2)). chain compares the right and
 * left singular vectors of neighbouring layers.
 * *Arguments*: `layout` and `theta` of a network.
 * *Returns*: one entry a weight matrix, in the order of the layout.
 * *Error*: rounding; singular values come from W W^T or W^T W, whichever is smaller, so those below 1e-8 of the largest are lost in it, which
 * changes no rank here by more than that.
 * *Cost*: (4/3) min(inputs, units)^3 and units^2 x inputs operations a layer.
 * *Source*: Roy, Vetterli 2007, The effective rank; Ji, Telgarsky 2019, Gradient descent aligns the layers of deep linear networks; Lin, Feng,
 * Zhang, Zhao 2025 for following them in training.
 * *Example*: `const [layer] = weightOrganisation([{ name: "W", shape: [2, 2], offset: 0 }], [3, 0, 0, 4]);
 * [layer.norm, layer.spectral, layer.stableRank, layer.alignment] // [5.000000, 4.000000, 1.562500, 0]`
 */
export function weightOrganisation(layout: readonly Part[], theta: ArrayLike<number>): LayerOrganisation[] {
  const matrices = layout.filter((p) => p.shape.length === 2);
  const found = matrices.map(({ name, shape, offset }) => {
    const [inputs, units] = shape as [number, number];
    const weights = new Float64Array(inputs * units);
    for (let i = 0; i < weights.length; i++) weights[i] = theta[offset + i]!;
    return { name, inputs, units, ...decompose(weights, inputs, units) };
  });
  return found.map(({ name, inputs, units, singular, aligned, output }, l): LayerOrganisation => {
    const square = singular.reduce((s, v) => s + v * v, 0);
    const total = singular.reduce((s, v) => s + v, 0);
    const spectral = singular[0]!;
    const entropy = singular.reduce((s, v) => (v > 0 ? s - (v / total) * scalarMath.log(v / total) : s), 0);
    const next = found[l + 1];
    return {
      name,
      inputs,
      units,
      singular,
      norm: Math.sqrt(square),
      spectral,
      stableRank: square / (spectral * spectral),
      effectiveRank: total > 0 ? scalarMath.exp(entropy) : NaN,
      alignment: aligned,
      isotropic: isotropic(inputs),
      chain: next && next.inputs === units ? Math.abs(dot(output, 0, next.input, 0, units)) : NaN,
    };
  });
}

/** Singular values, the mean |cosine| between columns, and the leading singular vectors on either side. */
function decompose(weights: Float64Array, inputs: number, units: number) {
  const byInput = inputs < units;
  const columns = transposed(weights, inputs, units);
  const [rows, small, large] = byInput ? [weights, inputs, units] : [columns, units, inputs];
  const gram = products(rows, small, large);
  const { values, leading: near } = symmetricSpectrum(gram, small);
  const singular = values.map((v) => Math.sqrt(Math.max(0, v))).reverse();
  // Nothing leads in a matrix of zeros.
  if (!(singular[0]! > 0)) near.fill(NaN);
  const far = new Float64Array(large);
  for (let i = 0; i < small; i++) for (let t = 0; t < large; t++) far[t]! += near[i]! * rows[i * large + t]!;
  for (let t = 0; t < large; t++) far[t]! /= singular[0]!;
  const aligned = meanCosine(byInput ? products(columns, units, inputs) : gram, units);
  return { singular, aligned, input: byInput ? near : far, output: byInput ? far : near };
}

/** The n x n products of n rows with each other. */
function products(rows: Float64Array, n: number, length: number): Float64Array {
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const own = i * length;
    let j = 0;
    // Four sums at a time: each addition waits for the one before.
    for (; j + 3 <= i; j += 4) {
      const p = j * length;
      const q = p + length;
      const r = q + length;
      const s = r + length;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let t = 0; t < length; t++) {
        const x = rows[own + t]!;
        a += x * rows[p + t]!;
        b += x * rows[q + t]!;
        c += x * rows[r + t]!;
        d += x * rows[s + t]!;
      }
      gram[i * n + j] = gram[j * n + i] = a;
      gram[i * n + j + 1] = gram[(j + 1) * n + i] = b;
      gram[i * n + j + 2] = gram[(j + 2) * n + i] = c;
      gram[i * n + j + 3] = gram[(j + 3) * n + i] = d;
    }
    for (; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(rows, i, rows, j, length);
  }
  return gram;
}

/** The mean |cosine| over pairs of vectors that are not 0, from their products. */
function meanCosine(gram: Float64Array, n: number): number {
  const lengths = Float64Array.from({ length: n }, (_, i) => Math.sqrt(gram[i * n + i]!));
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (!(lengths[i]! > 0 && lengths[j]! > 0)) continue;
      sum += Math.abs(gram[i * n + j]! / lengths[i]! / lengths[j]!);
      pairs++;
    }
  }
  return sum / pairs;
}

/** The mean |cosine| of a random direction of R^d with a fixed one: 1 and 2/pi for d = 1, 2, and a factor d / (d + 1) every two dimensions. */
function isotropic(d: number): number {
  let value = d % 2 === 1 ? 1 : 2 / Math.PI;
  for (let n = d % 2 === 1 ? 1 : 2; n < d; n += 2) value *= n / (n + 1);
  return value;
}
