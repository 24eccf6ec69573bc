import { z } from "zod";
import { scalarMath } from "#engine";
import { memoryless } from "../../../core/memory.js";
import { gradientGrowth as measure, type GradientGrowth } from "../../../networks/gradient-growth.js";
import type { Bench } from "../bench.js";
import { show, withError } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({ type: z.literal("gradient-growth") })
  .describe("How the backpropagated gradient grows from layer to layer, before and after training");

type Spec = z.infer<typeof schema>;

const growth = ({ run, loss, data }: Bench): GradientGrowth => measure(run.architecture, run.parameters, data.train, loss);

function explain(mean: Answer, rates: readonly Answer[]): string {
  if (!Number.isFinite(mean.value))
    return `The growth of gradients through the trained network is unknown: ${mean.explanation ?? "it takes at least two samples with a gradient"}.`;
  const verb = mean.value > 0 ? "grows" : "shrinks";
  const size = Math.abs(mean.value);
  const layers = rates.map((r, l) => `${show(r.value, 3)} through layer ${l + 1}`).join(", ");
  return (
    `Going backwards through the trained network the gradient ${verb} by ${withError(size, mean.error)} nat per layer on average, ` +
    `a factor of ${show(scalarMath.exp(mean.value), 3)} (in nat: ${layers}).`
  );
}

export const gradientGrowth: Question<Spec> = {
  name: "gradient-growth",
  description: "how backpropagated gradients grow from layer to layer of a network",
  schema,
  attach(_, bench) {
    // Questions are attached at the start of every run, gone on with or not.
    const before = growth(bench);
    return {
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged") return { answers: [], sentences: [] };
        const after = growth(bench);
        const { value, error, ...rest } = after.rates;
        const rates = Array.from(value, (v, l): Answer => ({
          ...rest,
          name: `gradient_growth_${l + 1}`,
          label: `growth of the gradient backwards through layer ${l + 1}`,
          value: v,
          error: error[l]!,
        }));
        const mean: Answer = {
          ...after.mean,
          name: "gradient_growth",
          label: "growth of the gradient a layer, mean over the layers",
        };
        const shape = [after.norms.length];
        return {
          answers: [mean, ...rates],
          sentences: [explain(mean, rates)],
          arrays: {
            gradient_norms_initial: { shape, data: before.norms },
            gradient_norms: { shape, data: after.norms },
          },
        };
      },
    };
  },
};
