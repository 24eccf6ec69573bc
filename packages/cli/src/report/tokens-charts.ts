import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

/** The charts of tokens under attention: clusters, pairs that have met, and the mean cosine beside theory. */
export function tokensCharts({ series }: Pick<RunRecord, "manifest" | "series" | "arrays">): Chart[] {
  const column = (name: string): Float64Array => series.find((s) => s.name === name)?.values ?? new Float64Array(0);
  const betas = [...new Set(column("beta"))];
  if (betas.length === 0) return [];
  const curves = (name: string, label = (beta: number) => `β = ${show(beta)}`): Curve[] =>
    betas.map((beta) => {
      const rows = Array.from(column("beta").keys()).filter((i) => column("beta")[i] === beta);
      return { name: label(beta), x: rows.map((i) => column("time")[i]!), y: rows.map((i) => column(name)[i]!) };
    });
  const theory = column("equal_cosine").some((v) => Number.isFinite(v));
  return [
    {
      title: "Clusters of tokens",
      description: `Number of clusters over time for β = ${betas.map((b) => show(b)).join(", ")}.`,
      caption:
        "Two tokens belong to one cluster when a chain of nearly equal directions joins them. Flat stretches are metastable states.",
      x: "time (depth)",
      y: "clusters",
      log: true,
      curves: curves("clusters"),
    },
    {
      title: "Pairs that have met",
      description: "Share of all pairs of tokens whose cosine is above the threshold, over time.",
      caption: "Steps are clusters that merge; plateaus are metastable states.",
      x: "time (depth)",
      y: "share of pairs (%)",
      percent: true,
      curves: curves("pair_share"),
    },
    {
      title: "Mean cosine of two tokens",
      description: `Mean cosine over all pairs, over time${theory ? ", with the prediction for equal angles" : ""}.`,
      caption: theory
        ? "In as many dimensions as tokens, random directions have nearly equal angles, whose common cosine obeys one equation: the predictions."
        : "1 means that all tokens point the same way.",
      x: "time (depth)",
      y: "mean cosine",
      curves: [...curves("mean_cosine"), ...(theory ? curves("equal_cosine", (b) => `β = ${show(b)}, predicted`) : [])],
    },
  ];
}
