import { show, withError } from "../parts/numbers.js";
import type { LayerOrder, LayerRanks } from "../worker/protocol/ranks.js";
import { KINDS, known, share } from "./layer-words.js";

/** All numbers that are drawn, with their errors, methods and sources. */
export function LayerTables({
  orders,
  ranks,
  monotone,
}: {
  readonly orders: readonly LayerOrder[];
  readonly ranks: readonly LayerRanks[];
  readonly monotone: boolean;
}) {
  const [order, rank] = [orders[0], ranks[0]];
  return (
    <>
      {order && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Order by layer">
          <table class="tight">
            <caption>
              <span>
                Order-preserving: the share of units that reverse few enough pairs of samples; its error is half the share of
                units that could be on either side of the threshold. Pairs kept and τ-b: means over the units that are not
                constant, with one standard error by the jackknife over samples; unknown where a unit speaks on one sample alone.
                Theory: a single unit whose activation never falls reverses no pair. ({order.share.sources.join("; ")})
              </span>
            </caption>
            <thead>
              <tr>
                <th scope="col">what</th>
                <th scope="col" class="number">
                  order-preserving
                </th>
                <th scope="col" class="number">
                  theory
                </th>
                <th scope="col" class="number">
                  pairs kept, mean
                </th>
                <th scope="col" class="number">
                  τ-b, mean
                </th>
              </tr>
            </thead>
            <tbody>
              {orders.map((o) => (
                <tr key={`${o.kind} ${o.layer}`} data-order={`${o.kind} ${o.layer}`}>
                  <th scope="row" class="long">
                    layer {o.layer}: {KINDS.find(([kind]) => kind === o.kind)![1]}
                  </th>
                  <td class="number">{share(o.share.value, o.share.error)}</td>
                  <td class="number">{o.kind === "unit" && monotone ? "100 %" : "–"}</td>
                  <td class="number">{share(o.kept.value, o.kept.error)}</td>
                  <td class="number">{known(o.tau.value, o.tau.error)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rank && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Ranks by layer">
          <table class="tight">
            <caption>
              <span>
                Slopes: one standard error over samples and one over units in quadrature. δ: the shift of normal classes with this
                mean rank, Φ(δ/√2). ({rank.slope.sources.join("; ")}; Bamber 1975)
              </span>
            </caption>
            <thead>
              <tr>
                <th scope="col">layer</th>
                <th scope="col" class="number">
                  slope
                </th>
                <th scope="col" class="number">
                  theory, random weights
                </th>
                <th scope="col" class="number">
                  mean rank
                </th>
                <th scope="col" class="number">
                  δ
                </th>
              </tr>
            </thead>
            <tbody>
              {ranks.map((r, l) => (
                <tr key={l} data-ranks={r.layer}>
                  <th scope="row">{l === ranks.length - 1 ? "outputs" : `layer ${r.layer}`}</th>
                  <td class="number">{withError(r.slope.value, r.slope.error)}</td>
                  <td class="number">0</td>
                  <td class="number">{withError(r.meanRank.value, r.meanRank.error)}</td>
                  <td class="number">{show(r.shift, 4)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
