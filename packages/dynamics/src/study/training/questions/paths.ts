import { z } from "zod";
import { compile, constant } from "#engine";
import { memoryless } from "../../../core/memory.js";
import type { Architecture } from "../../../networks/architecture.js";
import { oneHot, type Dataset, type Evaluation } from "../../../training/data.js";
import { refuse } from "../../problem.js";
import { count, show } from "../../words.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("paths"),
    samples: z.int().min(1).max(1000).default(60).describe("Training samples to follow, evenly spread over the data"),
  })
  .describe("The ways of samples through the trained network, in the plane of its first and its last unit");

type Spec = z.infer<typeof schema>;

/** Which of a network's states, from the input on, have the width of its body: the longest stretch of one width. */
function bodyOf({ layerMaps, inputs }: Architecture): { from: number; to: number; width: number } {
  const widths = [inputs, ...layerMaps.map((l) => l.outputs)];
  let best = { from: 0, to: 0, width: inputs };
  for (let from = 0; from < widths.length; from++) {
    let to = from;
    while (widths[to + 1] === widths[from]) to++;
    if (to - from > best.to - best.from) best = { from, to, width: widths[from]! };
  }
  return best;
}

/** The rows of a data set by number. */
function rowsOf(data: Dataset, inputs: number, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows.flatMap((i) => Array.from({ length: inputs }, (_, j) => data.inputs[i * inputs + j]!)));
}

/** Whether a single output has the targets' signs. */
function sides({ loss, predictions }: Evaluation, { samples, targets }: Dataset, outputs: number): string[] {
  if (outputs !== 1 || !Array.from(targets).some((t) => t < 0)) return [];
  const wrong = predictions.reduce((n, y, i) => n + (y < 0 === targets[i]! < 0 ? 0 : 1), 0);
  const what =
    wrong === 0
      ? `The network PARTS THE TWO SIDES: all ${count(samples, "training sample")} have an output of the right sign`
      : `The network DOES NOT PART THE TWO SIDES: ${count(wrong, "training sample")} of ${show(samples, 12)} have an output of the wrong sign`;
  return [`${what}; the loss is ${show(loss)}.`];
}

export const paths: Question<Spec> = {
  name: "paths",
  description: "the ways of samples through the layers of the trained network, in the plane of two units",
  schema,
  attach({ samples }, bench) {
    const { architecture } = bench.run.network;
    const { from, to, width } = bodyOf(architecture);
    if (width < 2 || to === from)
      refuse(
        ["type"],
        `${architecture.name} has no two states in a row of one width from 2 units on; paths are for networks that have, such as resnet and neural-ode`,
      );
    return {
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged") return { answers: [], sentences: [] };
        const { train } = bench.data;
        const chosen = Array.from({ length: Math.min(samples, train.samples) }, (_, k) =>
          Math.floor((k * train.samples) / Math.min(samples, train.samples)),
        );
        const { inputs, outputs } = architecture;
        const x = constant(rowsOf(train, inputs, chosen), [chosen.length, inputs]);
        const program = compile(
          (theta) => [x, ...architecture.layers(theta!, x)].slice(from, to + 1),
          [{ shape: [architecture.size] }],
        );
        program.inputs[0]!.set(bench.run.network.parameters);
        program.run();
        const times = to - from + 1;
        const data = new Float64Array(chosen.length * times * 2);
        program.outputs.forEach((states, t) => {
          chosen.forEach((_, i) => {
            data[(i * times + t) * 2] = states[i * width]!;
            data[(i * times + t) * 2 + 1] = states[i * width + width - 1]!;
          });
        });
        const classes = oneHot(train, outputs);
        const target = (i: number): number[] => Array.from({ length: outputs }, (_, j) => train.targets[i * outputs + j]!);
        const label = (i: number): number => (classes ? target(i).indexOf(1) : target(i)[0]! < 0 ? 0 : 1);
        return {
          answers: [],
          sentences: [
            ...sides(bench.run.evaluate(train), train, outputs),
            `The figure follows ${count(chosen.length, "sample")} through ${count(times, "state")} of ${show(width, 6)} units, in the plane of the first and the last unit.`,
          ],
          arrays: {
            paths: { shape: [chosen.length, times, 2], data },
            path_classes: { shape: [chosen.length], data: Float64Array.from(chosen, label) },
          },
          facts: { pathUnits: width, pathClasses: classes ? "classes" : "signs" },
        };
      },
    };
  },
};
