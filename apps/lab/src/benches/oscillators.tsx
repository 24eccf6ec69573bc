import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { desk, type Call } from "../engine.js";
import { useScheme, useWidth } from "../parts/canvas.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Readout, Slider } from "../parts/controls.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import { numberOf, remember } from "../route.js";
import type { PopulationDensity, PopulationFrame, PopulationPast, PopulationStart } from "../worker/protocol/oscillators.js";
import { AsStudy } from "./as-study.js";
import { drawCircle } from "./draw-circle.js";
import { drawGraph } from "./draw-graph.js";
import type { ViewProps } from "./index.js";
import { formatPast, parsePast } from "./population-address.js";

/** The graphs of the menu: name, words, and how a study writes them. */
const GRAPHS = [
  ["all-to-all", "everyone with everyone", "{ type: all-to-all }"],
  ["erdos-renyi", "random, 3 in 10 pairs", "{ type: erdos-renyi, p: 0.3 }"],
  ["ring", "neighbours on a ring", "{ type: ring, h: 0.2 }"],
  ["small-world", "small world", "{ type: small-world, h: 0.2, p: 0.1 }"],
  ["power-law", "a few strong ones", "{ type: power-law, alpha: 0.3 }"],
  ["blocks", "two communities", "{ type: blocks, shares: [0.5, 0.5], chances: [[0.5, 0.1], [0.1, 0.3]] }"],
] as const;
const DENSITIES = ["gaussian", "lorentzian", "uniform"] as const;
const UNITS = [50, 100, 200, 500, 1000] as const;
/** Time of a step. */
const H = 0.05;
/** Points of the order parameter that are kept. */
const MOST = 4000;

interface Setting {
  readonly graph: string;
  readonly density: string;
  readonly units: number;
  readonly seed: number;
}

const studyOf = ({
  graph,
  density,
  units,
  seed,
}: Setting): string => `title: Oscillators, ${GRAPHS.find(([g]) => g === graph)![1]}
seed: ${seed}
system:
  kind: population
  units: ${units}
  graphs: [${GRAPHS.find(([g]) => g === graph)![2]}]
  frequencies: { density: ${density}, width: 1 }
  h: ${H}
questions:
  - { type: order-parameter, from: 0.4, to: 2, count: 9 }
`;

/** A population of oscillators, live. The address holds the graph, the frequencies, the number of units, the coupling, and where they rest the way there. */
export function OscillatorBench({ query }: ViewProps) {
  const [setting, choose] = useState<Setting>(() => ({
    graph: GRAPHS.find(([g]) => g === query.get("graph"))?.[0] ?? "all-to-all",
    density: DENSITIES.find((d) => d === query.get("density")) ?? "gaussian",
    units: UNITS.find((n) => String(n) === query.get("units")) ?? 200,
    seed: Math.round(numberOf(query, "seed", 0, 0, 1e9)),
  }));
  const [past, rest] = useState(() => parsePast(query));
  const [coupling, turn] = useState(() => past?.turns.at(-1)!.coupling ?? numberOf(query, "coupling", 1, 0, 100));
  const another = (next: Setting): void => {
    rest(undefined);
    choose(next);
  };
  return (
    <>
      <h1>Oscillators</h1>
      <Population key={JSON.stringify(setting)} setting={setting} choose={another} past={past} coupling={coupling} turn={turn} />
    </>
  );
}

