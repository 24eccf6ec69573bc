import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { examples } from "../examples.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Readout, Slider } from "../parts/controls.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { numberOf, remember } from "../route.js";
import type { NeuronNews, NeuronOrder } from "../worker/protocol/neuron.js";
import { AsStudy } from "./as-study.js";
import type { ViewProps } from "./index.js";
import { Layers } from "./layers.js";

const NAMES = ["w1", "b1", "w2", "b2"] as const;
/** Two neurons that fold the line in the middle. */
const USUAL = [1, 1, -1, 1];
const REACH = 4;

/** One neuron or two, or those of a network in training by layer. The address holds all that is chosen. */
export function NeuronBench({ path, query }: ViewProps) {
  const network = path[0] === "network";
  return (
    <>
      <h1>Neurons</h1>
      <div class="buttons choices" role="navigation" aria-label="Neurons">
        <a class="button" href="#/neurons" aria-current={network ? undefined : "page"}>
          One neuron or two
        </a>
        <a class="button" href="#/neurons/network" aria-current={network ? "page" : undefined}>
          A network in training, by layer
        </a>
      </div>
      {network ? <Layers query={query} /> : <Pair query={query} />}
    </>
  );
}

/** One neuron or two, and what they do to the order of their local fields. */
function Pair({ query }: Pick<ViewProps, "query">) {
  const [names, know] = useState<readonly string[]>([]);
  const [activation, choose] = useState(() => query.get("activation") ?? "tanh");
  const [pair, couple] = useState(() => query.get("neurons") !== "1");
  const [weights, set] = useState<readonly number[]>(() => NAMES.map((n, i) => numberOf(query, n, USUAL[i]!, -REACH, REACH)));
  const [spread, widen] = useState(() => numberOf(query, "spread", 2, 0.1, 10));
  const [found, learn] = useState<NeuronNews>();
  const [failure, fail] = useState<string>();
  const call = useRef<Call<"neuron"> | undefined>(undefined);
  useEffect(() => {
    void description().then((d) => {
      know(d.activations);
      choose((now) => (d.activations.includes(now) ? now : "tanh"));
    });
    const worker = desk();
    call.current = worker.call("neuron", null, learn);
    call.current.result.catch((error: Error) => fail(error.message));
    return () => worker.close();
  }, []);
  useEffect(() => {
    if (!names.includes(activation)) return;
    const own = Object.fromEntries(NAMES.slice(0, pair ? 4 : 2).map((n, i) => [n, weights[i]!]));
    remember(["neurons"], { activation, neurons: pair ? 2 : 1, ...own, spread });
    const order = { activation, weights: weights.slice(0, pair ? 4 : 2), spread } as unknown as NeuronOrder;
    call.current?.order(order);
  }, [names, activation, pair, weights, spread]);
  const curve = useMemo((): Columns => [found?.fields ?? [], found?.values ?? []], [found]);
  const ranks = useMemo((): Columns => {
    if (!found) return [[], [], []];
    const n = found.values.length;
    const rank = rankOf(found.values);
    const share = (k: number): number => (k + 0.5) / n;
    return [Array.from({ length: n }, (_, i) => share(i)), rank.map(share), Array.from({ length: n }, (_, i) => share(i))];
  }, [found]);
  const digits = examples.find((e) => e.name === "digits-framework");
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="activation"
          label="Activation a"
          value={activation}
          options={(names.length > 0 ? names : [activation]).map((n) => [n, n])}
          onChange={choose}
        />
        <Choice
          id="neurons"
          label="Neurons"
          value={pair ? "2" : "1"}
          options={[
            ["1", "one: y = a(w1 h + b1)"],
            ["2", "two: y = a(w1 h + b1) + a(w2 h + b2)"],
          ]}
          onChange={(n) => couple(n === "2")}
        />
        {NAMES.slice(0, pair ? 4 : 2).map((name, i) => (
          <Slider
            key={name}
            id={`weight-${name}`}
            label={name}
            value={weights[i]!}
            min={-REACH}
            max={REACH}
            step={0.05}
            words={show(weights[i]!, 3)}
            onInput={(v) => set(weights.map((old, j) => (j === i ? v : old)))}
          />
        ))}
        <Slider
          id="spread"
          label="Local fields from −s to s"
          value={spread}
          min={0.1}
          max={6}
          step={0.1}
          words={show(spread, 3)}
          onInput={widen}
        />
        {digits && (
          <p class="buttons">
            <AsStudy text={() => digits.text}>As a study: the neurons of a network on digits</AsStudy>
          </p>
        )}
        {failure && <p class="problem">{failure}</p>}
        <Readout
          entries={[
            ["Kendall's τ-b", found ? (Number.isFinite(found.tau) ? show(found.tau, 4) : "none: constant") : "…"],
            ["pairs kept in order", found ? `${show(100 * found.strict, 3)} %` : "…"],
            ["pairs made equal", found ? `${show(100 * found.merged, 3)} %` : "…"],
            ["pairs reversed", found ? `${show(100 * found.reversed, 3)} %` : "…"],
          ]}
        />
        <p role="status">
          {found &&
            (found.preserves
              ? "Order-preserving: at most one pair in twenty is reversed."
              : "Not order-preserving: more than one pair in twenty is reversed.")}
        </p>
      </div>
      <div class="plots">
        <LineChart
          title="What comes out"
          summary={`The output over the local field, from ${show(-spread, 3)} to ${show(spread, 3)}.`}
          x="local field h"
          y="y"
          data={curve}
          lines={[{ label: "y", color: "--c1", width: 2 }]}
        />
        <LineChart
          title="What becomes of the order"
          summary="The rank of the output over the rank of the local field, both as shares; on the straight line nothing changes places."
          x="rank of h"
          y="rank of y"
          data={ranks}
          lines={[
            { label: "after", color: "--c1", width: 2 },
            { label: "order kept", color: "--level", dash: [6, 4] },
          ]}
        />
      </div>
    </div>
  );
}

/** Ranks from 0; equal values share their mean rank. */
function rankOf(values: Float64Array): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j + 1 < order.length && values[order[j + 1]!] === values[order[i]!]) j++;
    for (let k = i; k <= j; k++) ranks[order[k]!] = (i + j) / 2;
    i = j + 1;
  }
  return ranks;
}
