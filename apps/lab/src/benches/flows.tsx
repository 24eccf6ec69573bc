import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { pack } from "../link.js";
import { useScheme, useWidth, type Frame } from "../parts/canvas.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Slider } from "../parts/controls.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { formatHash, numberOf, remember } from "../route.js";
import type { FieldCard, FlowGrid, FlowOrbit, FlowRest } from "../worker/protocol/flow.js";
import type { Description } from "../worker/protocol/study.js";
import { drawPlane } from "./draw-plane.js";
import type { ViewProps } from "./index.js";

const CELLS = 121;
/** More trajectories than these hide each other. */
const MOST = 24;

type Point = readonly [number, number];

/** 0.5,1;2,0 as points. */
export const parsePoints = (text: string | null): Point[] =>
  (text ?? "")
    .split(";")
    .map((p) => p.split(",").map(Number))
    .filter((p): p is [number, number] => p.length === 2 && p.every(Number.isFinite))
    .slice(0, MOST);

/** The phase plane of a vector field. The address holds the field, its parameters and where trajectories start. */
export function FlowBench({ query }: ViewProps) {
  const [about, know] = useState<Description>();
  useEffect(() => void description().then(know), []);
  return (
    <>
      <h1>Flows</h1>
      {about ? <Plane fields={about.fields} query={query} /> : <p class="soft">Reading the catalogue …</p>}
    </>
  );
}

/** Where trajectories start before the visitor has clicked anywhere. */
const usual = ({ box: [x, y] }: FieldCard): Point[] =>
  [
    [0.2, 0.8],
    [0.62, 0.45],
  ].map(([u, v]) => [x[0] + u! * (x[1] - x[0]), y[0] + v! * (y[1] - y[0])].map((c) => Number(c.toFixed(3))) as unknown as Point);

/** The last trajectory as a study with its Lyapunov exponents. */
const studyOf = (card: FieldCard, values: readonly number[], starts: readonly Point[]): string => `title: The flow ${card.name}
seed: 0
system:
  kind: flow
  field: ${card.name}
  parameters: { ${card.parameters.map((p, i) => `${p.name}: ${values[i]}`).join(", ")} }
${starts.length > 0 ? `  initial: [${starts.at(-1)!.join(", ")}]\n` : ""}questions:
  - type: trajectory
  - type: lyapunov-spectrum
`;

