import { z } from "zod";
import { batchSharpness as make } from "../../../training/batch-sharpness.js";
import type { Answer, Conclusion } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { count, percent, show, withError } from "../../words.js";
import type { OptimizerSpec } from "../optimizer.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("batch-sharpness"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
    batches: z.int().min(2).max(100_000).default(64).describe("Batches drawn for one measurement"),
  })
  .describe("Curvature along the gradients of batches, beside the plateaus of theory for small and large batches");

type Spec = z.infer<typeof schema>;

type Memory = { readonly times: Float64Array; readonly values: Float64Array; readonly errors: Float64Array };

/** Where the batch sharpness is said to settle, in units of 1 / eta: with small batches, and with large ones. */
const plateaus = ({ type, ...rest }: OptimizerSpec): { small: number; large: number } | undefined => {
  const beta = type === "gradient-descent" ? 0 : type === "heavy-ball" ? (rest as unknown as { momentum: number }).momentum : NaN;
  return Number.isNaN(beta) ? undefined : { small: 2 * (1 - beta), large: 2 * (1 + beta) };
};

export const batchSharpness: Question<Spec> = {
  name: "batch-sharpness",
  description: "curvature along the gradients of batches, where SGD meets its edge of stability; beside the plateaus of theory",
  schema,
  attach({ every, batches }, { run, data, loss, seed, optimizer, learningRate, batchSize, sampling }) {
    if (batchSize === undefined || sampling === undefined)
      refuse(["type"], "the batch sharpness is that of small batches; give system.batches a size, or ask for sharpness");
    const measureAt = make({ architecture: run.architecture, data: data.train, loss, batchSize, sampling, batches, seed });
    let points: { time: number; value: number; error: number }[] = [];
    const { threshold, thresholdAt } = run.optimizer;
    return {
      every,
      measure(time) {
        const { value, error } = measureAt(run.parameters, time);
        points.push({ time, value, error });
      },
      columns: [
        {
          name: "batch_sharpness",
          unit: "loss/parameter^2",
          description: "E[g . H g] / E[|g|^2] over batches, g and H of the same batch",
        },
        { name: "batch_sharpness_error", unit: "loss/parameter^2", description: "its standard error over batches" },
      ],
      values(now) {
        const last = points.at(-1);
        return last?.time === now ? [last.value, last.error] : [NaN, NaN];
      },
      remember: () => ({
        times: Float64Array.from(points, (p) => p.time),
        values: Float64Array.from(points, (p) => p.value),
        errors: Float64Array.from(points, (p) => p.error),
      }),
      recall(memory: Memory) {
        points = Array.from(memory.times, (time, i) => ({ time, value: memory.values[i]!, error: memory.errors[i]! }));
      },
      conclude({ status }): Conclusion {
        if (status === "diverged") return { answers: [], sentences: [] };
        // A schedule moves the step size: each measurement counts in units of its own.
        const half = points.slice(Math.floor(points.length / 2));
        const late = half.filter((p) => Number.isFinite(p.value));
        // Where all data are met every batch has the gradient 0, and no direction.
        const why =
          half.length >= 2
            ? "the gradients of batches are 0 in the second half of the run, so they have no direction: the run passes through its data; look at a shorter one"
            : "the run was too short for two measurements in its second half; measure more often or take more steps";
        const shares = late.map((p) => (p.value * learningRate * threshold) / thresholdAt(p.time));
        const n = shares.length;
        const mean = shares.reduce((s, v) => s + v, 0) / n;
        const error = Math.sqrt(shares.reduce((s, v) => s + (v - mean) ** 2, 0) / (n * (n - 1)));
        const known = n >= 2;
        const answer: Answer = {
          name: "step_size_times_batch_sharpness",
          label: `step size times batch sharpness, mean of the last ${count(n, "measurement")}`,
          value: known ? mean : NaN,
          error: known ? error : NaN,
          unit: "1",
          status: known ? "ok" : half.length >= 2 ? "not-converged" : "step-limit",
          method: `ratio of means over ${batches} batches of ${batchSize}; the error is that of the mean over the second half of the run, whose drift it contains`,
          sources: ["Andreyev, Beneventano 2024"],
          cost: { products: points.length * batches },
          ...(known ? {} : { explanation: why }),
        };
        if (!known)
          return {
            answers: [answer],
            sentences: [`The batch sharpness is unknown: ${why}.`],
          };
        const levels = plateaus(optimizer);
        const beside = levels
          ? levels.small === levels.large
            ? `Theory expects it to rise to 2 and stay: it is at ${percent(mean / 2)} of that.`
            : `Theory expects it to settle at 2(1 − β) = ${show(levels.small)} for small batches and at 2(1 + β) = ${show(levels.large)} for large ones: it is at ${percent(mean / levels.small)} of the first and at ${percent(mean / levels.large)} of the second.`
          : `For ${optimizer.type} no plateau is known.`;
        return {
          answers: [answer],
          sentences: [
            `Over the second half of the run the step size times the batch sharpness, the curvature along the gradients of batches of ${batchSize}, is ${withError(mean, error)}. ${beside}`,
          ],
          facts: { etaBatchSharpness: mean, plateauSmall: levels?.small ?? null, plateauLarge: levels?.large ?? null },
        };
      },
    };
  },
};
