import { show, type RunRecord } from "#dynamics";
import type { Chart } from "./chart.js";

/** A residual network with ever more layers beside its limit, where a study asked for it. */
export function depthLimitChart({ manifest, arrays }: Pick<RunRecord, "manifest" | "arrays">): Chart[] {
  const rows = arrays["depth_limit"]?.data;
  if (!rows) return [];
  const depths = Array.from({ length: rows.length / 2 }, (_, k) => rows[2 * k]!);
  const errors = depths.map((_, k) => rows[2 * k + 1]!);
  const [last, end] = [errors.at(-1)!, depths.at(-1)!];
  return [
    {
      title: "With more layers the network tends to its limit",
      description: `Largest difference of the outputs to the limit over the number of layers: from ${show(errors[0]!)} with ${depths[0]} layers to ${show(last)} with ${end}.`,
      caption: `Dots: networks with the same parameters and more, thinner layers; the limit is ${String(manifest.facts["depthLimit"])}. The dashed line falls like 1 over the number of layers, as theory says.`,
      x: "layers",
      y: "largest difference to the limit",
      log: true,
      logX: true,
      curves: [
        { name: "this network", x: depths, y: errors, dots: true },
        { name: "like 1 / layers", x: depths, y: depths.map((d) => (last * end) / d) },
      ],
    },
  ];
}
