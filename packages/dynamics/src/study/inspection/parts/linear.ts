import { linearMaps } from "../../../networks/linear-map.js";
import { answerOf } from "../../conclusion.js";
import { percent } from "../../words.js";
import { firstRows, layeredOnly } from "../first-rows.js";
import type { Part } from "../part.js";

const MOST_SAMPLES = { full: 4000, quick: 500 };

/** How well the network is replaced by a linear map from each layer up. */
export const linear: Part = {
  name: "linear",
  description: "linear substitution maps: the activations above each layer left out, with relative error and accuracy",
  refusal: layeredOnly,
  seconds({ data, architecture }, { forward, compile }, level) {
    const samples = Math.min(MOST_SAMPLES[level], data.samples);
    return 2 * compile + (architecture.layerMaps.length * forward * samples) / data.samples;
  },
  ask({ architecture, theta, data, labels, threads }, level) {
    const { samples, inputs } = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
    const classed = labels ? { labels: labels.slice(0, samples) } : {};
    const { maps } = linearMaps(architecture, { samples, inputs, ...classed }, threads).at(theta);
    const replaced = maps.slice(0, -1);
    const sound = replaced.filter((m) => m.error.status === "ok");
    const from = (l: number): string => `the linear map from layer ${l} up`;
    // The map from layer l up replaces what stands behind layer l + 1.
    const column = (value: (m: (typeof maps)[number]) => number): number[] => [...replaced.map(value), NaN];
    return Promise.resolve({
      answers: maps.flatMap((m, l) => [
        ...(l < replaced.length ? [answerOf(`linear_map_error_${l}`, `relative error of ${from(l)}`, m.error)] : []),
        ...(labels
          ? [
              answerOf(
                `linear_map_accuracy_${l}`,
                `accuracy of ${l < replaced.length ? from(l) : "the network itself"}`,
                m.accuracy,
              ),
            ]
          : []),
      ]),
      sentences: sound.length
        ? [
            `Leaving out the activations changes the outputs ${sound.map((m) => `by ${percent(m.error.value)} from layer ${m.from} up${labels ? ` (accuracy ${percent(m.accuracy.value)})` : ""}`).join(", ")}${labels ? `; the network itself gets ${percent(maps.at(-1)!.accuracy.value)} right` : ""}.`,
          ]
        : [],
      columns: [
        {
          name: "linear_map_error",
          unit: "1",
          description: "relative error of the network without the activations from this layer on",
          values: column((m) => m.error.value),
        },
        ...(labels
          ? [
              {
                name: "linear_map_accuracy",
                unit: "1",
                description: "its accuracy",
                values: column((m) => m.accuracy.value),
              },
            ]
          : []),
      ],
    });
  },
};
