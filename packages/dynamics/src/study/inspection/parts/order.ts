import { orderPreservation } from "../../../analysis/order-preservation.js";
import { orderViews } from "../../../networks/order-views.js";
import { percent } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import { firstRows, layeredOnly } from "../first-rows.js";
import type { LayerColumn, Part } from "../part.js";

const MOST_SAMPLES = { full: 4000, quick: 500 };
const PAIRS = { full: 50, quick: 20 };
const KINDS = {
  unit: "single units",
  pair: "pairs of units against their linear parts",
  layer: "the layer against its linear part",
  projection: "the layer against the input",
} as const;

/** Which layers keep the order of the samples. */
export const order: Part = {
  name: "order",
  description: "shares of units that keep the order of the samples, by layer",
  refusal: layeredOnly,
  seconds({ layered, data }, { forward, compile }, level) {
    const samples = Math.min(MOST_SAMPLES[level], data.samples);
    const units = layered!.widths.slice(1).reduce((a, b) => a + b, 0);
    return (
      compile + (4 * forward * samples) / data.samples + (3 * units + PAIRS[level] * layered!.widths.length) * samples * 3e-7
    );
  },
  async ask({ architecture, theta, data, seed, threads }, level, breathe) {
    const first = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
    const { samples } = first;
    const views = orderViews(architecture, first, { pairs: PAIRS[level], seed, ...(threads ? { threads } : {}) }).at(theta);
    const answers: Answer[] = [];
    const columns: LayerColumn[] = [];
    const depth = architecture.layerMaps.length;
    for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
      const shares = new Float64Array(depth).fill(NaN);
      const errors = new Float64Array(depth).fill(NaN);
      const taus = new Float64Array(depth).fill(NaN);
      const kept = new Float64Array(depth).fill(NaN);
      for (const view of views.filter((v) => v.kind === kind)) {
        const found = orderPreservation(view);
        await breathe(answers.length / (Object.keys(KINDS).length * depth));
        [shares[view.layer - 1], errors[view.layer - 1]] = [found.meanWeak.value, found.meanWeak.error];
        [taus[view.layer - 1], kept[view.layer - 1]] = [found.meanTau.value, found.value];
        answers.push({
          ...found.meanWeak,
          name: `order_${kind}_${view.layer}`,
          label: `pairs of samples in order after layer ${view.layer}: ${KINDS[kind]}`,
        });
      }
      columns.push(
        {
          name: `order_${kind}`,
          unit: "1",
          description: `share of pairs of samples that stay in order: ${KINDS[kind]}`,
          values: shares,
        },
        { name: `order_${kind}_error`, unit: "1", description: "its standard error", values: errors },
        { name: `tau_${kind}`, unit: "1", description: `Kendall's tau-b, mean over units: ${KINDS[kind]}`, values: taus },
        {
          name: `preserving_${kind}`,
          unit: "1",
          description: `share of units that preserve order (reverse at most one pair in twenty): ${KINDS[kind]}`,
          values: kept,
        },
      );
    }
    const whole = answers.filter((a) => a.name.startsWith("order_projection"));
    const last = whole.at(-1)!;
    return {
      answers,
      columns,
      sentences: [
        `Up to the last layer ${percent(last.value)} of the pairs of samples keep the order that the network would give them without activations${samples < data.samples ? ` (first ${samples} samples)` : ""}; a half would be chance.`,
      ],
    };
  },
};
