import { singularValues } from "../core/singular-values.js";
import type { AffineLayer } from "./affine-layers.js";

/** An affine layer and whether the activation follows it. */
export interface FormLayer extends AffineLayer {
  readonly activated: boolean;
}

/** A network all of whose weight matrices have full rank, with the same input-output map as another. */
export interface FullRankForm {
  readonly layers: readonly FormLayer[];
  /** Widths of its layers, those without activation included; a 0 where the map is constant. */
  readonly widths: readonly number[];
  /** Rank of each weight matrix of the given network, and the singular value below which another counted as 0. */
  readonly ranks: readonly number[];
  readonly thresholds: readonly number[];
  /** Hidden units of the given network that were dropped (they reach no output), folded into a bias (constant) or merged (twins). */
  readonly removed: number;
}

/**
 * An equivalent network of full rank, no wider than the given one.
 *
 * *Definition*: as long as there is one, a unit without weights behind it is dropped, a unit without weights before it is folded into the next
 * bias, and of two units with the same weights and bias before them one is kept with the sum of what follows. Then each matrix of rank
 * r < min(inputs, outputs) becomes two with r linear units between them, by its singular value decomposition.
 * *Arguments*: `layers`: from `affineLayers`, the activation standing between them; `activation`: its values at a constant unit; `tolerance`: singular
 * values below this times the largest count as 0, default 1e-12 (a relative size of weights that is rounding).
 * *Returns*: see `FullRankForm`. Where a matrix has rank 0 the map is constant and the form starts there with width 0.
 * *Error*: the maps agree to rounding plus the singular values left out, times the gains of the layers behind.
 * *Cost*: one singular value decomposition a layer.
 * *Source*: after Kuehn, Kuntz 2024, arXiv 2405.09351 (any multilayer perceptron that is not of full rank is equivalent to a smaller one that is).
 * *Example*: `const twins = [{ inputs: 1, outputs: 2, weights: [1, 1], bias: [0, 0] }, { inputs: 2, outputs: 1, weights: [3, 4], bias: [0] }];
 * fullRankForm(twins, scalarMath.tanh).widths // [1, 1, 1]`
 */
export function fullRankForm(layers: readonly AffineLayer[], activation: (x: number) => number, tolerance = 1e-12): FullRankForm {
  if (layers.length === 0) throw new RangeError("fullRankForm: no layers given; give at least one");
  layers.forEach((l, i) => {
    if (i > 0 && layers[i - 1]!.outputs !== l.inputs)
      throw new RangeError(`fullRankForm: layer ${i + 1} takes ${l.inputs} inputs, layer ${i} gives ${layers[i - 1]!.outputs}`);
  });
  if (!(tolerance >= 0 && tolerance < 1))
    throw new RangeError(`fullRankForm: tolerance ${tolerance} given; allowed: numbers from 0, below 1`);
  const given = layers.map((l) => rankOf(l, tolerance));
  const { kept, removed } = withoutIdleUnits(layers, activation);
  const out: FormLayer[] = [];
  kept.forEach((layer, l) => {
    const activated = l < kept.length - 1;
    const { rank, left, right } = rankOf(layer, tolerance);
    if (rank === Math.min(layer.inputs, layer.outputs)) out.push({ ...layer, activated });
    else {
      out.push({ inputs: layer.inputs, outputs: rank, weights: left, bias: new Float64Array(rank), activated: false });
      out.push({ inputs: rank, outputs: layer.outputs, weights: right, bias: layer.bias, activated });
    }
  });
  return {
    layers: out,
    widths: [out[0]!.inputs, ...out.map((l) => l.outputs)],
    ranks: given.map((g) => g.rank),
    thresholds: given.map((g) => g.threshold),
    removed,
  };
}

/** The rank of a layer, and its weights as left (inputs x rank) times right (rank x outputs). */
function rankOf({ inputs, outputs, weights }: AffineLayer, tolerance: number) {
  if (inputs === 0 || outputs === 0) return { rank: 0, threshold: 0, left: new Float64Array(0), right: new Float64Array(0) };
  const { values, vectors } = singularValues(Float64Array.from(weights), inputs, outputs);
  const threshold = tolerance * (values[0] ?? 0);
  const rank = Array.from(values).filter((s, i) => i < inputs && s > threshold).length;
  const right = vectors.slice(0, rank * outputs);
  const left = new Float64Array(inputs * rank);
  for (let i = 0; i < inputs; i++)
    for (let k = 0; k < rank; k++)
      for (let j = 0; j < outputs; j++) left[i * rank + k]! += weights[i * outputs + j]! * right[k * outputs + j]!;
  return { rank, threshold, left, right };
}

/** A layer as lists that units can be taken from: columns[j] holds the weights before unit j, rows[i] those behind unit i of the layer before. */
interface Loose {
  rows: number[][];
  bias: number[];
}

function withoutIdleUnits(
  layers: readonly AffineLayer[],
  activation: (x: number) => number,
): { kept: AffineLayer[]; removed: number } {
  const loose = layers.map(({ inputs, outputs, weights, bias }): Loose => ({
    rows: Array.from({ length: inputs }, (_, i) => Array.from({ length: outputs }, (_, j) => weights[i * outputs + j]!)),
    bias: Array.from(bias),
  }));
  let removed = 0;
  for (let again = true; again;) {
    again = false;
    for (let l = 0; l + 1 < loose.length; l++) {
      const [before, behind] = [loose[l]!, loose[l + 1]!];
      const column = (j: number): number[] => before.rows.map((row) => row[j]!);
      for (let j = before.bias.length - 1; j >= 0; j--) {
        const weights = column(j);
        const twin = before.bias.findIndex(
          (b, k) => k < j && b === before.bias[j] && column(k).every((w, i) => w === weights[i]),
        );
        const idle = behind.rows[j]!.every((w) => w === 0);
        const constant = weights.every((w) => w === 0);
        if (!idle && !constant && twin < 0) continue;
        const share = constant ? activation(before.bias[j]!) : 1;
        const target = constant ? behind.bias : behind.rows[twin];
        if (!idle) behind.rows[j]!.forEach((w, k) => (target![k]! += share * w));
        for (const row of before.rows) row.splice(j, 1);
        before.bias.splice(j, 1);
        behind.rows.splice(j, 1);
        removed++;
        again = true;
      }
    }
  }
  const kept = loose.map(({ rows, bias }): AffineLayer => ({
    inputs: rows.length,
    outputs: bias.length,
    weights: Float64Array.from(rows.flat()),
    bias: Float64Array.from(bias),
  }));
  return { kept, removed };
}

/**
 * The output of a full-rank form at one input.
 * *Arguments*: `x` as long as the first width. *Returns*: as many numbers as the last width.
 * *Error*: rounding. *Cost*: one product a layer, in plain code.
 * *Example*: `const half = [{ inputs: 1, outputs: 1, weights: [0.5], bias: [1] }]; applyForm(fullRankForm(half, (x) => x), (x) => x, [4]) // [3]`
 */
export function applyForm(form: FullRankForm, activation: (x: number) => number, x: ArrayLike<number>): Float64Array {
  return form.layers.reduce((h, { inputs, outputs, weights, bias, activated }) => {
    const out = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) for (let j = 0; j < outputs; j++) out[j]! += h[i]! * weights[i * outputs + j]!;
    return activated ? out.map(activation) : out;
  }, Float64Array.from(x));
}
