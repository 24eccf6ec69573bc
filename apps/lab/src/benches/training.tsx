import { useEffect, useRef, useState } from "preact/hooks";
import { desk, type Call, type Desk } from "../engine.js";
import { examples } from "../examples.js";
import { pack, unpack } from "../link.js";
import { Choice, Readout, Slider, Speed } from "../parts/controls.js";
import type { Columns } from "../parts/columns.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { numberOf, remember } from "../route.js";
import type { LiveFrame, LiveStart, RateChange } from "../worker/protocol/train.js";
import { AsStudy } from "./as-study.js";
import type { ViewProps } from "./index.js";
import { Picture } from "./picture.js";
import { Trace } from "./trace.js";
import { Weights } from "./weights.js";

const SPEEDS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, Infinity];
const USUAL_SPEED = 6;
const FIRST = "moons";

const presets = examples.filter((e) => e.kind === "training");
const textOf = (name: string): string => (presets.find((e) => e.name === name) ?? presets[0]!).text;

/** 0.2@500,0.1@800: what the learning rate was changed to, and when. */
const parseChanges = (text: string | null): RateChange[] =>
  (text ?? "")
    .split(",")
    .map((part) => part.split("@").map(Number))
    .filter(([rate, at]) => rate! > 0 && Number.isFinite(rate) && Number.isInteger(at) && at! >= 0)
    .map(([learningRate, at]) => ({ learningRate: learningRate!, at: at! }));

const formatChanges = (changes: readonly RateChange[]): string => changes.map((c) => `${c.learningRate}@${c.at}`).join(",");

interface View {
  readonly start?: LiveStart;
  readonly frame?: LiveFrame;
  readonly loss: Columns;
  readonly curvature: Columns;
  readonly failure?: string;
}

const EMPTY: View = { loss: [[], []], curvature: [[], [], [], []] };

/** A training run to play with. The address holds the study, the changes and the step. */
export function TrainingBench({ path, query }: ViewProps) {
  const [text, open] = useState<string>();
  const [problem, say] = useState<string>();
  useEffect(() => {
    if (!path[0]) return open(textOf(query.get("example") ?? FIRST));
    unpack(path[0]).then(open, () => {
      say("This link is damaged: the study in it cannot be read. Here is another one.");
      open(textOf(FIRST));
    });
  }, []);
  if (text === undefined) return <p class="soft">Opening …</p>;
  return (
    <>
      <h1>Training</h1>
      {problem && <p class="problem">{problem}</p>}
      <Player first={text} until={numberOf(query, "steps", 0, 0, 2e6)} changes={parseChanges(query.get("rates"))} />
    </>
  );
}

