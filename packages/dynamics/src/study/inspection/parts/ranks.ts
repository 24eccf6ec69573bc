import { learningPhase } from "../../../analysis/learning-phase.js";
import type { RankDistribution } from "../../../analysis/rank-distribution.js";
import { chooseSites } from "../../../networks/site-choice.js";
import { answerOf } from "../../conclusion.js";
import { layerRanks } from "../../training/layer-ranks.js";
import { siteRanks } from "../../training/site-ranks.js";
import { withError } from "../../words.js";
import {
  activationPlaces,
  alone,
  CHOOSING,
  layerPlaces,
  making,
  MOST_ACTIVATIONS,
  reached,
  shortly,
  withoutActivations,
  type Places,
} from "../activations.js";
import type { Bench, Level, Part, PartAnswer } from "../part.js";
import { firstRows } from "../first-rows.js";

const MOST_SAMPLES = { full: 4000, quick: 500 };
/** Samples over which derivatives that depend on them are averaged. */
const SLOPES = { full: 100, quick: 20 };
const BINS = 20;

/** How steeply each layer ranks the samples by class. */
export const ranks: Part = {
  name: "ranks",
  description: "slopes of the rank probability distributions, by layer or activation: how far units sort samples by class",
  refusal: (subject) =>
    withoutActivations(subject) ??
    (subject.labels === undefined
      ? "the targets are numbers and no classes"
      : subject.architecture.outputs < 2
        ? "it takes one output a class, two at least"
        : undefined),
  seconds(subject, { forward, compile }, level) {
    const { layered, data, architecture } = subject;
    const samples = Math.min(MOST_SAMPLES[level], data.samples);
    const pass = (forward * samples) / data.samples;
    const sorted = (units: number): number => units * samples * architecture.outputs * 1e-7;
    if (layered)
      return 2 * compile + architecture.layerMaps.length * pass + sorted(layered.widths.slice(1).reduce((a, b) => a + b, 0));
    const reach = reached(subject);
    const { sites } = reach;
    const most = MOST_ACTIVATIONS[level];
    const count = Math.min(sites.length, most.sites);
    const units = sites.reduce((sum, s) => sum + Math.min(s.units, most.units), 0) / sites.length;
    const made = making(reach, { compile });
    // A derivative that depends on the sample is a mean over many.
    const chosen = chooseSites(reach, architecture.outputs, most).sites;
    const bent = chosen.filter((c) => reach.bends(c + 1).length > 0).length;
    const derivatives = bent * Math.min(samples, SLOPES[level]) + count - bent;
    return (
      made.runs +
      (bent > 0 && bent < count ? 2 : 1) * made.slopes +
      CHOOSING * pass +
      derivatives * architecture.outputs * alone(reach, forward, data.samples) +
      count * sorted(units)
    );
  },
  ask(bench, level) {
    const { found, places, notes } = sorted(bench, level);
    const [thing, things] = bench.layered ? ["layer", "layers"] : ["activation", "activations"];
    const phases = {
      early: `early ${things} sort more steeply than late ones`,
      late: `late ${things} sort more steeply than early ones`,
      merged: `early and late ${things} sort alike`,
      unsorted: `no ${bench.layered ? "hidden " : ""}${thing} sorts`,
      unknown: undefined,
    };
    const name = (l: number): string => (l === found.length - 1 ? "outputs" : places.title(places.numbers[l]!));
    const number = (l: number): number => (l === found.length - 1 ? places.numbers[l - 1]! + 2 : places.numbers[l]! + 1);
    const hidden = found.slice(0, -1);
    const trend = learningPhase({ slopes: hidden.map((d) => d.value), errors: hidden.map((d) => d.error) });
    const said = phases[trend.phase];
    const sound = found.flatMap((d, l) => (d.status === "ok" ? [{ ...d, name: name(l) }] : []));
    return Promise.resolve({
      answers: [
        ...found.map((d, l) => answerOf(`rank_slope_${number(l)}`, `slope of the rank distribution, ${name(l)}`, d)),
        ...(said ? [answerOf("rank_trend", "rise of the slopes over the hidden layers", trend)] : []),
      ],
      sentences: [
        ...(sound.length === found.length
          ? [
              `The units sort the samples by class with the slopes ${shortly(
                sound.map((d) => `${withError(d.value, d.error)} (${d.name})`),
                bench.layered ? Infinity : undefined,
              )}: 0 is no order, 6 the most for small classes${said ? `; ${said} (by two standard errors)` : ""}.`,
            ]
          : []),
        ...notes,
      ],
      ...merged(
        places.kept([
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
        ]),
        {
          ...(said ? { facts: { learningPhase: trend.phase } } : {}),
          arrays: {
            rank_density: { shape: [found.length, BINS], data: Float64Array.from(found.flatMap((d) => Array.from(d.density))) },
          },
        },
      ),
    });
  },
};

const merged = (a: Pick<PartAnswer, "columns" | "arrays" | "facts">, b: typeof a): typeof a => ({
  ...a,
  arrays: { ...a.arrays, ...b.arrays },
  facts: { ...a.facts, ...b.facts },
});

interface Sorted {
  /** The outputs last. */
  readonly found: readonly RankDistribution[];
  readonly places: Places;
  readonly notes: readonly string[];
}

/** By layer where layers are all that there is, by activation elsewhere. */
function sorted({ architecture, theta, data, labels, layered, seed, threads }: Bench, level: Level): Sorted {
  const { samples, inputs } = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
  const given = { samples, inputs, labels: labels!.slice(0, samples) };
  if (layered)
    return { found: layerRanks(architecture, given).at(theta), places: layerPlaces(architecture.layerMaps.length), notes: [] };
  const options = { ...MOST_ACTIVATIONS[level], seed, slopes: SLOPES[level], ...(threads ? { threads } : {}) };
  const ranked = siteRanks(architecture, given, options);
  const { distributions, averaged, over } = ranked.at(theta);
  const places = activationPlaces(ranked.sites, ranked.choice);
  return {
    found: distributions,
    places,
    notes: [
      ...(ranked.choice.said ? [`Ranks are those of ${ranked.choice.said}.`] : []),
      ...(averaged.length > 0
        ? [
            `Where what lies above is no linear map the signs are those of the mean derivative over ${over} samples: ${places.these(averaged)}.`,
          ]
        : []),
    ],
  };
}
