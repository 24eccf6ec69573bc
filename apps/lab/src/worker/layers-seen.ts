import {
  firstSamples,
  layerRanks,
  normalQuantile,
  orderPreservation,
  orderViews,
  shiftedRanks,
  type Bench,
  type OrderView,
} from "#dynamics";
import type { LayerOrder, LayerRanks, LayersSeen } from "./protocol/ranks.js";

/** What a study asks for. */
export interface LayersAsked {
  readonly every: number;
  /** Samples whose order is followed, and samples that are ranked. */
  readonly samples: { readonly order: number; readonly ranks: number };
  readonly pairs: number;
}

/** Points of a curve of theory. */
const CURVE = 60;
/** Rows of a history: more cannot be told apart on a screen. */
const MOST_ROWS = 400;

/** The layers of a network in training: looked at, and judged by a threshold that may change afterwards. */
export function layersOf(bench: Bench, { samples, pairs }: LayersAsked) {
  const { run, data, seed } = bench;
  const { architecture } = run.network;
  const followed = firstSamples(bench, "training", samples.order);
  const ranked = firstSamples(bench, "training", samples.ranks);
  const views = orderViews(architecture, followed, { pairs, seed });
  const ranks = layerRanks(architecture, ranked);
  let last: readonly OrderView[] = [];
  const judge = (threshold: number): LayerOrder[] =>
    last.map(({ kind, layer, ...view }) => {
      const { meanWeak, meanTau, value, error, unit, status, method, sources, cost } = orderPreservation(view, { threshold });
      return {
        kind,
        layer,
        share: { value, error, unit, status, method, sources, cost },
        kept: meanWeak,
        tau: meanTau,
      };
    });
  return {
    samples: { order: followed.samples, ranks: ranked.samples },
    judge,
    look(threshold: number): LayersSeen {
      const { parameters } = run.network;
      last = views.at(parameters);
      const { loss, accuracy } = run.evaluate(data.train);
      return {
        at: run.time,
        loss,
        accuracy,
        tested: data.test ? run.evaluate(data.test).accuracy : NaN,
        orders: judge(threshold),
        ranks: ranks
          .at(parameters)
          .map(({ density, meanRank, value, error, unit, status, method, sources, cost }, l): LayerRanks => {
            const shift = Math.SQRT2 * normalQuantile(Number.isFinite(meanRank.value) ? meanRank.value : 0.5);
            const theory = shiftedRanks(shift);
            return {
              layer: l + 1,
              slope: { value, error, unit, status, method, sources, cost },
              meanRank,
              density,
              shift,
              shifted: Float64Array.from({ length: CURVE }, (_, i) => theory.density((i + 0.5) / CURVE)),
            };
          }),
      };
    },
  };
}

/** Measurements over the steps. Where there are many, every second one is forgotten: what is kept depends on the last step alone. */
export function historyOf(every: number) {
  let stride = every;
  let rows: number[][] = [];
  return {
    add({ at, orders, ranks }: LayersSeen): void {
      if (at % stride !== 0 || (rows.length > 0 && rows.at(-1)![0]! >= at)) return;
      const kept = (kind: LayerOrder["kind"]): LayerOrder[] => orders.filter((o) => o.kind === kind);
      rows.push([
        at,
        ...ranks.flatMap(({ slope }) => [slope.value, slope.error]),
        ...kept("layer").flatMap(({ kept: { value, error } }) => [value, error]),
        ...kept("projection").map((o) => o.kept.value),
      ]);
      if (rows.length <= MOST_ROWS) return;
      stride *= 2;
      rows = rows.filter(([time]) => time! % stride === 0);
    },
    flat: (): Float64Array => Float64Array.from(rows.flat()),
  };
}

/** Every number that is drawn, in one row; what is none stands as minus infinity, since NaN has many bit patterns. */
export function numbersOf(seen: LayersSeen, history: Float64Array): Float64Array {
  const pair = ({ value, error }: { readonly value: number; readonly error: number }): number[] => [value, error];
  const all = [
    seen.at,
    seen.loss,
    seen.accuracy,
    seen.tested,
    ...seen.orders.flatMap((o) => [...pair(o.share), ...pair(o.kept), ...pair(o.tau)]),
    ...seen.ranks.flatMap((r) => [...pair(r.slope), ...pair(r.meanRank), r.shift, ...r.density, ...r.shifted]),
    ...history,
  ];
  return Float64Array.from(all, (v) => (Number.isNaN(v) ? -Infinity : v));
}
