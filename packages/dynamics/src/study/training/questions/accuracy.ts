import { z } from "zod";
import { refuse } from "../../problem.js";
import { percent } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Asker, Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("accuracy"),
    every: z.int().min(1).default(10).describe("Steps between measurements"),
  })
  .describe("Share of samples whose class is right, on the training set and on the samples held back");

type Spec = z.infer<typeof schema>;

const share = (name: string, label: string, value: number, samples: number): Answer => ({
  name,
  label,
  value,
  error: Math.sqrt((value * (1 - value)) / samples),
  unit: "1",
  status: "ok",
  method: `share of ${samples} samples; the error is one binomial standard error`,
  sources: [],
  cost: {},
});

/** The accuracy question at work, with what it has measured; NaN for what there is not. */
export interface AccuracyAsker extends Asker {
  readonly points: readonly { readonly time: number; readonly train: number; readonly test: number }[];
}

export const accuracy: Question<Spec> & { attach(...args: Parameters<Question<Spec>["attach"]>): AccuracyAsker } = {
  name: "accuracy",
  description: "share of samples whose class is right, in training and on samples held back",
  schema,
  attach({ every }, bench) {
    const { run, data } = bench;
    if (!bench.classes)
      refuse(
        ["type"],
        "accuracy needs classes: targets with a single 1 in each row, two columns or more; these targets are numbers to be fitted",
      );
    const { test } = data;
    let measured = { time: NaN, loss: NaN, accuracy: NaN };
    let last = NaN;
    const points: { time: number; train: number; test: number }[] = [];
    return {
      points,
      every,
      columns: [
        { name: "accuracy", unit: "1", description: "share of training samples whose class is right" },
        ...(test
          ? [
              { name: "test_loss", unit: "loss", description: "loss on the samples held back" },
              {
                name: "test_accuracy",
                unit: "1",
                description: "share of the samples held back whose class is right",
              },
            ]
          : []),
      ],
      measure(time) {
        const { loss, accuracy: right } = test ? run.evaluate(test) : measured;
        measured = { time, loss, accuracy: right };
      },
      values(time) {
        if (measured.time !== time) return [NaN, ...(test ? [NaN, NaN] : [])];
        last = bench.seen.accuracy;
        points.push({ time, train: last, test: test ? measured.accuracy : NaN });
        return [last, ...(test ? [measured.loss, measured.accuracy] : [])];
      },
      remember: () => ({ measured, last, points: [...points] }),
      recall(memory: { measured: typeof measured; last: number; points: typeof points }) {
        ({ measured, last } = memory);
        points.splice(0, Infinity, ...memory.points);
      },
      conclude({ status }) {
        if (status === "diverged" || !Number.isFinite(last)) return { answers: [], sentences: [] };
        const answers = [share("accuracy", "training accuracy", last, data.train.samples)];
        if (!test)
          return {
            answers,
            sentences: [`It gets ${percent(last)} of the training samples right; none were held back to test it.`],
          };
        answers.push(share("test_accuracy", "test accuracy", measured.accuracy, test.samples));
        return {
          answers,
          sentences: [
            `The network gets ${percent(measured.accuracy)} of the ${test.samples} test samples right, which it was not trained on, and ${percent(last)} of the training samples.`,
          ],
        };
      },
    };
  },
};
