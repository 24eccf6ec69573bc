import { z } from "zod";
import { memoryless } from "../../../core/memory.js";
import { linearMaps, type LinearMap } from "../../../networks/linear-map.js";
import { answerOf, type Answer } from "../../conclusion.js";
import { blame } from "../../supervised.js";
import { percent } from "../../words.js";
import { firstSamples, preferTest } from "../classes.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("linear-map"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
    samples: z
      .int()
      .min(2)
      .max(100_000)
      .default(1000)
      .describe("Samples to measure on: of those held back where there are any, of the training set otherwise"),
  })
  .describe("Linear substitution maps from each layer up: their relative error and their accuracy");

type Spec = z.infer<typeof schema>;

export const linearMap: Question<Spec> = {
  name: "linear-map",
  description: "how well the network is replaced by a linear map from each layer up: relative error and accuracy",
  schema,
  attach({ every, samples: most }, bench) {
    const { run, classes } = bench;
    const data = firstSamples(bench, preferTest(bench), most);
    const program = blame(["type"], () => linearMaps(run.network.architecture, { ...data, labels: data.labels }));
    const depth = run.architecture.layerMaps.length;
    // From the last layer up the map is the network itself.
    const starts = Array.from({ length: depth - 1 }, (_, l) => l);
    let maps: readonly LinearMap[] = [];
    let at = NaN;
    return {
      every,
      columns: starts.flatMap((l) => [
        { name: `linear_map_error_${l}`, unit: "1", description: `relative error of the linear map from layer ${l} up` },
        ...(classes
          ? [{ name: `linear_map_accuracy_${l}`, unit: "1", description: `accuracy of the linear map from layer ${l} up` }]
          : []),
      ]),
      measure(time) {
        maps = program.at(run.network.parameters).maps;
        at = time;
      },
      values: (time) =>
        starts.flatMap((l) => {
          const map = at === time ? maps[l] : undefined;
          return [map?.error.value ?? NaN, ...(classes ? [map?.accuracy.value ?? NaN] : [])];
        }),
      // The last visit measures anew.
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged" || maps.length === 0) return { answers: [], sentences: [] };
        const where = `on ${data.samples} ${data.set} samples`;
        const answers = maps.flatMap(({ from, error, accuracy }): Answer[] => [
          ...(from < depth - 1
            ? [answerOf(`linear_map_error_${from}`, `relative error of the linear map from layer ${from} up, ${where}`, error)]
            : []),
          ...(classes
            ? [
                answerOf(
                  `linear_map_accuracy_${from}`,
                  `accuracy of ${from < depth - 1 ? `the linear map from layer ${from} up` : "the network itself"}, ${where}`,
                  accuracy,
                ),
              ]
            : []),
        ]);
        const sound = maps.slice(0, -1).filter((m) => m.error.status === "ok");
        const list = sound
          .map(
            (m) =>
              `by ${percent(m.error.value)} from layer ${m.from} up${classes ? ` (accuracy ${percent(m.accuracy.value)})` : ""}`,
          )
          .join(", ");
        return {
          answers,
          sentences: sound.length
            ? [
                `Replacing the activations by the identity changes the outputs ${where} ${list}${classes ? `; itself it gets ${percent(maps.at(-1)!.accuracy.value)} right` : ""}.`,
              ]
            : [],
          arrays: {
            linear_map_errors: { shape: [maps.length], data: Float64Array.from(maps, (m) => m.error.value) },
            linear_map_accuracies: { shape: [maps.length], data: Float64Array.from(maps, (m) => m.accuracy.value) },
          },
          facts: { linearMapSamples: data.samples },
        };
      },
    };
  },
};
