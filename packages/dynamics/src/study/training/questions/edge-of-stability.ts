import { z } from "zod";
import {
  edgeOfStability as judge,
  type CurvatureSeries,
  type EdgeOfStabilityVerdict,
} from "../../../analysis/edge-of-stability.js";
import { lookup } from "../../../core/lookup.js";
import { memoryless } from "../../../core/memory.js";
import { count, percent, show } from "../../words.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import type { Question } from "../question.js";
import { optimizers } from "../../../training/optimizers/index.js";
import type { Optimizer } from "../../../training/optimizers/optimizer.js";
import type { SharpnessAsker } from "./sharpness.js";

const schema = z
  .strictObject({
    type: z.literal("edge-of-stability"),
    tolerance: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.05)
      .describe("Half-width of the band around the threshold that counts as the edge"),
    window: z
      .int()
      .min(1)
      .optional()
      .describe("Number of last measurements whose median decides; default: a tenth of them, 5 to 100"),
  })
  .describe("Whether the run is stable, at the edge of stability or beyond it, and since when; needs sharpness");

type Spec = z.infer<typeof schema>;

/** Of a run that began above its threshold: when it was below, and when it came back. */
interface Passed {
  readonly below: number | undefined;
  readonly again: number | undefined;
}

function startedAbove({ time, sharpness }: CurvatureSeries, threshold: number, tolerance: number): Passed | undefined {
  const low = (1 - tolerance) * threshold;
  if (!(sharpness[0]! > threshold)) return undefined;
  const below = sharpness.findIndex((s) => s < low);
  const again = below < 0 ? -1 : sharpness.findIndex((s, i) => i > below && s >= low);
  return { below: time[below], again: time[again] };
}

/** Where training stands, for a reader who has not met the words before. */
function explain(
  verdict: EdgeOfStabilityVerdict,
  threshold: number,
  time: number,
  measurements: number,
  { name, preconditioner, thresholdAt }: Optimizer,
  passed: Passed | undefined,
): string[] {
  const { regime, ratio, tolerance, window, reachedAt } = verdict;
  if (regime === "unknown")
    return ["Where training stands against its stability threshold is unknown: no finite sharpness was measured."];
  const where = {
    stable: "Training is STABLE: in no direction is the loss sharper than this step size can bear.",
    "at the edge": "Training is AT THE EDGE OF STABILITY: the loss is as sharp as this step size can bear.",
    beyond:
      "Training is BEYOND the threshold: in the leading direction a quadratic loss would throw the run off, and it depends on the higher orders of the loss whether this one stays.",
  }[regime];
  // With a schedule the sharpness is judged in units of the threshold of each step.
  const moved = thresholdAt(time) !== threshold;
  const measured = moved
    ? `Over the last ${count(window, "measurement")} the ${preconditioner ? "effective sharpness" : "sharpness"} is ${percent(ratio, 4)} of the threshold of its step (median), which the schedule has moved from ${show(threshold)} to ${show(thresholdAt(time))}.`
    : `The ${preconditioner ? "effective sharpness (largest eigenvalue of the preconditioned Hessian" : "sharpness (largest Hessian eigenvalue"}, median of the last ${count(window, "measurement")}) is ${show(ratio * threshold)}, ` +
      `which is ${percent(ratio, 4)} of the threshold ${name === "gradient-descent" ? "2/η" : `of ${name}`} = ${show(threshold)}.`;
  const when =
    passed !== undefined
      ? `It began above the threshold, ${preconditioner ? "with a preconditioner that was still forming, " : ""}and was below it ${passed.below === undefined ? "at no measurement" : `first at step ${show(passed.below, 12)}${passed.again === undefined ? "" : `; it came back to within ${percent(tolerance)} of it at step ${show(passed.again, 12)} of ${show(time, 12)}`}`}.`
      : Number.isNaN(reachedAt)
        ? `At none of the ${count(measurements, "measurement")} in ${count(time, "step")} was it within ${percent(tolerance)} of the threshold.`
        : `It first came within ${percent(tolerance)} of the threshold, or above it, at step ${show(reachedAt, 12)} of ${show(time, 12)}.`;
  return [where, measured, when];
}

export const edgeOfStability: Question<Spec> = {
  name: "edge-of-stability",
  description: "whether a training run is stable, at the edge or beyond its stability threshold, and since when",
  schema,
  needs: ["sharpness"],
  attach({ tolerance, window }, { run, batchSize, sampling, data, optimizer }, others) {
    const { effective: points } = others.get("sharpness") as SharpnessAsker;
    const { threshold, thresholdAt } = run.optimizer;
    return {
      ...memoryless,
      // A constant threshold is a fact; one that a schedule moves is a curve.
      ...(optimizer.schedule
        ? {
            columns: [
              {
                name: "stability_threshold",
                unit: "loss/parameter^2",
                description: "stability threshold of the step size in that step",
              },
            ],
            values: (time: number) => [thresholdAt(time)],
          }
        : {}),
      conclude({ status, time }): Conclusion {
        // A schedule moves the threshold: each measurement counts by its share of the threshold of its own step.
        const series = {
          time: points.map((p) => p.time),
          sharpness: points.map((p) => p.pairs.value[0]! * (threshold / thresholdAt(p.time))),
        };
        const verdict = judge(series, { threshold, tolerance, ...(window === undefined ? {} : { window }) });
        const source = "Cohen, Kaur, Li, Kolter, Talwalkar 2021";
        const limit: Answer = {
          name: "stability_threshold",
          label: `stability threshold of ${run.optimizer.name}`,
          value: threshold,
          error: 0,
          unit: run.optimizer.preconditioner ? "1/step size" : "loss/parameter^2",
          status: "ok",
          method: `exact, on a quadratic loss: ${lookup("optimizer", optimizers, optimizer.type).description}`,
          sources: ["Cauchy 1847"],
          cost: {},
        };
        // A run that left the finite numbers stands nowhere; its own explanation says what happened.
        if (status === "diverged") return { answers: [limit], sentences: [], facts: { regime: "diverged", threshold } };
        const ratio: Answer = {
          name: "sharpness_over_threshold",
          label: `median sharpness over threshold, last ${count(verdict.window, "measurement")}`,
          value: verdict.ratio,
          error: verdict.window > 0 ? spread(series.sharpness.slice(-verdict.window)) / threshold : NaN,
          unit: "1",
          status: verdict.status,
          method: "median of the last measurements; the error is half their interquartile range",
          sources: [source],
          cost: {},
        };
        return {
          answers: [limit, ratio],
          sentences: [
            ...explain(verdict, threshold, time, points.length, run.optimizer, startedAbove(series, threshold, tolerance)),
            ...(batchSize === undefined || (sampling === "subset" && batchSize === data.train.samples)
              ? []
              : [`The threshold is that of full batches; this run took batches of ${batchSize}.`]),
          ],
          facts: {
            regime: verdict.regime,
            ratio: verdict.ratio,
            threshold,
            tolerance,
            reachedAt: verdict.reachedAt,
          },
        };
      },
    };
  },
};

/** Half the interquartile range. */
function spread(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const quantile = (q: number): number => {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
  };
  return sorted.length === 0 ? NaN : 0.5 * (quantile(0.75) - quantile(0.25));
}
