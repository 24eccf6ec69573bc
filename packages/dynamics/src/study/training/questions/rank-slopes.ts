import { z } from "zod";
import type { Memory } from "../../../core/memory.js";
import { rankDistribution, type RankDistribution } from "../../../analysis/rank-distribution.js";
import { linearMaps } from "../../../networks/linear-map.js";
import type { Answer, NamedArray } from "../../conclusion.js";
import { blame } from "../../supervised.js";
import { show, withError } from "../../words.js";
import { firstSamples, needClasses } from "../classes.js";
import type { Question } from "../question.js";

const BINS = 20;

const schema = z
  .strictObject({
    type: z.literal("rank-slopes"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
    samples: z.int().min(10).max(100_000).default(600).describe("Training samples that are ranked; the time grows with it"),
  })
  .describe("Rank probability distributions by layer: how far the units of each layer have sorted the samples by class");

type Spec = z.infer<typeof schema>;

export const rankSlopes: Question<Spec> = {
  name: "rank-slopes",
  description: "slopes of the rank probability distributions, by layer: how far units sort samples by class",
  schema,
  attach({ every, samples: most }, bench) {
    needClasses("rank-slopes", bench);
    const { run } = bench;
    const { outputs, layerMaps } = run.architecture;
    const data = firstSamples(bench, "training", most);
    const maps = blame(["type"], () => linearMaps(run.architecture, data));
    const layers = layerMaps.map((_, l) => l + 1);
    const unitMatrix = Float64Array.from({ length: outputs * outputs }, (_, i) => (i % (outputs + 1) === 0 ? 1 : 0));
    let measured: readonly RankDistribution[] = [];
    let first: readonly RankDistribution[] = [];
    let at = NaN;
    const density = (found: readonly RankDistribution[]): NamedArray => ({
      shape: [found.length, BINS],
      data: Float64Array.from(found.flatMap((d) => Array.from(d.density))),
    });
    return {
      every,
      columns: layers.flatMap((l) => [
        { name: `rank_slope_${l}`, unit: "1", description: `slope of the rank distribution of the fields of layer ${l}` },
        { name: `rank_slope_${l}_error`, unit: "1", description: "its standard error, over samples and units" },
      ]),
      measure(time) {
        const { fields, maps: found } = maps.at(run.parameters);
        measured = layerMaps.map((layer, l) =>
          rankDistribution({
            samples: data.samples,
            units: layer.outputs,
            fields: fields[l]!,
            classes: outputs,
            labels: data.labels,
            weights: found[l + 1]?.matrix ?? unitMatrix,
            bins: BINS,
          }),
        );
        if (first.length === 0) first = measured;
        at = time;
      },
      values: (time) => layers.flatMap((l) => (at === time ? [measured[l - 1]!.value, measured[l - 1]!.error] : [NaN, NaN])),
      // The last visit measures anew; the first one is carried.
      remember: () => first as unknown as Memory,
      recall(memory: Memory) {
        first = memory as unknown as typeof first;
      },
      conclude({ status }) {
        if (status === "diverged" || measured.length === 0) return { answers: [], sentences: [] };
        const answers = measured.map(({ value, error, unit, status: how, method, sources, cost, explanation }, l): Answer => ({
          name: `rank_slope_${l + 1}`,
          label: `slope of the rank distribution, ${l + 1 === layers.length ? "outputs" : `layer ${l + 1}`}`,
          value,
          error,
          unit,
          status: how,
          method,
          sources,
          cost,
          ...(explanation === undefined ? {} : { explanation }),
        }));
        return {
          answers,
          sentences: answers.every((a) => a.status === "ok")
            ? [
                `The units sort the samples by class with the slopes ${answers.map((a, l) => `${withError(a.value, a.error)} ${l + 1 === layers.length ? "(outputs)" : `(layer ${l + 1})`}`).join(", ")}; ` +
                  `before training they were ${first.map((d) => show(d.value, 2)).join(", ")}. 0 is no order, 6 the most for small classes.`,
              ]
            : [],
          arrays: { rank_density_initial: density(first), rank_density: density(measured) },
        };
      },
    };
  },
};
