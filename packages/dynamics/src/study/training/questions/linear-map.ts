import { z } from "zod";
import { memoryless } from "../../../core/memory.js";
import { hasFields, type Architecture } from "../../../networks/architecture.js";
import type { Likeness } from "../../../networks/likeness.js";
import { linearMaps, type LinearMapsInput } from "../../../networks/linear-map.js";
import { siteLinearMaps } from "../../../networks/site-linear-maps.js";
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
    const program = blame(["type"], () => mapsOf(run.network.architecture, { ...data, labels: data.labels }));
    const { starts, place, title } = program;
    let maps: readonly Map[] = [];
    let at = NaN;
    return {
      every,
      columns: starts.flatMap((l) => [
        { name: `linear_map_error_${l}`, unit: "1", description: `relative error of ${title(l)}` },
        ...(classes ? [{ name: `linear_map_accuracy_${l}`, unit: "1", description: `accuracy of ${title(l)}` }] : []),
      ]),
      measure(time) {
        maps = program.at(run.network.parameters);
        at = time;
      },
      values: (time) =>
        starts.flatMap((_, i) => {
          const map = at === time ? maps[i] : undefined;
          return [map?.error.value ?? NaN, ...(classes ? [map?.accuracy.value ?? NaN] : [])];
        }),
      // The last visit measures anew.
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged" || maps.length === 0) return { answers: [], sentences: [] };
        const where = `on ${data.samples} ${data.set} samples`;
        const answers = maps.flatMap(({ from, error, accuracy }): Answer[] => [
          ...(starts.includes(from)
            ? [answerOf(`linear_map_error_${from}`, `relative error of ${title(from)}, ${where}`, error)]
            : []),
          ...(classes
            ? [
                answerOf(
                  `linear_map_accuracy_${from}`,
                  `accuracy of ${starts.includes(from) ? title(from) : "the network itself"}, ${where}`,
                  accuracy,
                ),
              ]
            : []),
        ]);
        const sound = maps.slice(0, -1).filter((m) => m.error.status === "ok");
        const list = sound
          .map((m) => `by ${percent(m.error.value)} ${place(m.from)}${classes ? ` (accuracy ${percent(m.accuracy.value)})` : ""}`)
          .join(", ");
        return {
          answers,
          sentences: sound.length
            ? [
                `Replacing the activations by the identity changes the outputs ${where} ${list}${classes ? `; itself it gets ${percent(maps.at(-1)!.accuracy.value)} right` : ""}.`,
                ...program.notes,
              ]
            : [],
          arrays: {
            linear_map_errors: { shape: [maps.length], data: Float64Array.from(maps, (m) => m.error.value) },
            linear_map_accuracies: { shape: [maps.length], data: Float64Array.from(maps, (m) => m.accuracy.value) },
          },
          facts: { linearMapSamples: data.samples, ...program.facts },
        };
      },
    };
  },
};

interface Map extends Likeness {
  readonly from: number;
}

interface Maps {
  /** Layers, or activations where layers do not say all about them, that are kept; above the last the map is the network itself. */
  readonly starts: readonly number[];
  place(from: number): string;
  title(from: number): string;
  readonly facts: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** Those, and the network itself. */
  at(theta: ArrayLike<number>): readonly Map[];
}

function mapsOf(architecture: Architecture, data: LinearMapsInput): Maps {
  if (hasFields(architecture)) {
    const program = linearMaps(architecture, data);
    const place = (from: number): string => `from layer ${from} up`;
    return {
      starts: Array.from({ length: architecture.layerMaps.length - 1 }, (_, l) => l),
      place,
      title: (from) => `the linear map ${place(from)}`,
      facts: {},
      notes: [],
      at: (theta) => program.at(theta).maps,
    };
  }
  const { sites, choice, maps } = siteLinearMaps(architecture, data);
  const place = (from: number): string => `from activation ${from + 1} (${sites.sites[from]!.activation.name}) on`;
  const bent = choice.sites.filter((s) => sites.bends(s).length > 0);
  const bends = [...new Set(bent.flatMap((s) => sites.bends(s)))].sort();
  return {
    starts: choice.sites,
    place,
    title: (from) =>
      `${bent.includes(from) ? "the network (no linear map)" : "the linear map"} without activations ${place(from)}`,
    facts: {
      activations: choice.sites.map((s) => `${s + 1} ${sites.sites[s]!.activation.name}`).join(", "),
      ...(bends.length > 0 ? { linearMapBends: bends.join(", ") } : {}),
    },
    notes:
      bends.length > 0
        ? [
            `Without activations ${bent.length === choice.sites.length ? "it" : `from ${bent.map((s) => s + 1).join(", ")} on it`} is no linear map all the same: it still holds ${bends.join(", ")}.`,
          ]
        : [],
    at: maps,
  };
}