function Plane({ fields, query }: { fields: readonly FieldCard[]; query: URLSearchParams }) {
  const first = fields.find((f) => f.name === query.get("field")) ?? fields[0]!;
  const [card, choose] = useState(first);
  const [values, set] = useState(() => first.parameters.map((p) => numberOf(query, p.name, p.value)));
  const [starts, begin] = useState<readonly Point[]>(() => {
    const given = parsePoints(query.get("starts"));
    return given.length > 0 ? given : usual(first);
  });
  const [grid, know] = useState<FlowGrid>();
  const [rest, settle] = useState<FlowRest>();
  const [orbits, follow] = useState<readonly FlowOrbit[]>([]);
  const [failure, fail] = useState<string>();
  const [cross, aim] = useState<Point>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const call = useRef<Call<"flow"> | undefined>(undefined);
  const orbitsOf = useRef<FlowOrbit[]>([]);
  const width = useWidth(box);
  const scheme = useScheme();
  const height = Math.min(520, Math.max(300, Math.round(width * 0.62)));

  useEffect(() => {
    const worker = desk();
    const found: FlowOrbit[] = [];
    orbitsOf.current = found;
    fail(undefined);
    call.current = worker.call("flow", { field: card.name, values, cells: CELLS }, (news) => {
      if (news.kind === "grid") return know(news);
      if (news.kind === "rest") return settle(news);
      // Trajectories of the parameters before stay until their successors come, so that a moved slider does not make the picture flicker.
      found[news.id] = news;
      follow([...found]);
    });
    call.current.result.catch((error: Error) => fail(error.message));
    starts.forEach((start) => call.current!.order({ kind: "start", start }));
    return () => worker.close();
  }, [card]);
  useEffect(() => {
    const parameters = Object.fromEntries(card.parameters.map((p, i) => [p.name, values[i]!]));
    remember(["flows"], { field: card.name, ...parameters, starts: starts.map((s) => s.join(",")).join(";") });
  }, [card, values, starts]);
  useEffect(() => {
    if (width > 100 && canvas.current && grid)
      plane.current = drawPlane(canvas.current, width, height, card, grid, rest, orbits, cross);
  }, [width, height, scheme, grid, rest, orbits, cross, card]);

  const start = ([x, y]: Point): void => {
    if (starts.length >= MOST) return;
    const place: Point = [Number(x.toPrecision(4)), Number(y.toPrecision(4))];
    begin([...starts, place]);
    call.current?.order({ kind: "start", start: place });
  };
  const clear = (): void => {
    begin([]);
    orbitsOf.current.length = 0;
    follow([]);
    call.current?.order({ kind: "clear" });
  };
  const tune = (i: number, v: number): void => {
    const next = values.map((old, j) => (j === i ? v : old));
    set(next);
    // Those of the old parameters would be wrong.
    settle(undefined);
    call.current?.order({ kind: "values", values: next });
  };
  const [xs, ys] = card.box;
  const move = (dx: number, dy: number): void =>
    aim(([x, y] = [0.5 * (xs[0] + xs[1]), 0.5 * (ys[0] + ys[1])]) => [
      Math.min(xs[1], Math.max(xs[0], x + (dx * (xs[1] - xs[0])) / 40)),
      Math.min(ys[1], Math.max(ys[0], y + (dy * (ys[1] - ys[0])) / 40)),
    ]);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, 1),
    ArrowDown: () => move(0, -1),
    Enter: () => cross && start(cross),
    " ": () => cross && start(cross),
    Delete: clear,
  };
  const last = orbits.at(-1);
  const series = useMemo((): Columns => {
    const points = last?.points ?? new Float64Array(0);
    const future = Array.from({ length: points.length / 3 }, (_, i) => 3 * i).filter((i) => points[i]! >= 0);
    const of = (j: number): number[] => future.map((i) => points[i + j]!);
    return [of(0), of(1), of(2)];
  }, [last]);
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="field"
          label="Vector field"
          value={card.name}
          options={fields.map((f) => [f.name, f.name])}
          onChange={(name) => {
            const next = fields.find((f) => f.name === name)!;
            choose(next);
            set(next.parameters.map((p) => p.value));
            begin(usual(next));
            follow([]);
            know(undefined);
            settle(undefined);
            aim(undefined);
          }}
        />
        <p class="soft">
          {card.description}. {card.source}.
        </p>
        {card.parameters.map((p, i) => (
          <Slider
            key={`${card.name} ${p.name}`}
            id={`parameter-${p.name}`}
            label={`${p.name}, ${p.description}`}
            value={values[i]!}
            min={p.range[0]}
            max={p.range[1]}
            step={Number(((p.range[1] - p.range[0]) / 200).toPrecision(1))}
            words={show(values[i]!, 4)}
            onInput={(v) => tune(i, v)}
          />
        ))}
        <p class="buttons">
          <button type="button" onClick={clear}>
            Clear trajectories
          </button>
          <button
            type="button"
            class="small"
            onClick={() => void pack(studyOf(card, values, starts)).then((part) => (location.hash = formatHash(["study", part])))}
          >
            As a study
          </button>
        </p>
        {failure && <p class="problem">{failure}</p>}
        <p class="soft under" role="status">
          {last
            ? `${orbits.length} ${orbits.length === 1 ? "trajectory" : "trajectories"}; the last ended at (${show(last.points.at(-2)!, 4)}, ${show(last.points.at(-1)!, 4)})${last.status === "ok" ? "" : `: ${last.status}`}.`
            : "No trajectory."}
        </p>
        {rest && (
          <>
            <p class="soft">{rest.points.length > 0 ? "Points at rest in the picture:" : "No point at rest in the picture."}</p>
            <ul class="shares">
              {rest.points.map(({ place, words }) => (
                <li key={place.join()}>
                  ({show(Math.abs(place[0]) < 1e-9 ? 0 : place[0], 4)}, {show(Math.abs(place[1]) < 1e-9 ? 0 : place[1], 4)}):{" "}
                  {words}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div class="plots">
        <section class="plot" ref={box}>
          <h2>Phase plane</h2>
          <ul class="legend">
            <li>
              <Key name="--c1" /> trajectories, paler into the past
            </li>
            <li>
              <Key name="--c2" /> {card.components[0]}′ = 0
            </li>
            <li>
              <Key name="--c3" /> {card.components[1]}′ = 0
            </li>
            {rest && rest.separatrices.length > 0 && (
              <li>
                <Key name="--c4" /> separatrices, dashed into the saddle
              </li>
            )}
          </ul>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-label={`Phase plane of ${card.name}: direction field, nullclines and ${orbits.length} trajectories`}
            aria-describedby="plane-help"
            style={{ height: `${height}px`, cursor: "crosshair" }}
            onClick={(e) => {
              const { left, top } = e.currentTarget.getBoundingClientRect();
              if (plane.current) start(plane.current.at(e.clientX - left, e.clientY - top));
            }}
            onKeyDown={(e) => {
              const act = keys[e.key];
              if (!act) return;
              e.preventDefault();
              act();
            }}
          />
          <p class="under" id="plane-help" aria-live="polite">
            {cross
              ? `Cross at (${show(cross[0], 3)}, ${show(cross[1], 3)}): Enter starts a trajectory there.`
              : "Click to start a trajectory, or focus the picture, move a cross with the arrow keys and press Enter. Where the two curves meet the flow rests."}
          </p>
        </section>
        <LineChart
          title="The last trajectory over time"
          summary={`Both components of the last trajectory over time, ending at ${last ? show(last.points.at(-2)!, 4) : "nothing"} and ${last ? show(last.points.at(-1)!, 4) : "nothing"}.`}
          x="time"
          y="state"
          data={series}
          lines={[
            { label: card.components[0]!, color: "--c1", width: 2 },
            { label: card.components[1]!, color: "--c4", dash: [6, 3], width: 2 },
          ]}
        />
      </div>
    </div>
  );
}

const Key = ({ name }: { name: string }) => (
  <svg class="key" viewBox="0 0 26 4" aria-hidden="true">
    <line x1="0" x2="26" y1="2" y2="2" stroke={`var(${name})`} stroke-width="3" />
  </svg>
);
