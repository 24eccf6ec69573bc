import { orderPreservation } from "../../../analysis/order-preservation.js";
import { orderViews } from "../../../networks/order-views.js";
import { siteOrderViews } from "../../../networks/site-order-views.js";
import type { OrderView } from "../../../networks/order-views.js";
import { percent } from "../../words.js";
import type { Answer } from "../../conclusion.js";
import {
  activationPlaces,
  alone,
  CHOOSING,
  layerPlaces,
  making,
  MOST_ACTIVATIONS,
  reached,
  withoutActivations,
  type Places,
} from "../activations.js";
import { firstRows } from "../first-rows.js";
import type { Bench, LayerColumn, Level, Part } from "../part.js";

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
  description: "shares of units that keep the order of the samples, by layer or activation",
  refusal: withoutActivations,
  seconds(subject, { forward, compile }, level) {
    const { layered, data } = subject;
    const samples = Math.min(MOST_SAMPLES[level], data.samples);
    const pass = (forward * samples) / data.samples;
    const judged = (units: number): number => 3 * units * samples * 3e-7;
    if (layered)
      return compile + 4 * pass + judged(layered.widths.slice(1).reduce((a, b) => a + b + PAIRS[level] / 3, PAIRS[level] / 3));
    const found = reached(subject);
    const { sites } = found;
    const most = MOST_ACTIVATIONS[level];
    const count = Math.min(sites.length, most.sites);
    const units = sites.reduce((sum, s) => sum + Math.min(s.units, most.units) + PAIRS[level] / 3, 0) / sites.length;
    const made = making(found, { compile });
    const pairs = sites.some((s) => s.direct) ? made.slopes + count * PAIRS[level] * alone(found, forward, data.samples) : 0;
    return made.runs + CHOOSING * (count + 2) * pass + count * judged(units) + pairs;
  },
  async ask(bench, level, breathe) {
    const { data } = bench;
    const { samples, views, places, notes } = seen(bench, level);
    const answers: Answer[] = [];
    const columns: LayerColumn[] = [];
    const count = places.numbers.length;
    const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
    const meaning = (kind: keyof typeof KINDS): string =>
      bench.layered ? KINDS[kind] : KINDS[kind].replace("the layer", "the activation");
    for (const kind of kinds) {
      const none = (): Float64Array => new Float64Array(count).fill(NaN);
      const [shares, errors, taus, kept] = [none(), none(), none(), none()];
      for (const view of views.filter((v) => v.kind === kind)) {
        const found = orderPreservation(view);
        await breathe(answers.length / (kinds.length * count));
        const at = places.numbers.indexOf(view.layer - 1);
        [shares[at], errors[at]] = [found.meanWeak.value, found.meanWeak.error];
        [taus[at], kept[at]] = [found.meanTau.value, found.value];
        answers.push({
          ...found.meanWeak,
          name: `order_${kind}_${view.layer}`,
          label: `pairs of samples in order after ${places.title(view.layer - 1)}: ${meaning(kind)}`,
        });
      }
      columns.push(
        {
          name: `order_${kind}`,
          unit: "1",
          description: `share of pairs of samples that stay in order: ${meaning(kind)}`,
          values: shares,
        },
        { name: `order_${kind}_error`, unit: "1", description: "its standard error", values: errors },
        { name: `tau_${kind}`, unit: "1", description: `Kendall's tau-b, mean over units: ${meaning(kind)}`, values: taus },
        {
          name: `preserving_${kind}`,
          unit: "1",
          description: `share of units that preserve order (reverse at most one pair in twenty): ${meaning(kind)}`,
          values: kept,
        },
      );
    }
    const last = answers.filter((a) => a.name.startsWith("order_projection")).at(-1)!;
    return {
      answers,
      ...places.kept(columns),
      sentences: [
        `Up to the last ${bench.layered ? "layer" : "activation"} ${percent(last.value)} of the pairs of samples keep the order that the network would give them without activations${samples < data.samples ? ` (first ${samples} samples)` : ""}; a half would be chance.`,
        ...notes,
      ],
    };
  },
};

interface Seen {
  readonly samples: number;
  readonly views: readonly OrderView[];
  readonly places: Places;
  readonly notes: readonly string[];
}

/** By layer where layers are all that there is, by activation elsewhere. */
function seen({ architecture, theta, data, layered, seed, threads }: Bench, level: Level): Seen {
  const first = firstRows(data, architecture.inputs, MOST_SAMPLES[level]);
  const common = { pairs: PAIRS[level], seed, ...(threads ? { threads } : {}) };
  const { samples } = first;
  if (layered) {
    const views = orderViews(architecture, first, common).at(theta);
    return { samples, views, places: layerPlaces(architecture.layerMaps.length), notes: [] };
  }
  const found = siteOrderViews(architecture, first, { ...common, ...MOST_ACTIVATIONS[level] });
  const places = activationPlaces(found.sites, found.choice);
  return {
    samples,
    views: found.at(theta),
    places,
    notes: [
      ...(found.choice.said ? [`Order was looked at for ${found.choice.said}.`] : []),
      ...(found.unpaired.length > 0
        ? [
            `Pairs of units are left out where what takes their outputs does so with weights that depend on the sample: ${places.these(found.unpaired)}.`,
          ]
        : []),
    ],
  };
}