function Population(props: {
  readonly setting: Setting;
  readonly choose: (next: Setting) => void;
  /** Where the address says that it rests. */
  readonly past: PopulationPast | undefined;
  readonly coupling: number;
  readonly turn: (coupling: number) => void;
}) {
  const { setting, choose, past, coupling, turn } = props;
  const [start, know] = useState<PopulationStart>();
  const [orders, learn] = useState<Float64Array>();
  const [spread, place] = useState<PopulationDensity>();
  const [frame, see] = useState<PopulationFrame>();
  const [failure, fail] = useState<string>();
  const [speed, hasten] = useState(4);
  const trace = useRef<{ t: number[]; r: number[] }>({ t: [], r: [] });
  const call = useRef<Call<"oscillators"> | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const graph = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const size = Math.min(width, 380);
  useEffect(() => {
    const worker = desk();
    let asked = 0;
    let last: PopulationFrame | undefined;
    call.current = worker.call("oscillators", { text: studyOf(setting), coupling, ...(past ? { past } : {}) }, (news) => {
      if (news.kind === "start") return know(news);
      if (news.kind === "curve") return learn(news.orders);
      if (news.kind === "density") return place(news);
      // A new start is another run.
      if (last && (news.past.steps < last.past.steps || news.past.start !== last.past.start)) trace.current = { t: [], r: [] };
      last = news;
      const { t, r } = trace.current;
      for (let i = 0; i < news.trace.length; i += 2) {
        t.push(news.trace[i]!);
        r.push(news.trace[i + 1]!);
      }
      for (const list of [t, r]) list.splice(0, Math.max(0, list.length - MOST));
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        see(last);
      });
    });
    call.current.result.catch((error: Error) => fail(error.message));
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, []);
  const resting = frame && !frame.playing ? frame.past : undefined;
  useEffect(() => {
    // While they run the address tells of the coupling alone; a pause brings it up to date.
    remember(["oscillators"], { ...setting, coupling, ...(resting ? formatPast(resting) : {}) });
  }, [coupling, resting?.steps, resting?.start, resting?.turns.length]);
  useEffect(() => {
    if (canvas.current && frame && start && size > 60) drawCircle(canvas.current, size, frame.phases, start.frequencies);
  }, [frame, start, size, scheme]);
  useEffect(() => {
    if (graph.current && start?.graph && size > 60) drawGraph(graph.current, size, start.graph);
  }, [start, size, scheme]);
  const densities = useMemo((): Columns => {
    if (!start) return [[], [], []];
    const known = frame && spread?.coupling === frame.coupling;
    const numbers = (values: Float64Array | undefined): (number | null)[] =>
      Array.from(start.angles, (_, i) => (values && Number.isFinite(values[i]!) ? values[i]! : null));
    return [Array.from(start.angles), numbers(frame?.density), numbers(known ? spread.values : undefined)];
  }, [start, spread, frame]);
  const series = useMemo((): Columns => {
    const { t, r } = trace.current;
    const since = H * (frame?.past.turns.at(-1)!.at ?? 0);
    const known = frame && !Number.isNaN(frame.theory) ? frame.theory : null;
    return [t.slice(), r.slice(), t.map((at) => (at >= since ? known : null))];
  }, [frame]);
  const curve = useMemo((): Columns => {
    if (!start) return [[], [], []];
    const { couplings } = start;
    // The measured point between those of the curve, at its place on the axis.
    const at = Array.from(
      couplings,
      (k, i) => [k, orders && !Number.isNaN(orders[i]!) ? orders[i]! : null, null] as [number, number | null, number | null],
    );
    if (frame && Number.isFinite(frame.mean)) {
      const step = couplings.at(-1)! / 100;
      for (const k of [frame.coupling - step, frame.coupling, frame.coupling + step]) at.push([k, null, frame.mean]);
    }
    at.sort((a, b) => a[0] - b[0]);
    return [at.map((p) => p[0]), at.map((p) => p[1]), at.map((p) => p[2])] as unknown as Columns;
  }, [start, orders, frame?.mean, frame?.coupling]);
  const most = Math.max(coupling, start ? Math.ceil(30 * (start.critical > 0 ? start.critical : 2)) / 10 : 6);
  const playing = frame?.playing ?? true;
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="graph"
          label="Who acts on whom"
          value={setting.graph}
          options={GRAPHS.map(([name, words]) => [name, words])}
          onChange={(graph) => choose({ ...setting, graph })}
        />
        <Choice
          id="density"
          label="Natural frequencies"
          value={setting.density}
          options={DENSITIES.map((d) => [d, `${d}, width 1`])}
          onChange={(density) => choose({ ...setting, density })}
        />
        <Choice
          id="units"
          label="Oscillators"
          value={String(setting.units)}
          options={UNITS.map((n) => [String(n), String(n)])}
          onChange={(units) => choose({ ...setting, units: Number(units) })}
        />
        <Slider
          id="coupling"
          label="Coupling K"
          value={coupling}
          min={0}
          max={most}
          step={0.01}
          words={show(coupling, 4)}
          onInput={(k) => {
            turn(k);
            call.current?.order({ coupling: k });
          }}
        />
        <Slider
          id="speed"
          label="Speed"
          value={speed}
          min={1}
          max={40}
          step={1}
          words={`${speed} units of time a second`}
          onInput={(s) => {
            hasten(s);
            call.current?.order({ speed: s });
          }}
        />
        <div class="buttons" role="group" aria-label="Run">
          <button type="button" class="primary" onClick={() => call.current?.order({ playing: !playing })}>
            {playing ? "Pause" : "Play"}
          </button>
          <button type="button" disabled={playing} onClick={() => call.current?.order({ steps: 1 })}>
            Step
          </button>
          <button type="button" onClick={() => call.current?.order({ restart: "incoherent" })}>
            Scatter
          </button>
          <button type="button" onClick={() => call.current?.order({ restart: "coherent" })}>
            Gather
          </button>
        </div>
        <p class="buttons">
          <AsStudy text={() => studyOf(setting)} />
        </p>
        {frame?.digest && (
          <p class="soft under">
            After {frame.past.steps.toLocaleString("en-US")} steps of {H}. SHA-256 of the phases:{" "}
            <code data-digest="phases">{frame.digest.slice(0, 16)}</code>
          </p>
        )}
        {failure && <p class="problem">{failure}</p>}
        <Readout
          entries={[
            ["order parameter r", frame && trace.current.r.length > 0 ? show(trace.current.r.at(-1)!, 3) : "…"],
            [
              "mean ± deviation in time",
              frame && Number.isFinite(frame.mean) ? `${show(frame.mean, 3)} ± ${show(frame.deviation, 1)}` : "…",
            ],
            ["theory, infinitely many", frame && !Number.isNaN(frame.theory) ? show(frame.theory, 4) : "…"],
            ["critical coupling, theory", start ? (start.critical > 0 ? show(start.critical, 5) : "none") : "…"],
          ]}
        />
      </div>
      <div class="plots">
        <section class="plot" ref={box}>
          <h2>The oscillators on their circle</h2>
          <canvas
            ref={canvas}
            role="img"
            aria-label={`${setting.units} oscillators on a circle; the arrow is the mean of their directions, of length r`}
            style={{ width: `${size}px`, height: `${size}px` }}
          />
          <PngButton name="the oscillators on their circle" />
          <p class="under">
            Blue: slower than most; orange: faster. The arrow is the mean of all directions; its length is the order parameter.
          </p>
        </section>
        <LineChart
          title="Density of the phases"
          summary="How densely the phases lie about their mean direction, counted since the population has settled at this coupling, and for infinitely many oscillators."
          x="angle from the mean direction, in radian"
          y="density per radian"
          data={densities}
          lines={[
            { label: "measured, after 10 units of time", color: "--c1", stepped: true },
            { label: "theory, infinitely many", color: "--level", dash: [6, 4] },
          ]}
          height={190}
        />
        {start?.graph && (
          <section class="plot">
            <h2>Who acts on whom</h2>
            <canvas
              ref={graph}
              role="img"
              aria-label={`Above the diagonal the weights of this graph of ${setting.units} nodes with ${start.graph.edges} entries, below it the limit of such graphs`}
              style={{ width: `${size}px` }}
            />
            <PngButton name="who acts on whom" />
            <p class="under">
              Above the diagonal this graph of {start.graph.edges.toLocaleString("en")} entries, below it the graphon that such
              graphs tend to; the stronger the colour, the heavier.
            </p>
          </section>
        )}
        <LineChart
          title="Order parameter over time"
          summary="The order parameter over time, and its value for infinitely many oscillators at this coupling."
          x="time"
          y="r"
          data={series}
          lines={[
            { label: "measured", color: "--c1" },
            { label: "theory, infinitely many", color: "--level", dash: [6, 4] },
          ]}
        />
        <LineChart
          title="Order parameter over coupling"
          summary="Theory's curve of the order parameter over the coupling, and where this population is."
          x="coupling K"
          y="r"
          data={curve}
          lines={[
            { label: "theory, infinitely many", color: "--level", dash: [6, 4] },
            { label: "this population lately", color: "--c1", width: 5 },
          ]}
          height={190}
        />
      </div>
    </div>
  );
}
