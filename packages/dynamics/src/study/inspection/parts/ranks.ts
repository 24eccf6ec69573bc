import { learningPhase } from "../../../analysis/learning-phase.js";
import { answerOf } from "../../conclusion.js";
import { layerRanks } from "../../training/layer-ranks.js";
import { withError } from "../../words.js";
import type { Part } from "../part.js";
import { firstRows, layeredOnly } from "../first-rows.js";

const MOST_SAMPLES = { full: 4000, quick: 500 };
const PHASES = {
  early: "early layers sort more steeply than late ones",
  late: "late layers sort more steeply than early ones",
  merged: "early and late layers sort alike",
  unsorted: "no hidden layer sorts",
  unknown: undefined,
};

/** How steeply each layer ranks the samples by class. */
export const ranks: Part = {
  name: "ranks",
  description: "slopes of the rank probability distributions, by layer: how far units sort samples by class",
  refusal: (subject) =>
    layeredOnly(subject) ??
    (subject.labels === undefined
      ? "the targets are numbers and no classes"
      : subject.architecture.outputs < 2
        ? "it takes one output a class, two at least"
        : undefined),
  seconds({ layered, data, architecture }, { forward, compile }, level) {
    const samples = Math.min(MOST_SAMPLES[level], data.samples);
    const units = layered!.widths.slice(1).reduce((a, b) => a + b, 0);
    const depth = architecture.layerMaps.length;
    return 2 * compile + (depth * forward * samples) / data.samples + units * samples * architecture.outputs * 1e-7;
  },
  ask({ architecture, theta, data, labels }, level) {
    const { samples, inputs } = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
    const { at, bins } = layerRanks(architecture, { samples, inputs, labels: labels!.slice(0, samples) });
    const found = at(theta);
    const name = (l: number): string => (l === found.length - 1 ? "outputs" : `layer ${l + 1}`);
    const hidden = found.slice(0, -1);
    const trend = learningPhase({ slopes: hidden.map((d) => d.value), errors: hidden.map((d) => d.error) });
    const said = PHASES[trend.phase];
    return Promise.resolve({
      answers: [
        ...found.map((d, l) => answerOf(`rank_slope_${l + 1}`, `slope of the rank distribution, ${name(l)}`, d)),
        ...(said ? [answerOf("rank_trend", "rise of the slopes over the hidden layers", trend)] : []),
      ],
      sentences: found.every((d) => d.status === "ok")
        ? [
            `The units sort the samples by class with the slopes ${found.map((d, l) => `${withError(d.value, d.error)} (${name(l)})`).join(", ")}: 0 is no order, 6 the most for small classes${said ? `; ${said} (by two standard errors)` : ""}.`,
          ]
        : [],
      ...(said ? { facts: { learningPhase: trend.phase } } : {}),
      columns: [
        {
          name: "rank_slope",
          unit: "1",
          description: "slope of the rank distribution of the fields, by class",
          values: found.map((d) => d.value),
        },
        {
          name: "rank_slope_error",
          unit: "1",
          description: "its standard error, over samples and units",
          values: found.map((d) => d.error),
        },
      ],
      arrays: {
        rank_density: { shape: [found.length, bins], data: Float64Array.from(found.flatMap((d) => Array.from(d.density))) },
      },
    });
  },
};
