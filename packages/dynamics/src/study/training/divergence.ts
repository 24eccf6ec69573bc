import { sharpness } from "../../analysis/sharpness.js";
import type { Bench } from "./bench.js";
import type { SharpnessAsker } from "./questions/sharpness.js";
import { count, show } from "../words.js";

/** Loss at the rows of the series. */
export interface LossRow {
  readonly time: number;
  readonly loss: number;
}

/**
 * What to tell about a run that left the finite numbers.
 *
 * *Arguments*: `after`: the last step with finite parameters; `rows`: the losses on the way; `asker`: the sharpness measured on the way, if any;
 * `initial`: the initial state, where it is measured otherwise.
 * *Returns*: sentences and facts: the step, the last finite loss, and the largest step size that is stable at the last measured point whose
 * loss was not yet above the initial one (2 / lambda for gradient descent).
 */
export function explainDivergence(
  { run, seed }: Bench,
  after: number,
  rows: readonly LossRow[],
  learningRate: number,
  asker: SharpnessAsker | undefined,
  initial: Float64Array,
): { sentences: string[]; facts: Record<string, number | null> } {
  const finite = rows.findLast((r) => Number.isFinite(r.loss));
  const sound = new Set(rows.filter((r) => r.loss <= rows[0]!.loss).map((r) => r.time));
  let point = asker?.effective.findLast((p) => sound.has(p.time) && p.pairs.value[0]! > 0);
  if (!point) {
    run.reset(initial);
    point = sharpness({ time: run.time, hessian: (_, m) => run.effectiveHessian(m) }, { seed }).measure();
  }
  const lambda = point.pairs.value[0]!;
  // The threshold is inversely proportional to the step size (up to what weight decay takes off).
  const largest = lambda > 0 ? (learningRate * run.optimizer.threshold) / lambda : NaN;
  const sentences = [
    `The run DIVERGED: after ${count(after, "step")} the parameters are no longer finite numbers.`,
    finite
      ? `The last finite loss measured is ${show(finite.loss)}, at step ${show(finite.time, 12)}.`
      : "No finite loss was measured.",
    lambda > 0
      ? `At step ${show(point.time, 12)}, before the loss grew, the ${run.optimizer.preconditioner ? "effective " : ""}sharpness was λ = ${show(lambda)}: locally stable are step sizes below ${run.optimizer.name === "gradient-descent" ? "2/λ = " : ""}${show(largest)}, and this run has η = ${show(learningRate)}.`
      : `The sharpness before the loss grew is ${show(lambda)}, which sets no limit to the step size.`,
    lambda > 0 && learningRate < largest
      ? "So the step was not too large at first; a smaller one, smaller initial weights or data of a smaller scale may still help."
      : "Take a smaller learning rate, smaller initial weights, or data of a smaller scale.",
  ];
  return {
    sentences,
    facts: {
      divergedAfter: after,
      lastFiniteLoss: finite?.loss ?? NaN,
      lastFiniteLossAt: finite?.time ?? NaN,
      sharpness: lambda,
      sharpnessAt: point.time,
      largestStableStep: largest,
    },
  };
}
