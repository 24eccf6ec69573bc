import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { useScheme, useWidth, type Frame } from "../parts/canvas.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Readout, Slider } from "../parts/controls.js";
import { placeOf } from "../parts/drag.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import { numberOf, parseHash, remember } from "../route.js";
import type { Layered, PropagationFound, PropagationOrder } from "../worker/protocol/propagation.js";
import { AsStudy } from "./as-study.js";
import { drawChaos, END, HEIGHT, type Place } from "./draw-chaos.js";
import type { ViewProps } from "./index.js";
import { LayerImages, type Showing } from "./layer-images.js";
import { Stretching } from "./stretching.js";

/** The largest seed in an address. */
const MOST_SEED = 999_999_999;

/** An initialisation on the map of order and chaos, and a network drawn from it. The address holds all that is chosen. */
export function PropagationBench({ query }: ViewProps) {
  const [names, know] = useState<readonly string[]>();
  const [activation, choose] = useState(() => query.get("activation") ?? "tanh");
  useEffect(() => void description().then((d) => know(d.activations)), []);
  return (
    <>
      <h1>Propagation</h1>
      {names ? (
        <Map key={activation} names={names} activation={names.includes(activation) ? activation : "tanh"} choose={choose} />
      ) : (
        <p class="soft">Reading the catalogue …</p>
      )}
    </>
  );
}

const studyOf = (
  activation: string,
  { weightVariance, biasVariance, depth, width, seed }: PropagationOrder,
): string => `title: The signal in ${activation} networks
seed: ${seed}
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

/** Theory and measurement with its error over the number of the layer. */
const columnsOf = ([theory, measured, error]: Layered = [NONE, NONE, NONE], from: number): Columns => {
  const known = (values: Float64Array): (number | null)[] => Array.from(values, (v) => (Number.isFinite(v) ? v : null));
  return [
    Array.from(theory, (_, i) => i + from),
    known(theory),
    known(measured.map((v, i) => v - error[i]!)),
    known(measured.map((v, i) => v + error[i]!)),
    known(measured),
  ];
};
const NONE = new Float64Array(0);

function Map(props: {
  readonly names: readonly string[];
  readonly activation: string;
  readonly choose: (activation: string) => void;
}) {
  const { names, activation, choose } = props;
  // What was chosen with another activation is kept: it stands in the address.
  const [query] = useState(() => parseHash(location.hash).query);
  const [place, put] = useState<Place>(() => ({
    weightVariance: numberOf(query, "weights", 2.5, 0.02, END.weights),
    biasVariance: numberOf(query, "biases", 0.05, 0, END.biases),
  }));
  const [depth, deepen] = useState(() => Math.round(numberOf(query, "depth", 20, 2, 60)));
  const [width, widen] = useState(() => Math.round(numberOf(query, "width", 100, 10, 300)));
  const [seed, draw] = useState(() => Math.round(numberOf(query, "seed", 0, 0, MOST_SEED)));
  const [showing, choosePicture] = useState<Showing>(() => ({
    shape: query.get("inputs") === "grid" ? "grid" : "ring",
    radius: numberOf(query, "radius", 1.4, 0.05, 10),
    layer: Math.min(depth, Math.round(numberOf(query, "layer", 0, 0, 60))),
    scale: query.get("scale") === "fit" ? "fit" : "same",
  }));
  const [edge, trace] = useState<Float64Array>();
  const [found, learn] = useState<PropagationFound>();
  const [failure, fail] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const call = useRef<Call<"propagation"> | undefined>(undefined);
  const wide = useWidth(box);
  const scheme = useScheme();
  const order: PropagationOrder = { ...place, depth, width, seed };
  const network = { ...order, activation };
  useEffect(() => {
    const worker = desk();
    call.current = worker.call("propagation", { activation, biasEnd: END.biases }, (news) =>
      news.kind === "edge" ? trace(news.points) : learn(news),
    );
    call.current.result.catch((error: Error) => fail(error.message));
    return () => worker.close();
  }, []);
  useEffect(() => {
    const { shape, ...rest } = showing;
    const { weightVariance: weights, biasVariance: biases } = place;
    remember(["propagation"], { activation, weights, biases, depth, width, seed, inputs: shape, ...rest });
  }, [place, depth, width, seed, showing]);
  useEffect(() => call.current?.order(order), [place, depth, width, seed]);
  useEffect(() => {
    if (wide > 100 && canvas.current) plane.current = drawChaos(canvas.current, wide, edge, place);
  }, [wide, scheme, edge, place]);
  const change = (part: Partial<Showing>): void => choosePicture((now) => ({ ...now, ...part }));
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
  // Not made anew while another layer is looked at: the charts are drawn again for new columns.
  const columns = useMemo(
    () => ({
      gradients: columnsOf(found?.gradients, 0),
      correlations: columnsOf(found?.correlations, 1),
      lengths: columnsOf(found?.lengths, 1),
    }),
    [found],
  );
  const lines = [
    { label: "theory, infinitely wide", color: "--level", dash: [6, 4] },
    { label: "below", color: "--c1", width: 0, silent: true },
    { label: "above", color: "--c1", width: 0, silent: true, band: true },
    { label: "drawn networks, mean ± one standard error", color: "--c1" },
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
          onChange={(to) => {
            deepen(to);
            change({ layer: Math.min(to, showing.layer) });
          }}
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
        <Slider
          id="radius"
          label="Radius of the ring, half side of the squares"
          value={showing.radius}
          min={0.05}
          max={10}
          step={0.05}
          words={show(showing.radius, 3)}
          onChange={(radius) => change({ radius })}
        />
        <div class="control">
          <label for="seed">Seed of the networks drawn</label>
          <input
            id="seed"
            type="number"
            min={0}
            max={MOST_SEED}
            step={1}
            value={seed}
            onChange={(e) => {
              const to = Math.round(Number(e.currentTarget.value));
              if (to >= 0 && to <= MOST_SEED) draw(to);
              e.currentTarget.value = String(to >= 0 && to <= MOST_SEED ? to : seed);
            }}
          />
        </div>
        <p class="buttons">
          <AsStudy text={() => studyOf(activation, order)} />
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
          <PngButton name="order and chaos" />
        </section>
        <div class="pair">
          <LayerImages network={network} showing={showing} change={change} />
          <Stretching network={network} radius={showing.radius} />
        </div>
        <LineChart
          title="Squared gradient on its way back"
          summary="Logarithm to base ten of the squared gradient at each layer, relative to the output, in theory and in networks drawn."
          x="layer"
          y="log₁₀ |g|²"
          data={columns.gradients}
          lines={lines}
        />
        <LineChart
          title="Correlation of two inputs"
          summary="Correlation of the sums of two inputs at each layer, in theory and in networks drawn."
          x="layer"
          y="c"
          data={columns.correlations}
          lines={lines}
        />
        <LineChart
          title="Mean square of the sums"
          summary="Mean square of the sums at each layer, in theory and in networks drawn."
          x="layer"
          y="q"
          data={columns.lengths}
          lines={lines}
        />
      </div>
    </div>
  );
}
