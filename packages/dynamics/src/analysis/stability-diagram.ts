import type { Sampling } from "../core/draws.js";
import type { Gram } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import type { CharacteristicExponentOptions } from "./characteristic-exponent.js";
import { gramStability } from "./gram-stability.js";
import { meanSquareStability } from "./mean-square-stability.js";
import { stabilitySignInParts, type StabilitySign } from "./stability-sign.js";
import { wuMaE } from "./wu-ma-e.js";

export interface StabilityDiagramOptions {
  readonly stepSizes: readonly number[];
  readonly batchSizes: readonly number[];
  readonly sampling?: Sampling;
  /** How an exponent is computed where theory does not give its sign. Default: certificates with a budget of 2^18 steps. */
  readonly exponent?: CharacteristicExponentOptions;
}

/** The stability of one minimum over step sizes and batch sizes. */
export interface StabilityDiagram {
  readonly stepSizes: readonly number[];
  readonly batchSizes: readonly number[];
  /** One a cell: cells[b][e] belongs to batchSizes[b] and stepSizes[e]. */
  readonly cells: readonly (readonly StabilitySign[])[];
  /** One a batch size. */
  readonly meanSquare: Float64Array;
  readonly wuMaE: Float64Array;
  /** The same for all batch sizes. */
  readonly gradientDescent: number;
}

/**
 * The phase diagram of a minimum: the characteristic exponent over (step size, batch size), with the curves that theory knows.
 *
 * *Arguments*: `gram`; see `StabilityDiagramOptions`. All cells of a batch size see the same draws.
 * *Returns*: the sign of lambda in each cell with how it is known (see `stabilitySign`), and the mean-square, the Wu-Ma-E and the
 * gradient-descent threshold.
 * *Cost*: one mean-square threshold a batch size, and one exponent for each cell above it, which ends as soon as its sign is certain.
 * *Source*: that of its parts.
 * *Example*: `const { cells } = stabilityDiagram(gram([[1.5, 0.9], [0.9, 2.5]]), { stepSizes: [0.5, 1], batchSizes: [1, 2] });
 * cells.map((row) => row.map((cell) => cell.sign)) // [["negative", "positive"], ["negative", "negative"]]`
 */
export const stabilityDiagram = (gram: Gram, options: StabilityDiagramOptions): StabilityDiagram =>
  finish(stabilityDiagramInParts(gram, options));

/** `stabilityDiagram` in parts. */
export function* stabilityDiagramInParts(gram: Gram, options: StabilityDiagramOptions): Parts<StabilityDiagram> {
  const { stepSizes, batchSizes, sampling = "subset", exponent = { budget: 2 ** 18 } } = options;
  if (stepSizes.length === 0 || batchSizes.length === 0)
    throw new RangeError(
      `stabilityDiagram: ${stepSizes.length} step sizes and ${batchSizes.length} batch sizes given; at least one of each is needed`,
    );
  const meanSquare = batchSizes.map((batchSize) => meanSquareStability(gram, { batchSize, sampling }));
  const cells: StabilitySign[][] = [];
  for (const [b, batchSize] of batchSizes.entries()) {
    const row: StabilitySign[] = [];
    for (const stepSize of stepSizes)
      row.push(yield* stabilitySignInParts(gram, { stepSize, batchSize, sampling, meanSquare: meanSquare[b]!, exponent }));
    cells.push(row);
  }
  return {
    stepSizes,
    batchSizes,
    cells,
    meanSquare: Float64Array.from(meanSquare, (threshold) => threshold.value),
    wuMaE: Float64Array.from(batchSizes, (batchSize) => wuMaE(gram, { batchSize, sampling }).threshold.value),
    gradientDescent: gramStability(gram, { stepSize: stepSizes[0]! }).threshold.value,
  };
}
