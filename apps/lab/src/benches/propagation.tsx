import { useEffect, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { pack } from "../link.js";
import { color, frame, useScheme, useWidth, type Frame } from "../parts/canvas.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Readout, Slider } from "../parts/controls.js";
import { placeOf } from "../parts/drag.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { formatHash, numberOf, remember } from "../route.js";
import type { PropagationFound, PropagationOrder } from "../worker/protocol/propagation.js";
import type { ViewProps } from "./index.js";

/** Where the picture ends in both variances. */
const END = { weights: 4, biases: 0.5 };
const HEIGHT = 300;

interface Place {
  readonly weightVariance: number;
  readonly biasVariance: number;
}

/** An initialisation on the map of order and chaos. The address holds all that is chosen. */
export function PropagationBench({ query }: ViewProps) {
  const [names, know] = useState<readonly string[]>();
  const [activation, choose] = useState(() => query.get("activation") ?? "tanh");
  useEffect(() => void description().then((d) => know(d.activations)), []);
  return (
    <>
      <h1>Propagation</h1>
      {names ? (
        <Map
          key={activation}
          query={query}
          names={names}
          activation={names.includes(activation) ? activation : "tanh"}
          choose={choose}
        />
      ) : (
        <p class="soft">Reading the catalogue …</p>
      )}
    </>
  );
}

const studyOf = (
  activation: string,
  { weightVariance, biasVariance, depth, width }: PropagationOrder,
): string => `title: The signal in ${activation} networks
seed: 0
system:
  kind: propagation
  architecture:
    widths: [${new Array<number>(depth + 2).fill(width).join(", ")}]
    activation: ${activation}
    init: lecun-normal
    gain: ${Math.sqrt(weightVariance)}
    biasDeviation: ${Math.sqrt(biasVariance)}
questions:
  - type: edge-of-chaos
`;

function Map(props: {
  readonly query: URLSearchParams;
  readonly names: readonly string[];
  readonly activation: string;
  readonly choose: (activation: string) => void;
}) {
  const { query, names, activation, choose } = props;
  const [place, put] = useState<Place>(() => ({
    weightVariance: numberOf(query, "weights", 2.5, 0.02, END.weights),
    biasVariance: numberOf(query, "biases", 0.05, 0, END.biases),
  }));
  const [depth, deepen] = useState(() => Math.round(numberOf(query, "depth", 20, 2, 60)));
  const [width, widen] = useState(() => Math.round(numberOf(query, "width", 100, 10, 300)));
  const [edge, trace] = useState<Float64Array>();
  const [found, learn] = useState<PropagationFound>();
  const [failure, fail] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const call = useRef<Call<"propagation"> | undefined>(undefined);
  const wide = useWidth(box);
  const scheme = useScheme();
  const order: PropagationOrder = { ...place, depth, width };
  useEffect(() => {
    const worker = desk();
    call.current = worker.call("propagation", { activation, biasEnd: END.biases }, (news) =>
      news.kind === "edge" ? trace(news.points) : learn(news),
    );
    call.current.result.catch((error: Error) => fail(error.message));
    return () => worker.close();
  }, []);
  useEffect(() => {
    remember(["propagation"], { activation, weights: place.weightVariance, biases: place.biasVariance, depth, width });
    call.current?.order(order);
  }, [place, depth, width]);
  useEffect(() => {
    if (wide > 100 && canvas.current) plane.current = draw(canvas.current, wide, edge, place);
  }, [wide, scheme, edge, place]);
  const go = (weightVariance: number, biasVariance: number): void => {
    const within = (v: number, least: number, most: number): number => Number(Math.min(most, Math.max(least, v)).toFixed(3));
    put({ weightVariance: within(weightVariance, 0.02, END.weights), biasVariance: within(biasVariance, 0, END.biases) });
  };
  const step = (dx: number, dy: number): void => go(place.weightVariance + dx * 0.05, place.biasVariance + dy * 0.01);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => step(-1, 0),
    ArrowRight: () => step(1, 0),
    ArrowUp: () => step(0, 1),
    ArrowDown: () => step(0, -1),
  };
  const stale = !found || JSON.stringify(found.order) !== JSON.stringify(order);
  const layers = (pair: readonly [Float64Array, Float64Array] | undefined, from: number): Columns => [
    Array.from(pair?.[0] ?? [], (_, i) => i + from),
    Array.from(pair?.[0] ?? [], (v) => (Number.isFinite(v) ? v : null)),
    Array.from(pair?.[1] ?? [], (v) => (Number.isFinite(v) ? v : null)),
  ];
  const lines = [
    { label: "theory, infinitely wide", color: "--level", dash: [6, 4] },
    { label: "drawn networks, mean", color: "--c1" },
  ];
  return (
    <div class="bench">
      <div class="side">
        <Choice id="activation" label="Activation" value={activation} options={names.map((n) => [n, n])} onChange={choose} />
        <Slider
          id="weights"
          label="σ_w², inputs times the variance of a weight"
          value={place.weightVariance}
          min={0.02}
          max={END.weights}
          step={0.01}
          words={show(place.weightVariance, 4)}
          onInput={(v) => go(v, place.biasVariance)}
        />
        <Slider
          id="biases"
          label="σ_b², variance of a bias"
          value={place.biasVariance}
          min={0}
          max={END.biases}
          step={0.005}
          words={show(place.biasVariance, 4)}
          onInput={(v) => go(place.weightVariance, v)}
        />
        <Slider
          id="depth"
          label="Hidden layers"
          value={depth}
          min={2}
          max={60}
          step={1}
          words={String(depth)}
          onChange={deepen}
        />
        <Slider
          id="width"
          label="Units of a layer"
          value={width}
          min={10}
          max={300}
          step={10}
          words={String(width)}
          onChange={widen}
        />
        <p class="buttons">
          <button
            type="button"
            class="small"
            onClick={() => void pack(studyOf(activation, order)).then((part) => (location.hash = formatHash(["study", part])))}
          >
            As a study
          </button>
        </p>
        {failure && <p class="problem">{failure}</p>}
        <Readout
          entries={(found?.numbers ?? []).map((n) => [
            n.name,
            Number.isFinite(n.value) ? show(n.value, 5) : n.value > 0 ? "∞" : "none",
          ])}
        />
        <div role="status">
          {stale ? <p class="soft">Drawing networks …</p> : found.sentences.slice(0, 3).map((s) => <p key={s}>{s}</p>)}
        </div>
      </div>
      <div class="plots">
        <section class="plot" ref={box}>
          <h2>Order, chaos, and where this initialisation stands</h2>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-label={`Map of initialisations of ${activation} networks: the edge of chaos, and a cross at σ_w² ${show(place.weightVariance, 3)}, σ_b² ${show(place.biasVariance, 3)}`}
            aria-describedby="map-help"
            style={{ height: `${HEIGHT}px`, cursor: "crosshair" }}
            onPointerDown={(e) => {
              if (plane.current) go(...plane.current.at(...placeOf(e)));
            }}
            onPointerMove={(e) => {
              if (plane.current && e.buttons === 1) go(...plane.current.at(...placeOf(e)));
            }}
            onKeyDown={(e) => {
              const act = keys[e.key];
              if (!act) return;
              e.preventDefault();
              act();
            }}
          />
          <p class="under" id="map-help">
            {edge && edge.length <= 2
              ? "This activation has no edge of chaos with biases: see what the sentences say."
              : "Click anywhere, or focus the picture and use the arrow keys. On the line, χ₁ = 1: signals and gradients neither grow nor die out."}
          </p>
        </section>
        <LineChart
          title="Squared gradient on its way back"
          summary="Logarithm to base ten of the squared gradient at each layer, relative to the output, in theory and in networks drawn."
          x="layer"
          y="log₁₀ |g|²"
          data={layers(found?.gradients, 0)}
          lines={lines}
        />
        <LineChart
          title="Correlation of two inputs"
          summary="Correlation of the sums of two inputs at each layer, in theory and in networks drawn."
          x="layer"
          y="c"
          data={layers(found?.correlations, 1)}
          lines={lines}
        />
        <LineChart
          title="Mean square of the sums"
          summary="Mean square of the sums at each layer, in theory and in networks drawn."
          x="layer"
          y="q"
          data={layers(found?.lengths, 1)}
          lines={lines}
        />
      </div>
    </div>
  );
}

