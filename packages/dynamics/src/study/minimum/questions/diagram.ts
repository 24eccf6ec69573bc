import { z } from "zod";
import type { NamedArray } from "../../conclusion.js";
import { takingTurns } from "../../asking.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { ExponentRow, MinimumAnswer, MinimumQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("phase-diagram"),
    batchSizes: z
      .array(z.int().min(1).max(1_000_000))
      .min(1)
      .max(64)
      .optional()
      .describe("Default: 1, 2, 4, 8 and 16, as far as there are samples"),
    learningRates: z
      .union([z.array(z.number().gt(0)).min(2).max(500), z.int().min(2).max(500)])
      .default(24)
      .describe(
        "Step sizes, or how many: evenly from half the condition of Wu, Ma and E for the smallest batch to 1.1 times gradient descent's threshold",
      ),
    budget: z
      .int()
      .min(1000)
      .max(2 ** 26)
      .default(2 ** 16)
      .describe("Most random products of one exponent; they end as soon as its sign is certain"),
  })
  .describe("The exponent over learning rate and batch size, with the curves of theory");

type Spec = z.infer<typeof schema>;

export const diagram: MinimumQuestion<Spec> = {
  name: "phase-diagram",
  description: "the exponent of SGD over learning rate and batch size, with the thresholds of theory",
  schema,
  weight: 4,
  async ask({ batchSizes: given, learningRates, budget }, { gram, sampling, seed }, _before, breathe) {
    const batchSizes = given ?? [1, 2, 4, 8, 16].filter((b) => b <= gram.samples);
    batchSizes.forEach((b, i) => {
      if (batchSizes.indexOf(b) < i) refuse(["batchSizes", i], `a batch of ${b} is given twice; each makes one row`);
      if (b > gram.samples && sampling === "subset")
        refuse(["batchSizes", i], `a batch of ${b} given; there are ${gram.samples} samples, and a batch takes each once`);
    });
    if (typeof learningRates !== "number")
      learningRates.forEach((rate, i) => {
        if (learningRates.indexOf(rate) < i) refuse(["learningRates", i], `${rate} is given twice; each makes one column`);
      });
    const { gramStability } = await import("../../../analysis/gram-stability.js");
    const { stabilityDiagramInParts } = await import("../../../analysis/stability-diagram.js");
    const { wuMaE } = await import("../../../analysis/wu-ma-e.js");
    const least = 0.5 * wuMaE(gram, { batchSize: Math.min(...batchSizes), sampling }).threshold.value;
    const most = 1.1 * gramStability(gram, { stepSize: least }).threshold.value;
    const stepSizes =
      typeof learningRates === "number"
        ? Array.from({ length: learningRates }, (_, i) => least + ((most - least) * i) / (learningRates - 1))
        : [...learningRates].sort((a, b) => a - b);
    const rows: ExponentRow[] = [];
    const curves: number[][] = [];
    for (const [i, batchSize] of batchSizes.entries()) {
      const turn = (): Promise<void> => breathe(i / batchSizes.length, `phase diagram, batches of ${batchSize}`);
      await turn();
      const parts = stabilityDiagramInParts(gram, {
        stepSizes,
        batchSizes: [batchSize],
        sampling,
        exponent: { budget, seed },
      });
      const line = await takingTurns(parts, turn);
      line.cells[0]!.forEach((exponent, e) => rows.push({ learningRate: stepSizes[e]!, batchSize, exponent }));
      curves.push([batchSize, line.meanSquare[0]!, line.wuMaE[0]!, line.gradientDescent]);
    }
    return conclude(rows, curves, stepSizes);
  },
};

function conclude(
  rows: readonly ExponentRow[],
  curves: readonly (readonly number[])[],
  stepSizes: readonly number[],
): MinimumAnswer {
  const decided = rows.filter((r) => r.exponent.sign !== "undecided").length;
  const array = (column: number): NamedArray => ({
    shape: [curves.length],
    data: Float64Array.from(curves, (c) => c[column]!),
  });
  return {
    rows,
    answers: [],
    sentences: [
      `The phase diagram has ${count(rows.length, "cell")}, step sizes ${show(stepSizes[0]!)} to ${show(stepSizes.at(-1)!)} and batches of ${curves.map((c) => c[0]).join(", ")}; the sign is certain in ${decided} of them.`,
    ],
    arrays: {
      diagram_learning_rate: { shape: [stepSizes.length], data: Float64Array.from(stepSizes) },
      diagram_batch_size: array(0),
      diagram_mean_square: array(1),
      diagram_wu_ma_e: array(2),
      diagram_gradient_descent: array(3),
    },
    facts: { diagramCells: rows.length, diagramUndecided: rows.length - decided },
  };
}
