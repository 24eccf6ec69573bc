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

export type AccuracyPoint = {
  readonly time: number;
  readonly train: number;
  readonly test: number;
  /** Of training samples in evaluation mode, where that differs from training mode. */
  readonly evaluated: number;
};

/** The accuracy question at work, with what it has measured; NaN for what there is not. */
export interface AccuracyAsker extends Asker {
  readonly points: readonly AccuracyPoint[];
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
    const normed = run.architecture.running !== undefined;
    let measured = { time: NaN, loss: NaN, accuracy: NaN, evaluated: NaN };
    let last = NaN;
    const points: AccuracyPoint[] = [];
    return {
      points,
      every,
      columns: [
        {
          name: "accuracy",
          unit: "1",
          description: `share of training samples whose class is right${normed ? ", all as one batch in training mode" : ""}`,
        },
        ...(normed
          ? [
              {
                name: "evaluation_accuracy",
                unit: "1",
                description: "the same in evaluation mode, with the running statistics",
              },
            ]
          : []),
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
        measured = { time, loss, accuracy: right, evaluated: normed ? run.evaluate(data.train).accuracy : NaN };
      },
      values(time) {
        const known = measured.time === time;
        if (known) {
          last = bench.seen.accuracy;
          points.push({ time, train: last, test: test ? measured.accuracy : NaN, evaluated: measured.evaluated });
        }
        const row = [last, ...(normed ? [measured.evaluated] : []), ...(test ? [measured.loss, measured.accuracy] : [])];
        return known ? row : row.map(() => NaN);
      },
      remember: () => ({ measured, last, points: [...points] }),
      recall(memory: { measured: typeof measured; last: number; points: AccuracyPoint[] }) {
        ({ measured, last } = memory);
        points.splice(0, Infinity, ...memory.points);
      },
      conclude({ status }) {
        if (status === "diverged" || !Number.isFinite(last)) return { answers: [], sentences: [] };
        const answers = [share("accuracy", "training accuracy", last, data.train.samples)];
        if (normed)
          answers.push(
            share("evaluation_accuracy", "training accuracy in evaluation mode", measured.evaluated, data.train.samples),
          );
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
