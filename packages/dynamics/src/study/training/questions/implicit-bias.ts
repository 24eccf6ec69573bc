import { z } from "zod";
import type { Estimate } from "../../../core/estimate.js";
import { square } from "../../../training/losses.js";
import { refuse } from "../../problem.js";
import type { Question } from "../question.js";
import { directionBias } from "./implicit-bias/direction.js";
import { solutionBias } from "./implicit-bias/solution.js";

const schema = z
  .strictObject({
    type: z.literal("implicit-bias"),
    every: z.int().min(1).default(100).describe("Steps between comparisons"),
    scales: z
      .array(z.number().gt(0).max(1e6))
      .max(12)
      .default([])
      .describe(
        "Further runs of a diagonal network, from the initial parameters times each of these, by smaller steps where it starts larger",
      ),
  })
  .describe(
    "Which of many solutions training picks, beside the one that theory predicts; of models that are linear in their inputs",
  );

export type ImplicitBiasSpec = z.infer<typeof schema>;

/** A prediction that the question compares with, or why there is none. */
export type Predicted = Pick<Estimate<Float64Array>, "value" | "status" | "explanation">;

export const implicitBias: Question<ImplicitBiasSpec> = {
  name: "implicit-bias",
  description: "which of many solutions training picks: least norm, least sum of absolute values, greatest margin; beside theory",
  schema,
  attach(spec, bench) {
    const { run, loss } = bench;
    const [layer, more] = run.architecture.layerMaps;
    const law = more ? "" : layer!.law;
    if (law !== "affine" && law !== "diagonal")
      refuse(
        ["type"],
        `the solution that training picks is known for models that are linear in their inputs: mlp or diagonal with two widths; this is ${run.architecture.name}`,
      );
    if (loss !== square && law === "diagonal")
      refuse(["type"], "for the cross-entropy it is known of mlp with two widths; this is a diagonal network");
    if (spec.scales.length > 0 && law !== "diagonal")
      refuse(["scales"], "the scale of the start matters to diagonal networks alone");
    if (spec.scales.length > 0 && bench.optimizer.type !== "gradient-descent")
      refuse(["scales"], "the runs from other scales are by gradient descent; train with it");
    return loss === square ? solutionBias(spec, bench, law === "diagonal") : directionBias(spec, bench);
  },
};
