import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";
import type { Field } from "./field.js";

/** Dots that a picture can hold. */
const MOST_DOTS = 1500;

/** The charts of many trainings: how sharp their ends are, and in the plane of two parameters where they lie. */
export function ensembleCharts({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">): (Chart | Field)[] {
  const sharpness = arrays["reachable_sharpness"]?.data;
  if (!sharpness) return [];
  const threshold = Number(manifest.facts["threshold"]);
  const sorted = sharpness.filter(Number.isFinite).sort();
  const level = { name: `${show(threshold)}, above which a minimum repels`, value: threshold };
  const { length } = sorted;
  const found: Chart = {
    title: "How sharp the minima are that were reached",
    description: `Sharpness of the ${length} ends at rest in ascending order, from ${show(sorted[0] ?? NaN)} to ${show(sorted.at(-1) ?? NaN)}; the threshold is ${show(threshold)}.`,
    caption:
      "The largest Hessian eigenvalue at the end of each training, in ascending order. By theory all lie below the dotted line: a sharper minimum repels.",
    x: "share of the trainings at rest (%)",
    y: "sharpness",
    curves: [{ name: "sharpness at the end", x: sorted.map((_, i) => (100 * (i + 0.5)) / length), y: sorted }],
    level,
  };
  return [...(length > 0 ? [found] : []), ...plane({ manifest, arrays }, threshold)];
}

/** The ends over the loss of two parameters. */
function plane({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">, threshold: number): Field[] {
  const {
    plane_loss: loss,
    plane_sharpness: sharpness,
    plane_region: region,
    reachable_ends: ends,
    reachable_status: status,
  } = arrays;
  if (!loss || !sharpness || !region || !ends || !status) return [];
  const [rows, columns] = loss.shape as [number, number];
  const [a, b, c, d] = region.data as unknown as [number, number, number, number];
  const arrived = Array.from(status.data.keys()).filter((i) => status.data[i] === 0);
  const each = Math.ceil(arrived.length / MOST_DOTS);
  const dots = arrived.filter((_, i) => i % each === 0);
  const [first, second] = names(manifest.network.layout);
  return [
    {
      title: "Where the trainings ended",
      description: `${dots.length} ends over the plane of the two parameters, with the curve on which the sharpness is ${show(threshold)}.`,
      caption: `Colours: the loss, dark where it is small. White dots: ends of trainings${each > 1 ? ` (one in ${each})` : ""}. Minima beyond the line are sharper than ${show(threshold)} and no training ends there.`,
      x: first,
      y: second,
      xRange: [a, b],
      yRange: [c, d],
      columns,
      rows,
      values: loss.data.map((v) => Math.log10(Math.max(v, 1e-4))),
      colors: { label: "loss", format: (v) => show(10 ** v, 2) },
      zero: { name: `sharpness ${show(threshold)}`, values: sharpness.data.map((s) => s - threshold) },
      dots: [
        {
          name: "end of a training",
          x: dots.map((i) => ends.data[2 * i]!),
          y: dots.map((i) => ends.data[2 * i + 1]!),
          symbol: "circle",
        },
      ],
    },
  ];
}

/** The names of two parameters. */
function names(layout: RunRecord["manifest"]["network"]["layout"]): [string, string] {
  const all = layout.flatMap(({ name, shape }) => {
    const size = shape.reduce((p, q) => p * q, 1);
    return Array.from({ length: size }, (_, i) => (size === 1 ? name : `${name}[${i}]`));
  });
  return [all[0]!, all[1]!];
}
