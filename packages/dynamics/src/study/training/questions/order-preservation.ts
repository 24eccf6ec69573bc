import { z } from "zod";
import { orderPreservationOf, type OrderPreservation } from "../../../analysis/order-preservation.js";
import { hasFields, type Architecture } from "../../../networks/architecture.js";
import { orderViews, type OrderView } from "../../../networks/order-views.js";
import { siteOrderViews } from "../../../networks/site-order-views.js";
import { answerOf, type Answer } from "../../conclusion.js";
import { percent, withError } from "../../words.js";
import { firstSamples } from "../classes.js";
import { blame } from "../../supervised.js";
import type { Question } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("order-preservation"),
    every: z.int().min(1).default(100).describe("Steps between measurements"),
    samples: z
      .int()
      .min(3)
      .max(100_000)
      .default(400)
      .describe("Training samples whose order is followed; the time grows with it"),
    pairs: z.int().min(1).max(10_000).default(50).describe("Random pairs of units in each layer"),
    threshold: z
      .number()
      .gt(0.5)
      .max(1)
      .default(0.95)
      .describe("A unit counts as order-preserving when it does not reverse this share of the pairs of samples"),
  })
  .describe("How much of the order of the samples each layer keeps: Kendall's tau-b and the weak share, by layer");

type Spec = z.infer<typeof schema>;

/** What is drawn and told of a layer, in this order; single units of monotone activations are trivial and left out. */
const KINDS = ["layer", "projection", "pair"] as const;
const MEANING = {
  layer: "that layer with its activation keeps of its linear part",
  projection: "all layers up to that one keep of the projection of the inputs",
  pair: "pairs of units of that layer keep",
} as const;

type Kind = (typeof KINDS)[number];

interface Measured {
  readonly kind: Kind;
  readonly layer: number;
  readonly order: OrderPreservation;
}

export const orderPreservation: Question<Spec> = {
  name: "order-preservation",
  description: "how much of the order of the samples the layers of a network keep, by layer",
  schema,
  attach({ every, samples: most, pairs, threshold }, bench) {
    const { run, seed } = bench;
    const data = firstSamples(bench, "training", most);
    const views = blame(["type"], () => viewsOf(run.network.architecture, data, { pairs, seed }));
    const { thing, numbers: layers } = views;
    const measure = orderPreservationOf(data.samples, { threshold });
    const columns = layers.flatMap((l) =>
      KINDS.flatMap((kind) => [
        {
          name: `order_${kind}_${l}`,
          unit: "1",
          description: `${thing} ${l}: share of the pairs of samples whose order ${MEANING[kind].replaceAll("layer", thing)}, ties allowed; mean over units`,
        },
        { name: `order_${kind}_${l}_error`, unit: "1", description: "its standard error over samples" },
      ]),
    );
    let measured: readonly Measured[] = [];
    let at = NaN;
    let measurements = 0;
    const find = (kind: Kind, layer: number): OrderPreservation | undefined =>
      measured.find((m) => m.kind === kind && m.layer === layer)?.order;
    return {
      every,
      columns,
      measure(time) {
        const found: Measured[] = [];
        for (const { kind, layer, ...view } of views.at(run.network.parameters)) {
          if (kind === "unit") continue;
          const same = kind === "projection" && layer === 1 ? found.find((m) => m.kind === "layer") : undefined;
          found.push({ kind, layer, order: same?.order ?? measure(view) });
        }
        measured = found;
        at = time;
        measurements++;
      },
      values: (time) =>
        layers.flatMap((l) =>
          KINDS.flatMap((kind) => {
            const mean = at === time ? find(kind, l)?.meanWeak : undefined;
            return [mean?.value ?? NaN, mean?.error ?? NaN];
          }),
        ),
      // The last visit measures anew; only how often it was done is carried.
      remember: () => measurements,
      recall(memory: number) {
        measurements = memory;
      },
      conclude({ status }) {
        if (status === "diverged" || measured.length === 0) return { answers: [], sentences: [] };
        const answers = measured.flatMap(({ kind, layer, order }): Answer[] => {
          // What the first layer's linear part has is the projection of the inputs.
          if (kind === "projection" && layer === 1) return [];
          const what = MEANING[kind].replace(/that (layer|one)/, `layer ${layer}`).replaceAll("layer", thing);
          return [
            { ...order.meanWeak, name: `order_${kind}_${layer}`, label: `share of pairs of samples whose order ${what}` },
            { ...order.meanTau, name: `order_tau_${kind}_${layer}`, label: `Kendall's tau-b of what ${what}` },
            ...(kind === "layer"
              ? [
                  answerOf(
                    `order_units_${layer}`,
                    `share of units behind ${thing} ${layer} that count as order-preserving`,
                    order,
                  ),
                ]
              : []),
          ];
        });
        const said = measured.filter((m) => m.kind === "layer" && m.order.meanWeak.status === "ok");
        const list = said
          .map(({ layer, order: { meanWeak, value } }) => {
            const kept = withError(100 * meanWeak.value, 100 * meanWeak.error);
            return `${thing} ${layer} ${kept}\u00a0% (${percent(value)} of the units behind it count as order-preserving)`;
          })
          .join(", ");
        return {
          answers,
          sentences: said.length
            ? [`Of the order that their linear parts have, the ${thing}s keep, in pairs of ${data.samples} samples: ${list}.`]
            : [],
          facts: { orderThreshold: threshold, orderMeasurements: measurements, orderSamples: data.samples, ...views.facts },
        };
      },
    };
  },
};

interface Views {
  /** What is numbered: layers, or activations where layers do not say all about them. */
  readonly thing: "layer" | "activation";
  readonly numbers: readonly number[];
  readonly facts: Readonly<Record<string, string>>;
  at(theta: ArrayLike<number>): readonly OrderView[];
}

function viewsOf(
  architecture: Architecture,
  data: { readonly samples: number; readonly inputs: Float64Array },
  options: { readonly pairs: number; readonly seed: number },
): Views {
  if (hasFields(architecture)) {
    const { at } = orderViews(architecture, data, options);
    return { thing: "layer", numbers: Array.from({ length: architecture.layerMaps.length - 1 }, (_, l) => l + 1), facts: {}, at };
  }
  const { at, choice, sites, unpaired } = siteOrderViews(architecture, data, options);
  const said = [
    ...(choice.said ? [choice.said] : []),
    ...(unpaired.length > 0 ? [`no pairs where weights depend on the sample: ${unpaired.map((s) => s + 1).join(", ")}`] : []),
  ];
  return {
    thing: "activation",
    numbers: choice.sites.map((s) => s + 1),
    facts: {
      activations: choice.sites.map((s) => `${s + 1} ${sites.sites[s]!.activation.name}`).join(", "),
      ...(said.length > 0 ? { orderActivations: said.join("; ") } : {}),
    },
    at,
  };
}
