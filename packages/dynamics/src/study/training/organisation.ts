import type { LayerOrganisation } from "../../analysis/weight-organisation.js";
import type { Answer } from "../conclusion.js";
import { show } from "../words.js";

/** What is told of the weights of a layer. */
export const ORGANISATION = [
  { key: "norm", name: "weight_norm", label: "Euclidean norm of the weights" },
  { key: "effectiveRank", name: "effective_rank", label: "effective rank of the weights" },
  { key: "alignment", name: "alignment", label: "mean |cosine| between the weight vectors of units" },
] as const;

/** The quantities of each matrix as answers; those that are not defined are left out. */
export const organisationAnswers = (measured: readonly LayerOrganisation[]): Answer[] =>
  measured
    .flatMap((layer) =>
      ORGANISATION.map((q): Answer => ({
        name: `${q.name}_${layer.name}`,
        label: `${q.label} ${layer.name}`,
        value: layer[q.key],
        error: 0,
        unit: "1",
        status: Number.isFinite(layer[q.key]) ? "ok" : "not-converged",
        method: "exact, up to rounding",
        sources: q.key === "effectiveRank" ? ["Roy, Vetterli 2007"] : [],
        cost: {},
        ...(q.key === "alignment" && layer.units > 1
          ? { explanation: `isotropic random weight vectors have ${show(layer.isotropic, 3)}` }
          : {}),
      })),
    )
    .filter((a) => a.status === "ok");