function Player(props: { readonly first: string; readonly until: number; readonly changes: readonly RateChange[] }) {
  const [session, begin] = useState({ text: props.first, until: props.until, changes: props.changes, n: 0 });
  const [view, see] = useState<View>(EMPTY);
  const [speed, setSpeed] = useState(USUAL_SPEED);
  const [rate, setRate] = useState<number>();
  const now = useRef<{ desk: Desk; call: Call<"train"> } | undefined>(undefined);
  const { text } = session;

  useEffect(() => {
    const worker = desk();
    const trace = new Trace();
    let start: LiveStart | undefined;
    let last: LiveFrame | undefined;
    let asked = 0;
    see(EMPTY);
    setRate(undefined);
    const draw = (): void => {
      asked = 0;
      if (last) see({ ...(start ? { start } : {}), frame: last, loss: trace.loss(), curvature: trace.curvature() });
    };
    const call = worker.call("train", { ...session, files: {} }, (news) => {
      if (news.kind === "start") start = news;
      else {
        trace.add(news);
        // A frame without a picture keeps the last one.
        last = { ...news, picture: news.picture ?? last?.picture ?? null };
        asked ||= requestAnimationFrame(draw);
      }
    });
    call.result.catch((error: Error) => see((v) => ({ ...v, failure: error.message })));
    call.order({ speed: SPEEDS[speed]! });
    now.current = { desk: worker, call };
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [session]);

  const { start, frame } = view;
  const playing = frame?.playing ?? false;
  const changes = frame?.changes ?? session.changes;
  const steps = frame?.time ?? session.until;
  useEffect(() => {
    // While it plays the address is behind; a pause brings it up to date.
    if (playing) return;
    const rates = formatChanges(changes);
    void pack(text).then((part) =>
      remember(["training", part], { ...(steps > 0 ? { steps } : {}), ...(rates ? { rates } : {}) }),
    );
  }, [text, playing, steps, changes.length]);

  const order = (orders: Parameters<Call<"train">["order"]>[0]): void => now.current?.call.order(orders);
  const eta = rate ?? frame?.learningRate ?? 0;
  const known = presets.find((e) => e.text === text);
  const over = frame && frame.status !== "ok";
  const edge = { "at the edge": "at the edge", stable: "stable", beyond: "beyond the edge" }[frame?.regime ?? ""] ?? "–";
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="study"
          label="Study"
          value={known?.name ?? "own"}
          options={[...(known ? [] : [["own", "your own"] as const]), ...presets.map((e) => [e.name, e.title] as const)]}
          onChange={(name) => begin({ text: textOf(name), until: 0, changes: [], n: session.n + 1 })}
        />
        <div class="buttons">
          <button type="button" class="primary" disabled={!frame || over} onClick={() => order({ playing: !playing })}>
            {playing ? "Pause" : "Play"}
          </button>
          <button type="button" disabled={!frame || playing || over} onClick={() => order({ steps: 1 })}>
            Step
          </button>
          <button type="button" onClick={() => begin({ text, until: 0, changes: [], n: session.n + 1 })}>
            Restart
          </button>
        </div>
        <Slider
          id="rate"
          label="Learning rate η"
          value={eta > 0 ? Math.log10(eta) : -1}
          min={-4}
          max={1}
          step={0.02}
          words={show(eta, 3)}
          help="Change it while it runs: the threshold moves, and the sharpness answers."
          onInput={(v) => setRate(Number((10 ** v).toPrecision(3)))}
          onChange={(v) => {
            const learningRate = Number((10 ** v).toPrecision(3));
            setRate(undefined);
            order({ learningRate });
          }}
        />
        <Speed
          speeds={SPEEDS}
          at={speed}
          onInput={(v) => {
            setSpeed(v);
            order({ speed: SPEEDS[v]! });
          }}
        />
        <p class="buttons">
          <AsStudy text={() => text}>Edit this study</AsStudy>
        </p>
        {start && (
          <p class="soft under">
            {start.network}, {start.parameters.toLocaleString("en-US")} parameters, {start.optimizer}. Curvature every{" "}
            {start.every} steps.{" "}
            {frame?.digest && (
              <>
                SHA-256 of the parameters here: <code data-digest="state">{frame.digest.slice(0, 16)}</code>
              </>
            )}
          </p>
        )}
      </div>
      <div class="plots">
        {view.failure && (
          <p class="problem" role="alert">
            {view.failure}
          </p>
        )}
        {over && (
          <p class="problem" role="alert">
            The run {frame.status} after step {frame.time.toLocaleString("en-US")}: its parameters left the finite numbers.
            Restart it with a smaller learning rate.
          </p>
        )}
        <Readout
          entries={[
            ["step", frame ? frame.time.toLocaleString("en-US") : "–"],
            ["loss", frame && Number.isFinite(frame.loss) ? show(frame.loss, 3) : "–"],
            ...(frame && Number.isFinite(frame.accuracy)
              ? [["accuracy", `${(100 * frame.accuracy).toFixed(1)} %`] as const]
              : []),
            ["λ₁ / threshold", frame && Number.isFinite(frame.ratio) ? `${(100 * frame.ratio).toFixed(1)} %` : "–"],
            ["stands", edge],
            ["steps per s", frame && playing && frame.stepsPerSecond > 0 ? show(frame.stepsPerSecond, 2) : "–"],
          ]}
        />
        <LineChart
          title={start?.preconditioned ? "Effective sharpness against its threshold" : "Sharpness against its threshold"}
          summary={`Largest Hessian eigenvalues over the steps; the largest is now ${frame ? show(Number(view.curvature[1]?.[view.curvature[1].length - 1] ?? NaN)) : "unknown"}, the threshold ${frame ? show(frame.threshold) : "unknown"}.`}
          x="step"
          y="eigenvalue"
          data={view.curvature}
          lines={[
            { label: "λ₁, measured", color: "--c1", width: 2 },
            { label: "λ₂, measured", color: "--c5", dash: [5, 3] },
            {
              label: start?.optimizer === "gradient-descent" ? "2/η, theory" : "threshold, theory",
              color: "--level",
              dash: [2, 2],
              width: 2,
              stepped: true,
            },
          ]}
        />
        <div class="pair">
          <LineChart
            title="Loss"
            summary={`Training loss over the steps, now ${frame ? show(frame.loss, 3) : "unknown"}.`}
            x="step"
            y="loss"
            log
            height={300}
            data={view.loss}
            lines={[{ label: "loss of each step", color: "--c1" }]}
          />
          {start?.view && <Picture start={start} values={frame?.picture ?? null} />}
        </div>
        {start && frame && <Weights tiles={start.tiles} cells={frame.weights} />}
      </div>
    </div>
  );
}
