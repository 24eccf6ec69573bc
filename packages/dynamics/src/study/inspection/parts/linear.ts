import { linearMaps } from "../../../networks/linear-map.js";
import type { Likeness } from "../../../networks/likeness.js";
import { siteLinearMaps, type SiteLinearMap } from "../../../networks/site-linear-maps.js";
import { answerOf } from "../../conclusion.js";
import { percent } from "../../words.js";
import {
  activationPlaces,
  CHOOSING,
  layerPlaces,
  making,
  MOST_ACTIVATIONS,
  reached,
  shortly,
  withoutActivations,
  type Places,
} from "../activations.js";
import { firstRows } from "../first-rows.js";
import type { Bench, Level, Part } from "../part.js";

const MOST_SAMPLES = { full: 4000, quick: 500 };

/** How well the network is replaced by a linear map from each layer up. */
export const linear: Part = {
  name: "linear",
  description: "linear substitution maps: the activations above each layer left out, with relative error and accuracy",
  refusal: withoutActivations,
  seconds(subject, { forward, compile }, level) {
    const { data, architecture, layered } = subject;
    const pass = (forward * Math.min(MOST_SAMPLES[level], data.samples)) / data.samples;
    if (layered) return 2 * compile + architecture.layerMaps.length * pass;
    const found = reached(subject);
    return making(found, { compile }).runs + CHOOSING * (1 + Math.min(found.sites.length, MOST_ACTIVATIONS[level].sites)) * pass;
  },
  ask(bench, level) {
    const { labels } = bench;
    const { replaced, itself, places, notes } = replacements(bench, level);
    const sound = replaced.filter((m) => m.error.status === "ok");
    const columns = (value: (m: Likeness) => number): number[] =>
      // The map from layer l up replaces what stands behind layer l + 1.
      places.numbers.map((_, i) => (replaced[i] ? value(replaced[i]) : NaN));
    return Promise.resolve({
      answers: [
        ...replaced.flatMap((m) => [
          answerOf(`linear_map_error_${m.from}`, `relative error of ${m.title}`, m.error),
          ...(labels ? [answerOf(`linear_map_accuracy_${m.from}`, `accuracy of ${m.title}`, m.accuracy)] : []),
        ]),
        ...(labels ? [answerOf(`linear_map_accuracy_${itself.from}`, "accuracy of the network itself", itself.accuracy)] : []),
      ],
      sentences: [
        ...(sound.length
          ? [
              `Leaving out the activations changes the outputs ${shortly(
                sound.map(
                  (m) => `by ${percent(m.error.value)} ${m.place}${labels ? ` (accuracy ${percent(m.accuracy.value)})` : ""}`,
                ),
                bench.layered ? Infinity : undefined,
              )}${labels ? `; the network itself gets ${percent(itself.accuracy.value)} right` : ""}.`,
            ]
          : []),
        ...notes,
      ],
      ...places.kept([
        {
          name: "linear_map_error",
          unit: "1",
          description: "relative error of the network without the activations from this layer on",
          values: columns((m) => m.error.value),
        },
        ...(labels
          ? [
              {
                name: "linear_map_accuracy",
                unit: "1",
                description: "its accuracy",
                values: columns((m) => m.accuracy.value),
              },
            ]
          : []),
      ]),
    });
  },
};

/** The network without some of its activations. */
interface Replacement extends Likeness {
  /** So many activations, or layers, are kept. */
  readonly from: number;
  readonly title: string;
  readonly place: string;
}

interface Replacements {
  readonly replaced: readonly Replacement[];
  readonly itself: Likeness & { readonly from: number };
  readonly places: Places;
  readonly notes: readonly string[];
}

/** By layer where layers are all that there is, by activation elsewhere. */
function replacements({ architecture, theta, data, labels, layered, seed, threads }: Bench, level: Level): Replacements {
  const { samples, inputs } = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
  const given = { samples, inputs, ...(labels ? { labels: labels.slice(0, samples) } : {}) };
  if (layered) {
    const { maps } = linearMaps(architecture, given, threads).at(theta);
    const place = (from: number): string => `from layer ${from} up`;
    return {
      replaced: maps.slice(0, -1).map((m) => ({ ...m, place: place(m.from), title: `the linear map ${place(m.from)}` })),
      itself: maps.at(-1)!,
      places: layerPlaces(architecture.layerMaps.length),
      notes: [],
    };
  }
  const found = siteLinearMaps(architecture, given, { ...MOST_ACTIVATIONS[level], seed, ...(threads ? { threads } : {}) });
  const places = activationPlaces(found.sites, found.choice);
  const maps = found.maps(theta);
  const place = (from: number): string => `from ${places.title(from)} on`;
  return {
    replaced: maps.slice(0, -1).map((m) => ({
      ...m,
      place: place(m.from),
      title: `${m.bends.length > 0 ? "the network (no linear map)" : "the linear map"} without activations ${place(m.from)}`,
    })),
    itself: maps.at(-1)!,
    places,
    notes: [remains(maps.slice(0, -1), places)],
  };
}

/** What is not linear without activations, in a sentence. */
function remains(maps: readonly SiteLinearMap[], places: Places): string {
  const kinds = [...new Set(maps.map((m) => m.bends.join(", ")))];
  const [kind] = kinds;
  if (kinds.length === 1)
    return kind === ""
      ? "What is left is a linear map, of the inputs or of the last activation that is kept."
      : `What is left is no linear map: it still holds ${kind}.`;
  const parts = kinds.map((k) => {
    const from = places.these(maps.filter((m) => m.bends.join(", ") === k).map((m) => m.from));
    return `from ${from} on ${k === "" ? "it is one" : `it still holds ${k}`}`;
  });
  return `What is left is no linear map everywhere: ${parts.join("; ")}.`;
}
