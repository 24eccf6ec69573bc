import { numberOf } from "../route.js";
import type { FateOrder } from "../worker/protocol/fates.js";
import type { SgdThresholds } from "../worker/protocol/sgd.js";

/** J J^T as rows. */
export type Matrix = readonly (readonly number[])[];

export const formatMatrix = (m: Matrix): string => m.map((row) => row.join(",")).join(";");

/** 1.5,0.9;0.9,2.5 as a matrix, if it is a small symmetric one. */
export function parseMatrix(text: string | null): Matrix | undefined {
  const rows = (text ?? "").split(";").map((row) => row.split(",").map((cell) => (cell.trim() === "" ? NaN : Number(cell))));
  const good =
    rows.length <= 6 &&
    rows.every((row, i) => row.length === rows.length && row.every((v, j) => Number.isFinite(v) && v === rows[j]![i]));
  return good ? rows : undefined;
}

/** The cell of an address whose runs are shown. */
export function parseCell(query: URLSearchParams): FateOrder | undefined {
  const [stepSize, batchSize] = [numberOf(query, "rate", NaN), numberOf(query, "batch", NaN)];
  return stepSize > 0 && Number.isInteger(batchSize) && batchSize >= 1 ? { stepSize, batchSize } : undefined;
}

/** Step sizes of a study's phase diagram: every so many of the bench's. */
const EVERY = 4;

/**
 * What the bench asks, as a study: a linear network whose samples have this Gram matrix, at the chosen cell, or at half the
 * threshold of full batches where none is chosen.
 */
export function studyOf(thresholds: SgdThresholds, cell: FateOrder | undefined, row: number): string {
  const { samples, batchSizes, stepSizes, gradientDescent } = thresholds;
  const { stepSize, batchSize } = cell ?? {
    stepSize: Number((0.5 * gradientDescent).toPrecision(4)),
    batchSize: batchSizes[row]!,
  };
  const rates = Array.from(stepSizes).filter((_, i) => i % EVERY === EVERY - 1);
  return `# Near a minimum through all its data only the inner products of the samples' gradients count; a linear network without
# biases has its inputs for gradients, so these inputs have the Gram matrix of the bench.
title: Where SGD can stay, ${samples!.length} samples
seed: 0
system:
  kind: minimum
  architecture: { widths: [${samples!.length}, 1], bias: false }
  data:
    source: inline
    inputs:
${samples!.map((inputs) => `      - [${inputs.join(", ")}]`).join("\n")}
    targets: [${samples!.map(() => "[0]").join(", ")}]
  batchSize: ${batchSize}
questions:
  - { type: stability, learningRate: ${stepSize} }
  - { type: fate }
  - type: phase-diagram
    batchSizes: [${batchSizes.join(", ")}]
    learningRates: [${rates.join(", ")}]
`;
}
