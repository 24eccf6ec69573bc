import { useEffect, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { Choice, Readout, Slider, Speed } from "../parts/controls.js";
import { show } from "../parts/numbers.js";
import { numberOf, remember } from "../route.js";
import type { RanksFrame, RanksOrder, RanksStart } from "../worker/protocol/ranks.js";
import { AsStudy } from "./as-study.js";
import type { ViewProps } from "./index.js";
import { DATA, MOST, RATES, settingOf, studyOf, THRESHOLDS, type LayerSetting } from "./layer-address.js";
import { OrderShares, RankTiles } from "./layer-charts.js";
import { Histories } from "./layer-history.js";
import { LayerTables } from "./layer-tables.js";

const SPEEDS = [1, 3, 10, 30, 100, 300, 1000, Infinity];
const EVERY = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Steps of the study before the run has taken any. */
const USUAL_STEPS = 1500;

/** A network in training, seen by layer: the order that its units keep, and how they rank the samples by class. */
export function Layers({ query }: Pick<ViewProps, "query">) {
  const [names, know] = useState<readonly string[]>();
  useEffect(() => void description().then((d) => know(d.activations)), []);
  return names ? <Player query={query} names={names} /> : <p class="soft">Reading the catalogue …</p>;
}

interface View {
  readonly start?: RanksStart;
  readonly frame?: RanksFrame;
  readonly failure?: string;
}

function Player({ query, names }: { readonly query: URLSearchParams; readonly names: readonly string[] }) {
  const [session, begin] = useState(() => ({
    setting: settingOf(query, names),
    until: Math.round(numberOf(query, "steps", 0, 0, MOST.steps)),
  }));
  const [threshold, judge] = useState(() => numberOf(query, "threshold", 0.95, THRESHOLDS.least, THRESHOLDS.most));
  const [speed, pace] = useState(SPEEDS.length - 1);
  const [view, see] = useState<View>({});
  const call = useRef<Call<"ranks"> | undefined>(undefined);
  const { setting } = session;
  const text = (steps: number): string => studyOf(setting, { steps: Math.max(1, steps), threshold });
  useEffect(() => {
    const worker = desk();
    let [asked, last]: [number, View] = [0, {}];
    see(last);
    const put = (change: View): void => {
      last = { ...last, ...change };
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        see(last);
      });
    };
    call.current = worker.call("ranks", { text: text(USUAL_STEPS), until: session.until, threshold }, (news) =>
      put(news.kind === "start" ? { start: news } : { frame: news }),
    );
    call.current.result.catch((error: Error) => put({ failure: error.message }));
    call.current.order({ speed: SPEEDS[speed]! });
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [session]);

  const { start, frame, failure } = view;
  const playing = frame?.playing ?? false;
  const steps = frame?.time ?? session.until;
  useEffect(() => {
    // While it plays the address is behind; a pause brings it up to date.
    if (!playing) remember(["neurons", "network"], { ...setting, threshold, ...(steps > 0 ? { steps } : {}) });
  }, [setting, threshold, steps, playing]);

  const order = (what: RanksOrder): void => call.current?.order(what);
  const change = (what: Partial<LayerSetting>): void => begin({ setting: { ...setting, ...what }, until: 0 });
  const over = frame !== undefined && frame.status !== "ok";
  const ended = over || steps >= MOST.steps;
  const seen = frame?.seen ?? undefined;
  const percents = (share: number | undefined): string =>
    share !== undefined && Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="data"
          label="Data"
          value={setting.data}
          options={DATA.map(([name, words]) => [name, words])}
          onChange={(data) => change({ data })}
        />
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={!frame || (ended && !playing)}
            onClick={() => order({ playing: !playing })}
          >
            {playing ? "Pause" : "Play"}
          </button>
          <button type="button" disabled={!frame || playing || ended} onClick={() => order({ steps: 1 })}>
            Step
          </button>
          <button type="button" onClick={() => change({})}>
            Restart
          </button>
        </div>
        <Slider
          id="threshold"
          label="Order-preserving from"
          value={threshold}
          min={THRESHOLDS.least}
          max={THRESHOLDS.most}
          step={0.01}
          words={`${show(100 * threshold, 3)} % of pairs`}
          help="A unit counts as order-preserving if it leaves so many pairs of samples unreversed."
          onInput={(v) => {
            judge(v);
            order({ threshold: v });
          }}
        />
        <Choice
          id="activation"
          label="Activation"
          value={setting.activation}
          options={names.map((n) => [n, n])}
          onChange={(activation) => change({ activation })}
        />
        <Dial id="depth" label="Hidden layers" value={setting.depth} most={MOST.depth} set={(depth) => change({ depth })} />
        <Dial id="width" label="Units of each" value={setting.width} most={MOST.width} set={(width) => change({ width })} />
        <Rate value={setting.rate} set={(rate) => change({ rate })} />
        <div class="control">
          <label for="seed">Seed</label>
          <input
            id="seed"
            type="number"
            min={0}
            max={MOST.seed}
            step={1}
            value={setting.seed}
            onChange={(e) => {
              const seed = Number(e.currentTarget.value);
              if (e.currentTarget.value !== "" && Number.isInteger(seed) && seed >= 0 && seed <= MOST.seed) change({ seed });
              else e.currentTarget.value = String(setting.seed);
            }}
          />
        </div>
        <Choice
          id="every"
          label="Measured"
          value={String(setting.every)}
          options={[...new Set([...EVERY, setting.every])]
            .sort((a, b) => a - b)
            .map((n) => [String(n), n === 1 ? "at every step" : `every ${n} steps`])}
          onChange={(every) => change({ every: Number(every) })}
        />
        <Speed
          speeds={SPEEDS}
          at={speed}
          onInput={(v) => {
            pace(v);
            order({ speed: SPEEDS[v]! });
          }}
        />
        <p class="buttons">
          <AsStudy text={() => text(steps || USUAL_STEPS)} />
        </p>
        {start && (
          <p class="soft under">
            {start.network}, {start.parameters.toLocaleString("en-US")} parameters, gradient descent on cross-entropy. The order
            of {start.samples.order} training samples is followed, {start.samples.ranks} are ranked.{" "}
            {frame?.digest && (
              <>
                SHA-256 of the parameters here: <code data-digest="state">{frame.digest.state.slice(0, 16)}</code>, of all numbers
                drawn: <code data-digest="drawn">{frame.digest.drawn.slice(0, 16)}</code>
              </>
            )}
          </p>
        )}
      </div>
      <div class="plots">
        {failure && (
          <p class="problem" role="alert">
            {failure}
          </p>
        )}
        {over && (
          <p class="problem" role="alert">
            The run {frame.status} after step {frame.time.toLocaleString("en-US")}: its parameters left the finite numbers. Take a
            smaller learning rate.
          </p>
        )}
        <Readout
          entries={[
            ["step", frame ? frame.time.toLocaleString("en-US") : "–"],
            ["measured at", seen ? seen.at.toLocaleString("en-US") : "–"],
            ["loss", seen ? show(seen.loss, 3) : "–"],
            ["accuracy", percents(seen?.accuracy)],
            ...(setting.data === "digits" ? [["accuracy, test", percents(seen?.tested)] as const] : []),
          ]}
        />
        {start && seen && (
          <>
            <OrderShares orders={seen.orders} monotone={start.monotone} />
            <RankTiles ranks={seen.ranks} classes={start.classes} />
          </>
        )}
        {start && frame && <Histories rows={frame.history} depth={setting.depth} />}
        {start && seen && <LayerTables orders={seen.orders} ranks={seen.ranks} monotone={start.monotone} />}
      </div>
    </div>
  );
}

/** A whole number from 1 that is heard when it is let go. */
function Dial(props: {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly set: (value: number) => void;
}) {
  const { value, most, set, ...rest } = props;
  const [held, hold] = useState<number>();
  return (
    <Slider
      {...rest}
      value={held ?? value}
      min={1}
      max={most}
      step={1}
      words={String(held ?? value)}
      onInput={hold}
      onChange={(v) => {
        hold(undefined);
        set(v);
      }}
    />
  );
}

function Rate({ value, set }: { readonly value: number; readonly set: (value: number) => void }) {
  const [held, hold] = useState<number>();
  const rateOf = (v: number): number => Number((10 ** v).toPrecision(3));
  return (
    <Slider
      id="rate"
      label="Learning rate η"
      value={Math.log10(held ?? value)}
      min={Math.log10(RATES.least)}
      max={Math.log10(RATES.most)}
      step={0.02}
      words={show(held ?? value, 3)}
      help="This and the network begin the training anew."
      onInput={(v) => hold(rateOf(v))}
      onChange={(v) => {
        hold(undefined);
        set(rateOf(v));
      }}
    />
  );
}
