import { activations } from "../../../networks/activations.js";
import { classify } from "../../../networks/classify.js";
import { widthClass } from "../../../networks/width-class.js";
import { count } from "../../words.js";
import type { Bench, Part, PartAnswer } from "../part.js";

/** The class of the input-output map and what it means for critical points. */
export const structure: Part = {
  name: "structure",
  description: "class of the input-output map by its widths and ranks, and which critical points it can have",
  refusal: ({ layered, why }) => (layered ? undefined : `the model is not a plain layered network: ${why}`),
  seconds: ({ layered }) => 0.05 + layered!.widths.slice(1).reduce((s, w, l) => s + 2e-8 * w * w * layered!.widths[l]!, 0),
  ask: (bench) => Promise.resolve(classOf(bench)),
};

/** What the weights alone tell about a layered model. */
export function classOf({ architecture, theta, layered }: Pick<Bench, "architecture" | "theta" | "layered">): PartAnswer {
  const { widths, activations: after } = layered!;
  const inner = [...new Set(after.slice(0, -1).map((a) => a?.name ?? "identity"))];
  const entry = inner.length === 1 ? activations.find((a) => a.name === inner[0]) : undefined;
  const found = entry && widths.length > 2 ? classify(architecture, theta, entry.name) : undefined;
  const what = found ?? widthClass(widths);
  const applies = found?.applies ?? false;
  const ranks = found?.form.ranks;
  const lost = ranks?.filter((r, l) => r < Math.min(widths[l]!, widths[l + 1]!)).length ?? 0;
  return {
    answers: [
      {
        name: "critical_point_corank",
        label: "least null space of the Hessian at a critical point of an output",
        value: what.corank,
        error: 0,
        unit: "dimension",
        status: "ok" as const,
        method: `widths ${widths.join("-")}, class ${what.class}, critical points: ${what.criticalPoints}${ranks ? `; ranks ${ranks.join(", ")} by singular values` : "; widths alone, as if all ranks were full"}`,
        sources: [what.source],
        cost: {},
      },
    ],
    sentences: [
      `As a map of its inputs the network is ${what.class === "augmented" ? "augmented" : what.class === "bottleneck" ? "one with a bottleneck" : "non-augmented"} (widths ${widths.join("-")}${ranks ? (lost === 0 ? ", all weights of full rank" : `, ${count(lost, "matrix").replace("matrixs", "matrices")} without full rank`) : ""}). ${what.sentence}${applies ? "" : ` The theorem is about ${widths.at(-1)! > 1 ? "one output at a time" : "one output"} and activations that are smooth and strictly monotone; here it is a guide.`}`,
    ],
    facts: { class: what.class, criticalPoints: what.criticalPoints, bottlenecks: what.bottlenecks.join(", ") },
  };
}
