import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

type Run = Pick<RunRecord, "manifest" | "series" | "arrays">;

/** The charts of a population: order over coupling for each graph, the approach to the limit, spectra, and twisted states. */
export function populationCharts(run: Run): Chart[] {
  return [...orders(run), ...approach(run), ...spectra(run), ...twisted(run)];
}

const graphs = ({ manifest }: Run): string[] => String(manifest.facts["graphs"] ?? "").split("; ");

function orders(run: Run): Chart[] {
  const column = (name: string): Float64Array => run.series.find((s) => s.name === name)?.values ?? new Float64Array(0);
  const number = column("graph");
  const [fine, theory, back] = [run.arrays["limit_coupling"], run.arrays["limit_order"], run.arrays["limit_order_down"]];
  if (!fine || !theory) return [];
  return graphs(run).flatMap((name, g): Chart[] => {
    const rows = Array.from(number.keys()).filter((i) => number[i] === g + 1);
    if (rows.length === 0) return [];
    const of = (what: string): number[] => rows.map((i) => column(what)[i]!);
    const x = of("relative_coupling");
    const coupling = of("coupling");
    const part = (all: Float64Array): Float64Array => all.subarray(g * fine.data.length, (g + 1) * fine.data.length);
    // A loop: theory itself has two branches.
    const branches = back !== undefined && part(back.data).some((v, i) => Math.abs(v - part(theory.data)[i]!) > 1e-6);
    const critical = coupling.at(-1)! / x.at(-1)!;
    return [
      {
        title: `Order over coupling: ${name}`,
        description: `Order parameter over the coupling in units of the predicted critical coupling ${show(critical)}: theory and ${run.manifest.network.parameters} oscillators, coupling raised and lowered.`,
        caption: `Bands are standard deviations in time. Theory, for infinitely many oscillators, has no order up to K/K_c = 1 where the coupling is raised, here K_c = ${show(critical)}; finite populations keep fluctuations of about 1/√n there.${branches ? " Between the two branches lies the hysteresis loop." : ""}`,
        x: "coupling K / predicted K_c",
        y: "order parameter r",
        curves: [
          { name: `limit of infinitely many${branches ? ", coupling raised" : ""}`, x: fine.data, y: part(theory.data) },
          ...(branches ? [{ name: "limit, coupling lowered", x: fine.data, y: part(back.data) }] : []),
          { name: "measured, coupling raised", x, y: of("order_up"), band: of("order_up_deviation"), dots: true },
          { name: "measured, coupling lowered", x, y: of("order_down"), band: of("order_down_deviation"), dots: true },
        ],
      },
    ];
  });
}

function approach(run: Run): Chart[] {
  const [sizes, distances] = [run.arrays["convergence_sizes"], run.arrays["convergence_distances"]];
  if (!sizes || !distances) return [];
  const [count, each] = distances.shape as [number, number];
  const names = run.manifest.answers.filter((a) => a.name.startsWith("rate_")).map((a) => a.label.replace(/^.*?, /, ""));
  const rows = Array.from({ length: count }, (_, g) => distances.data.subarray(g * each, (g + 1) * each));
  const chance = Array.from(sizes.data, (n) => rows[0]![0]! * Math.sqrt(sizes.data[0]! / n));
  return [
    {
      title: "Approach to the limit",
      description: `Distance of the order parameter from its limit for ${each} sizes from ${show(sizes.data[0]!)} to ${show(sizes.data.at(-1)!)}.`,
      caption: "Root mean square over time and runs. A line parallel to the reference means that chance decides: n^(-1/2).",
      x: "number of units n",
      y: "distance from the limit",
      log: true,
      curves: [
        ...rows.map((y, g) => ({ name: names[g] ?? `graph ${g + 1}`, x: sizes.data, y, dots: true })),
        { name: "n^(-1/2)", x: sizes.data, y: chance },
      ],
    },
  ];
}

function spectra({ arrays, manifest }: Run): Chart[] {
  const label = (g: string): string =>
    manifest.answers.find((a) => a.name === `largest_eigenvalue_${g}`)?.label.replace(/^.*?, /, "") ?? g;
  return Object.entries(arrays).flatMap(([name, { data }]): Chart[] => {
    const g = /^eigenvalues_(\d+)$/.exec(name)?.[1];
    if (g === undefined || data.length < 2) return [];
    const sorted = Array.from(data).sort((a, b) => b - a);
    return [
      {
        title: `Eigenvalues of the limit: ${label(g)}`,
        description: `${sorted.length} eigenvalues that are not 0, from ${show(sorted[0]!)} down to ${show(sorted.at(-1)!)}.`,
        caption:
          "The largest decides where order begins, in inverse proportion (K_c = 2/(π g(0) ζ) for frequencies with one peak and no noise); the others belong to patterns that begin at stronger coupling.",
        x: "number, from the largest",
        y: "eigenvalue ζ",
        curves: [{ name: "eigenvalues", x: sorted.map((_, i) => i + 1), y: sorted, dots: true }],
      },
    ];
  });
}

function twisted({ arrays, manifest }: Run): Chart[] {
  const [width, limit, rings, measured, windings] = ["width", "limit", "rings", "measured", "windings"].map(
    (n) => arrays[`twisted_${n}`],
  );
  if (!width || !limit || !rings || !measured || !windings) return [];
  const [fine, few] = [width.data.length, rings.data.length];
  return Array.from(windings.data).map((q, i) => ({
    title: `Growth rate of twisted states, winding ${q}`,
    description: `Largest growth rate of perturbations over the half-width of the neighbourhood, for winding ${q}: theory and rings of ${manifest.network.parameters} units.`,
    caption:
      "A twisted state is stable where the rate is below 0. Dots: the rate of the same wave on finite rings, by the derivative of their field.",
    x: "half-width h of the neighbourhood",
    y: "growth rate",
    curves: [
      { name: "theory", x: width.data, y: limit.data.subarray(i * fine, (i + 1) * fine) },
      { name: "measured", x: rings.data, y: measured.data.subarray(i * few, (i + 1) * few), dots: true },
    ],
    level: { name: "stable below", value: 0 },
  }));
}
