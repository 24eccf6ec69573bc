import { z } from "zod";
import type { Memory } from "../../../core/memory.js";
import { weightOrganisation as measure, type LayerOrganisation } from "../../../analysis/weight-organisation.js";
import { show } from "../../words.js";
import { ORGANISATION, organisationAnswers } from "../organisation.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("weight-organisation"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
  })
  .describe("Norm, effective rank and alignment of the weight vectors, by layer");

type Spec = z.infer<typeof schema>;

export const weightOrganisation: Question<Spec> = {
  name: "weight-organisation",
  description: "norm, effective rank and alignment of the weight vectors along a training run, by layer",
  schema,
  attach({ every }, { run }) {
    const { layout } = run.architecture;
    const names = layout.filter((p) => p.shape.length === 2).map((p) => p.name);
    let measured: readonly LayerOrganisation[] = [];
    let first: readonly LayerOrganisation[] = [];
    let at = NaN;
    return {
      every,
      columns: names.flatMap((name) =>
        ORGANISATION.map((q) => ({ name: `${q.name}_${name}`, unit: "1", description: `${q.label} ${name}` })),
      ),
      measure(time) {
        measured = measure(layout, run.parameters);
        if (first.length === 0) first = measured;
        at = time;
      },
      values: (time) => names.flatMap((_, l) => ORGANISATION.map((q) => (at === time ? measured[l]![q.key] : NaN))),
      remember: () => ({ first, measured, at }) as unknown as Memory,
      recall(memory: Memory) {
        ({ first, measured, at } = memory as unknown as { first: typeof first; measured: typeof measured; at: number });
      },
      conclude({ status }) {
        if (status === "diverged" || measured.length === 0) return { answers: [], sentences: [] };
        const list = measured.map((m, l) => `${m.name} from ${show(first[l]!.effectiveRank, 3)} to ${show(m.effectiveRank, 3)}`);
        return {
          answers: organisationAnswers(measured),
          sentences: measured.every((m) => Number.isFinite(m.effectiveRank))
            ? [`Training took the effective rank of ${list.join(", ")}.`]
            : [],
        };
      },
    };
  },
};