/** The map: the edge of chaos, the two phases beside it, and a cross. */
function draw(canvas: HTMLCanvasElement, width: number, edge: Float64Array | undefined, place: Place): Frame {
  const f = frame(canvas, width, HEIGHT, {
    x: [0, END.weights],
    y: [0, END.biases],
    xLabel: "σ_w²",
    yLabel: "σ_b²",
  });
  const { context, x, y, left, top, width: w, height: h } = f;
  if (edge && edge.length > 2) {
    const path = new Path2D();
    for (let i = 0; i < edge.length; i += 2) path.lineTo(x(edge[i]!), y(edge[i + 1]!));
    const ordered = new Path2D(path);
    ordered.lineTo(left, y(edge.at(-1)!));
    ordered.lineTo(left, top + h);
    context.save();
    context.beginPath();
    context.rect(left, top, w, h);
    context.clip();
    context.globalAlpha = 0.13;
    context.fillStyle = color("--c2");
    context.fillRect(left, top, w, h);
    context.globalAlpha = 1;
    context.fillStyle = color("--ground");
    context.fill(ordered);
    context.globalAlpha = 0.13;
    context.fillStyle = color("--c1");
    context.fill(ordered);
    context.globalAlpha = 1;
    context.strokeStyle = color("--level");
    context.lineWidth = 2;
    context.stroke(path);
    context.restore();
    context.fillStyle = color("--ink");
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillText("ordered", left + 10, top + 16);
    context.textAlign = "right";
    context.fillText("chaotic", left + w - 10, top + h - 14);
  }
  const [px, py] = [x(place.weightVariance), y(place.biasVariance)];
  context.strokeStyle = color("--ink");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(px, py, 6, 0, 2 * Math.PI);
  context.moveTo(px - 11, py);
  context.lineTo(px + 11, py);
  context.moveTo(px, py - 11);
  context.lineTo(px, py + 11);
  context.stroke();
  return f;
}
