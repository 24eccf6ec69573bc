import { z } from "zod";
import type { Memory } from "../../../core/memory.js";
import { learningPhase, type LearningPhase } from "../../../analysis/learning-phase.js";
import type { RankDistribution } from "../../../analysis/rank-distribution.js";
import { answerOf, type NamedArray } from "../../conclusion.js";
import { refuse } from "../../problem.js";
import { blame } from "../../supervised.js";
import { show, withError } from "../../words.js";
import { firstSamples, needClasses, type Labelled } from "../classes.js";
import { hasFields, type Architecture } from "../../../networks/architecture.js";
import { layerRanks } from "../layer-ranks.js";
import { siteRanks } from "../site-ranks.js";
import type { Question } from "../question.js";

/** Phases of deep networks in words; the others say nothing. */
const PHASES: Partial<Record<LearningPhase["phase"], string>> = {
  early: "early layers rank the samples more steeply than late ones",
  late: "late layers rank the samples more steeply than early ones",
  merged: "early and late layers rank the samples alike",
  unsorted: "no hidden layer sorts the samples by class",
};

const schema = z
  .strictObject({
    type: z.literal("rank-slopes"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
    samples: z.int().min(10).max(100_000).default(600).describe("Samples that are ranked; the time grows with it"),
    set: z
      .enum(["training", "test"])
      .optional()
      .describe(
        "Whether they are training samples, or samples held back, which are the same for training sets of any size; default: training",
      ),
  })
  .describe("Rank probability distributions by layer: how far the units of each layer have sorted the samples by class");

type Spec = z.infer<typeof schema>;

export const rankSlopes: Question<Spec> = {
  name: "rank-slopes",
  description: "slopes of the rank probability distributions, by layer: how far units sort samples by class",
  schema,
  attach({ every, samples: most, set = "training" }, bench) {
    needClasses("rank-slopes", bench);
    if (set === "test" && !bench.data.test) refuse(["set"], "there are no samples held back; give the data a test set");
    const { run } = bench;
    const data = firstSamples(bench, set, most);
    const ranks = blame(["type"], () => ranksOf(run.network.architecture, data));
    const { thing, numbers: layers } = ranks;
    const last = layers.at(-1)!;
    let measured: readonly RankDistribution[] = [];
    let first: readonly RankDistribution[] = [];
    let at = NaN;
    const deep = layers.length > 3;
    const history: {
      readonly time: number;
      readonly phase: LearningPhase["phase"];
      readonly value: number;
      readonly error: number;
    }[] = [];
    const density = (found: readonly RankDistribution[]): NamedArray => ({
      shape: [found.length, ranks.bins],
      data: Float64Array.from(found.flatMap((d) => Array.from(d.density))),
    });
    return {
      every,
      columns: [
        ...layers.flatMap((l) => [
          { name: `rank_slope_${l}`, unit: "1", description: `slope of the rank distribution of the fields of ${thing} ${l}` },
          { name: `rank_slope_${l}_error`, unit: "1", description: "its standard error, over samples and units" },
        ]),
        ...(deep
          ? [
              { name: "rank_trend", unit: "1", description: "rise of the slopes from the first hidden layer to the last" },
              { name: "rank_trend_error", unit: "1", description: "its standard error" },
            ]
          : []),
      ],
      measure(time) {
        measured = ranks.at(run.network.parameters);
        if (first.length === 0) first = measured;
        at = time;
        if (!deep) return;
        const hidden = measured.slice(0, -1);
        history.push({ time, ...learningPhase({ slopes: hidden.map((d) => d.value), errors: hidden.map((d) => d.error) }) });
      },
      values(time) {
        const now = at === time;
        const trend = history.at(-1);
        return [
          ...layers.flatMap((_, i) => (now ? [measured[i]!.value, measured[i]!.error] : [NaN, NaN])),
          ...(deep ? (now ? [trend!.value, trend!.error] : [NaN, NaN]) : []),
        ];
      },
      // The last visit measures anew; the first one and the phases are carried.
      remember: () => ({ first, history: [...history] }) as unknown as Memory,
      recall(memory: Memory) {
        const carried = memory as unknown as { first: typeof first; history: typeof history };
        first = carried.first;
        history.splice(0, Infinity, ...carried.history);
      },
      conclude({ status }) {
        if (status === "diverged" || measured.length === 0) return { answers: [], sentences: [] };
        const name = (i: number): string => (layers[i] === last ? "outputs" : `${thing} ${layers[i]}`);
        const answers = measured.map((slope, i) =>
          answerOf(`rank_slope_${layers[i]}`, `slope of the rank distribution, ${name(i)}`, slope),
        );
        const { time: _, phase, ...trend } = history.at(-1) ?? { time: 0, phase: undefined };
        return {
          answers: [
            ...answers,
            ...(phase
              ? [
                  {
                    ...(trend as Omit<LearningPhase, "phase">),
                    name: "rank_trend",
                    label: "rise of the slopes over the hidden layers",
                  },
                ]
              : []),
          ],
          facts: { ...ranks.facts(), ...(phase ? { learningPhase: phase, learningPhases: passage(history) } : {}) },
          sentences: answers.every((a) => a.status === "ok")
            ? [
                ...story(history, thing),
                `The units sort ${data.set === "test" ? "test samples" : "the samples"} by class with the slopes ${answers.map((a, l) => `${withError(a.value, a.error)} (${name(l)})`).join(", ")}; ` +
                  `before training they were ${first.map((d) => show(d.value, 2)).join(", ")}. 0 is no order, 6 the most for small classes.`,
              ]
            : [],
          arrays: { rank_density_initial: density(first), rank_density: density(measured) },
        };
      },
    };
  },
};

/** The phases in which some layers are steeper than others, in the order in which a run went through them: "early, late". */
function passage(history: readonly { readonly phase: LearningPhase["phase"] }[]): string {
  const decided = history.map((h) => h.phase).filter((phase) => phase === "early" || phase === "late");
  return decided.filter((phase, i) => phase !== decided[i - 1]).join(", ") || "none";
}

/** The phases that a run went through, each with the step at which it was first seen. */
function story(history: readonly { readonly time: number; readonly phase: LearningPhase["phase"] }[], thing: string): string[] {
  const changes = history.filter(({ phase }, i) => PHASES[phase] && phase !== history[i - 1]?.phase);
  if (changes.length === 0) return [];
  const last = changes.at(-1)!;
  const before = changes.slice(0, -1).slice(-3);
  const earlier = before.map(({ time, phase }) => `from step ${show(time, 12)} on ${PHASES[phase]}`);
  return [
    `${[...earlier, `from step ${show(last.time, 12)} to the end ${PHASES[last.phase]}`].join("; ").replace(/^f/, "F")} (by two standard errors).`.replaceAll(
      "layer",
      thing,
    ),
  ];
}

interface Ranks {
  /** What is numbered, the outputs last: layers, or activations where layers do not say all about them. */
  readonly thing: "layer" | "activation";
  readonly numbers: readonly number[];
  readonly bins: number;
  /** Of the last measurement. */
  facts(): Readonly<Record<string, string>>;
  at(theta: ArrayLike<number>): readonly RankDistribution[];
}

function ranksOf(architecture: Architecture, data: Labelled): Ranks {
  if (hasFields(architecture)) {
    const { at, bins } = layerRanks(architecture, data);
    return { thing: "layer", numbers: architecture.layerMaps.map((_, l) => l + 1), bins, facts: () => ({}), at };
  }
  const { at, bins, sites, choice } = siteRanks(architecture, data);
  let note = "";
  return {
    thing: "activation",
    numbers: [...choice.sites.map((s) => s + 1), sites.sites.length + 1],
    bins,
    facts: () => ({
      activations: choice.sites.map((s) => `${s + 1} ${sites.sites[s]!.activation.name}`).join(", "),
      ...(note ? { rankSigns: note } : {}),
    }),
    at(theta) {
      const { distributions, averaged, over } = at(theta);
      note =
        averaged.length > 0
          ? `of the mean derivative over ${over} samples at the activations ${averaged.map((s) => s + 1).join(", ")}`
          : "";
      return distributions;
    },
  };
}
