import { show, type RunRecord } from "#dynamics";
import type { Chart, Curve } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of tokens under attention: clusters over time, and order over noise, beside theory. */
export const tokensCharts = (run: Run): Chart[] => [...clustering(run), ...transitions(run)];

function transitions({ arrays, manifest }: Run): Chart[] {
  const [relative, cooled, heated, curve, limit, critical] = ["relative", "cooled", "heated", "curve", "limit", "critical"].map(
    (name) => arrays[`transition_${name}`],
  );
  if (!relative || !cooled || !heated || !curve || !limit || !critical) return [];
  const betas = String(manifest.facts["betas"]).split("; ");
  const [few, fine] = [relative.data.length, curve.data.length];
  return betas.map((beta, b) => ({
    title: `Order over noise, β = ${beta}`,
    description: `Order parameter of tokens with noise over the noise in units of the predicted critical one, ${show(critical.data[b]!)}: theory, and ${manifest.network.name} from random directions and from one direction.`,
    caption: `Below D/D_c = 1 directions that are spread evenly are unstable, D_c = ${show(critical.data[b]!)}. Theory is that of infinitely many tokens, coming from full order; where its curve reaches beyond 1, order and disorder both last. Finitely many tokens keep fluctuations of about 1/√n.`,
    x: "noise D / predicted D_c",
    y: "order parameter r",
    curves: [
      { name: "limit of infinitely many, from full order", x: curve.data, y: limit.data.subarray(b * fine, (b + 1) * fine) },
      { name: "measured, from random directions", x: relative.data, y: cooled.data.subarray(b * few, (b + 1) * few), dots: true },
      { name: "measured, from one direction", x: relative.data, y: heated.data.subarray(b * few, (b + 1) * few), dots: true },
    ],
  }));
}

/** Clusters, pairs that have met, and the mean cosine beside theory. */
function clustering({ series }: Run): Chart[] {
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
