import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Slider, Speed } from "../parts/controls.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { numberOf, remember } from "../route.js";
import type { FieldCard, FlowGrid, FlowOrbit, FlowRest } from "../worker/protocol/flow.js";
import type { Description } from "../worker/protocol/study.js";
import { AsStudy } from "./as-study.js";
import { Exponents } from "./exponents.js";
import {
  formatPoints,
  formatRide,
  MOST,
  parseAcross,
  parsePoints,
  parseRide,
  studyOf,
  usualAcross,
  usualStarts,
  type Point,
} from "./flow-address.js";
import type { ViewProps } from "./index.js";
import { PhasePlane } from "./phase-plane.js";
import { useRide } from "./use-ride.js";

const CELLS = 121;
/** Pictures a second: a whole window of time in so many seconds. */
const SPEEDS = [120, 60, 30, 15, 8, 4, 2, 1].map((seconds) => 1 / seconds);
const USUAL_SPEED = 3;
const COLORS = ["--c1", "--c4", "--c3"];
const DASHES = [[], [6, 3], [2, 2]];

/** Trajectories of a vector field. The address holds the field, its parameters, where trajectories start, and the way of the moving point. */
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

function Plane({ fields, query }: { fields: readonly FieldCard[]; query: URLSearchParams }) {
  const first = fields.find((f) => f.name === query.get("field")) ?? fields[0]!;
  const [card, choose] = useState(first);
  const [values, set] = useState(() => first.parameters.map((p) => numberOf(query, p.name, p.value)));
  const [starts, begin] = useState<readonly Point[]>(() => {
    const given = parsePoints(query.get("starts"), first.components.length);
    return given.length > 0 ? given : usualStarts(first);
  });
  const [across, turn] = useState(() => parseAcross(query, first));
  const [does, decide] = useState<"start" | "push">("start");
  const [speed, hasten] = useState(USUAL_SPEED);
  const [grid, know] = useState<FlowGrid>();
  const [rest, settle] = useState<FlowRest>();
  const [orbits, follow] = useState<readonly FlowOrbit[]>([]);
  const [failure, fail] = useState<string>();
  const call = useRef<Call<"flow"> | undefined>(undefined);
  const orbitsOf = useRef<FlowOrbit[]>([]);
  const given = useRef(parseRide(query, first.components.length, first.parameters.length));
  const paceOf = (s: number): number => card.duration * SPEEDS[s]!;
  const ride = useRide(
    card,
    () => {
      const kept = given.current;
      given.current = undefined;
      return kept ?? { before: 0, legs: [{ from: starts.at(-1) ?? card.initial, values, steps: 0 }] };
    },
    paceOf(speed),
  );

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
    // An address whose ride ends with other parameters than those it names.
    ride.order({ values });
    return () => worker.close();
  }, [card]);
  const { frame } = ride;
  const resting = frame && !frame.playing ? frame.ride : undefined;
  useEffect(() => {
    // While the point moves the address is behind; a pause brings it up to date.
    if (!resting) return;
    const parameters = Object.fromEntries(card.parameters.map((p, i) => [p.name, values[i]!]));
    const [a, b] = across.map((i) => card.components[i]!);
    remember(["flows"], {
      field: card.name,
      ...parameters,
      starts: formatPoints(starts),
      ...(card.components.length > 2 ? { across: a!, up: b! } : {}),
      ...formatRide(resting, starts.at(-1) ?? card.initial),
    });
  }, [card, values, starts, across, resting]);

  const start = (place: Point): void => {
    if (starts.length >= MOST) return;
    begin([...starts, place]);
    call.current?.order({ kind: "start", start: place });
    ride.order({ start: place });
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
    ride.order({ values: next });
  };
  const change = (name: string): void => {
    const next = fields.find((f) => f.name === name)!;
    choose(next);
    set(next.parameters.map((p) => p.value));
    begin(usualStarts(next));
    turn(usualAcross(next.components.length));
    follow([]);
    know(undefined);
    settle(undefined);
  };
  const last = orbits.at(-1);
  const dim = card.components.length;
  const end = last && last.points.length > dim ? Array.from(last.points.slice(-dim), (v) => show(v, 4)).join(", ") : "";
  const series = useMemo((): Columns => {
    const points = last?.points ?? new Float64Array(0);
    const size = dim + 1;
    const future = Array.from({ length: Math.floor(points.length / size) }, (_, i) => size * i).filter((i) => points[i]! >= 0);
    return [future.map((i) => points[i]!), ...card.components.map((_, j) => future.map((i) => points[i + 1 + j]!))];
  }, [last, card]);
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="field"
          label="Vector field"
          value={card.name}
          options={fields.map((f) => [f.name, f.name])}
          onChange={change}
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
        {dim > 2 && (
          <div class="row">
            {(["across", "up"] as const).map((name, side) => (
              <Choice
                key={name}
                id={`component-${name}`}
                label={side === 0 ? "Across" : "Up"}
                value={String(across[side])}
                options={card.components.map((c, i) => [String(i), c])}
                onChange={(i) => {
                  const chosen = Number(i);
                  const other = across[1 - side]!;
                  // The same one twice would be a line: the other takes the place of the one chosen.
                  const left = chosen === other ? across[side]! : other;
                  turn(side === 0 ? [chosen, left] : [left, chosen]);
                }}
              />
            ))}
          </div>
        )}
        <div class="buttons" role="group" aria-label="The moving point">
          <button
            type="button"
            class="primary"
            disabled={!frame || frame.status !== "ok"}
            onClick={() => ride.order({ playing: !frame!.playing })}
          >
            {frame?.playing ? "Pause" : "Play"}
          </button>
          <button
            type="button"
            disabled={!frame || frame.playing || frame.status !== "ok"}
            onClick={() => ride.order({ steps: 1 })}
          >
            Step
          </button>
          <button
            type="button"
            disabled={!frame}
            onClick={() => ride.order({ playing: false, start: starts.at(-1) ?? card.initial })}
          >
            Back to its start
          </button>
        </div>
        <Speed
          speeds={SPEEDS}
          at={speed}
          words={`${show(paceOf(speed), 2)} units of time a second`}
          onInput={(s) => {
            hasten(s);
            ride.order({ speed: paceOf(s) });
          }}
        />
        <Choice
          id="does"
          label="A click in the picture, and Enter"
          value={does}
          options={[
            ["start", "starts a trajectory"],
            ["push", "pushes the moving point"],
          ]}
          onChange={(what) => decide(what as "start" | "push")}
        />
        {frame && (
          <p class="soft under">
            The point is at ({Array.from(frame.state, (v) => show(v, 4)).join(", ")}) at time {show(frame.time, 5)}.{" "}
            {frame.digest && (
              <>
                SHA-256 of its state: <code data-digest="ride">{frame.digest.slice(0, 16)}</code>
              </>
            )}
          </p>
        )}
        {frame && frame.status !== "ok" && (
          <p class="problem" role="alert">
            {(frame.explanation ?? `${frame.status}: the point cannot go on from here`).replace(/\.$/, "")}. Push it elsewhere or
            change a parameter.
          </p>
        )}
        <p class="buttons">
          <button type="button" onClick={clear}>
            Clear trajectories
          </button>
          <AsStudy text={() => studyOf(card, values, starts.at(-1))} />
        </p>
        {(failure ?? ride.failure) && <p class="problem">{failure ?? ride.failure}</p>}
        <p class="soft under" role="status">
          {last
            ? `${orbits.length} ${orbits.length === 1 ? "trajectory" : "trajectories"}; the last ended at (${end})${last.status === "ok" ? "" : `: ${last.status}`}.`
            : "No trajectory."}
        </p>
        {rest && (
          <>
            <p class="soft">{rest.points.length > 0 ? "Points at rest in the picture:" : "No point at rest in the picture."}</p>
            <ul class="shares">
              {rest.points.map(({ place, words }) => (
                <li key={place.join()}>
                  ({place.map((v) => show(Math.abs(v) < 1e-9 ? 0 : v, 4)).join(", ")}): {words}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div class="plots">
        <PhasePlane
          card={card}
          across={across}
          grid={grid}
          rest={rest}
          orbits={orbits}
          ride={frame}
          trail={ride.trail}
          does={does}
          start={start}
          push={(place) => ride.order({ push: place })}
          clear={clear}
        />
        <Exponents card={card} values={values} start={starts.at(-1)} />
        <LineChart
          title="The last trajectory over time"
          summary={`The components of the last trajectory over time, ending at ${end || "nothing"}.`}
          x="time"
          y="state"
          data={series}
          lines={card.components.map((label, i) => ({ label, color: COLORS[i]!, dash: DASHES[i]!, width: 2 }))}
        />
      </div>
    </div>
  );
}
