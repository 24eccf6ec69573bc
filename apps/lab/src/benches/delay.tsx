import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk, type Call } from "../engine.js";
import { color, frame, useScheme, useWidth } from "../parts/canvas.js";
import type { Columns } from "../parts/columns.js";
import { Choice, Slider, Speed } from "../parts/controls.js";
import { LineChart } from "../parts/line-chart.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import { numberOf, remember } from "../route.js";
import { DELAYS, ROWS, type DelayCard } from "../worker/protocol/delay.js";
import { AsStudy } from "./as-study.js";
import type { ViewProps } from "./index.js";

/** How far sliders go, in the values of the catalogue. */
const REACH = 3;
/** Share of the solution that the portrait leaves out: where it came from. */
const PASSED = 0.4;
/** Rows of the whole solution. */
const ALL = DELAYS * ROWS;

/** Delays played in a second. */
const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const USUAL_SPEED = 3;
const MOST_TAU = 100;

/** A delay equation to be turned. The address holds the equation, its parameters, its past, and how far it is played. */
export function DelayBench({ query }: ViewProps) {
  const [cards, know] = useState<readonly DelayCard[]>();
  const [name, choose] = useState(() => query.get("equation") ?? "");
  useEffect(() => void description().then((d) => know(d.delays)), []);
  const card = cards?.find((c) => c.name === name) ?? cards?.[0];
  return (
    <>
      <h1>Delay</h1>
      {cards && card ? (
        <Equation
          key={card.name}
          cards={cards}
          card={card}
          query={(query.get("equation") ?? cards[0]!.name) === card.name ? query : new URLSearchParams()}
          choose={choose}
        />
      ) : (
        <p class="soft">Reading the catalogue …</p>
      )}
    </>
  );
}

const leastTau = (usual: number): number => Number((usual / 20).toPrecision(2));

interface Solution {
  readonly t: number[];
  readonly now: number[];
  readonly before: number[];
  status: string;
}

const studyOf = (
  card: DelayCard,
  parameters: Readonly<Record<string, number>>,
  past: number,
): string => `title: The delay equation ${card.name}
seed: 0
system:
  kind: delay
  equation: ${card.name}
  parameters: { ${Object.entries(parameters)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")} }
${card.components.length === 1 ? `  history: [${past}]\n` : ""}  time: ${Number((200 * parameters["tau"]!).toPrecision(6))}
questions:
  - type: delay-trajectory
  - type: delay-spectrum
`;

function Equation(props: {
  readonly cards: readonly DelayCard[];
  readonly card: DelayCard;
  readonly query: URLSearchParams;
  readonly choose: (name: string) => void;
}) {
  const { cards, card, query, choose } = props;
  const [parameters, set] = useState(() =>
    Object.fromEntries(
      Object.entries(card.parameters).map(([key, value]) => [
        key,
        key === "tau" ? numberOf(query, key, value, leastTau(value), MOST_TAU * value) : numberOf(query, key, value),
      ]),
    ),
  );
  // How much is seen: all of it, until it is played.
  const [row, go] = useState(() => Math.round(numberOf(query, "row", ALL, 1, ALL)));
  const [playing, play] = useState(false);
  const [speed, hasten] = useState(USUAL_SPEED);
  const [past, remind] = useState(() => numberOf(query, "past", 0.5));
  const [drawn, tick] = useState(0);
  const [failure, fail] = useState<string>();
  const solution = useRef<Solution>({ t: [], now: [], before: [], status: "ok" });
  const call = useRef<Call<"delay"> | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const size = Math.min(460, width);
  useEffect(() => {
    const worker = desk();
    let asked = 0;
    call.current = worker.call("delay", { equation: card.name }, (news) => {
      if (news.from === 0) solution.current = { t: [], now: [], before: [], status: "ok" };
      const { t, now, before } = solution.current;
      t.push(...news.times);
      now.push(...news.now);
      before.push(...news.before);
      solution.current.status = news.status;
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        tick((n) => n + 1);
      });
    });
    call.current.result.catch((error: Error) => fail(error.message));
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, []);
  useEffect(() => call.current?.order({ parameters, past }), [parameters, past]);
  useEffect(() => {
    // While it plays the address is behind; a pause brings it up to date.
    if (!playing) remember(["delay"], { equation: card.name, ...parameters, past, ...(row < ALL ? { row } : {}) });
  }, [parameters, past, row, playing]);
  useEffect(() => {
    if (!playing) return undefined;
    let [asked, before, owed] = [0, performance.now(), 0];
    const move = (clock: number): void => {
      owed += Math.min(0.25, Math.max(0, (clock - before) / 1000)) * SPEEDS[speed]! * ROWS;
      before = clock;
      const whole = Math.floor(owed);
      owed -= whole;
      if (whole > 0) go((at) => Math.min(ALL, at + whole));
      asked = requestAnimationFrame(move);
    };
    asked = requestAnimationFrame(move);
    return () => cancelAnimationFrame(asked);
  }, [playing, speed]);
  useEffect(() => {
    if (row >= ALL) play(false);
  }, [row]);
  useEffect(() => {
    if (size > 100 && canvas.current) portrait(canvas.current, size, card, solution.current, row);
  }, [size, scheme, drawn, row]);
  const series = useMemo((): Columns => [solution.current.t.slice(0, row), solution.current.now.slice(0, row)], [drawn, row]);
  const { t, now, status } = solution.current;
  const late = now.slice(Math.floor(PASSED * now.length));
  const [low, high] = [Math.min(...late), Math.max(...late)];
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="equation"
          label="Delay equation"
          value={card.name}
          options={cards.map((c) => [c.name, c.name])}
          onChange={choose}
        />
        <p class="soft">
          {card.description}. {card.source}.
        </p>
        {Object.entries(card.parameters).map(([key, usual]) => (
          <Slider
            key={key}
            id={`parameter-${key}`}
            label={key === "tau" ? "tau, the delay" : key}
            value={parameters[key]!}
            min={key === "tau" ? leastTau(usual) : Math.min(0, REACH * usual)}
            max={Math.max(0, REACH * usual) || 1}
            step={Number(Math.abs((usual || 1) / 100).toPrecision(1))}
            words={show(parameters[key]!, 4)}
            onInput={(value) => set((old) => ({ ...old, [key]: value }))}
          />
        ))}
        <Slider
          id="past"
          label={`${card.components[0]} in the past, constant`}
          value={past}
          min={-2}
          max={2}
          step={0.01}
          words={show(past, 3)}
          onInput={remind}
        />
        <div class="buttons" role="group" aria-label="Run">
          <button
            type="button"
            class="primary"
            onClick={() => {
              // At the end it begins anew.
              if (!playing && row >= ALL) go(1);
              play(!playing);
            }}
          >
            {playing ? "Pause" : "Play"}
          </button>
          <button type="button" disabled={playing} onClick={() => go(row >= ALL ? 1 : row + 1)}>
            Step
          </button>
          <button
            type="button"
            onClick={() => {
              play(false);
              go(ALL);
            }}
          >
            Whole
          </button>
        </div>
        <Speed
          speeds={SPEEDS}
          at={speed}
          words={`${SPEEDS[speed]} ${SPEEDS[speed] === 1 ? "delay" : "delays"} a second`}
          onInput={hasten}
        />
        <p class="buttons">
          <AsStudy text={() => studyOf(card, parameters, past)}>As a study, with exponents</AsStudy>
        </p>
        {failure && <p class="problem">{failure}</p>}
        <p class="soft under" role="status">
          {t.length === 0
            ? "Solving …"
            : status === "ok"
              ? `From time ${show(t[Math.floor(PASSED * t.length)]!, 3)} to ${show(t.at(-1)!, 4)} the solution stays between ${show(low, 4)} and ${show(high, 4)}.`
              : `The solution ended at time ${show(t.at(-1)!, 4)}: ${status}.`}
        </p>
      </div>
      <div class="plots">
        <section class="plot" ref={box}>
          <h2>Now against one delay before</h2>
          <canvas
            ref={canvas}
            role="img"
            aria-label={`Portrait of ${card.name}: ${card.components[0]} now against ${card.components[0]} one delay before, without the first part`}
            style={{ width: `${size}px`, height: `${size}px` }}
          />
          <PngButton name={`the portrait of ${card.name}`} />
        </section>
        <LineChart
          title="The solution over time"
          summary={`The solution over time, from a constant past of ${show(past, 3)}.`}
          x="time"
          y={card.components[0]!}
          data={series}
          lines={[{ label: card.components[0]!, color: "--c1" }]}
        />
      </div>
    </div>
  );
}

/** The path of (x(t - tau), x(t)) up to a row; of the whole, without where it came from. */
function portrait(canvas: HTMLCanvasElement, size: number, card: DelayCard, solution: Solution, row: number): void {
  const end = Math.min(row, solution.now.length);
  const first = Math.max(0, end - Math.round((1 - PASSED) * ALL));
  const [now, before] = [solution.now.slice(0, end), solution.before.slice(0, end)];
  // While it is played the axes rest: they hold all that will come.
  const seen = (row < ALL ? [...solution.now, ...solution.before] : [...now.slice(first), ...before.slice(first)]).filter(
    Number.isFinite,
  );
  const [low, high] = seen.length > 0 ? [Math.min(...seen), Math.max(...seen)] : [0, 1];
  const room = Math.max(0.08 * (high - low), 0.02 * Math.abs(high), 1e-3);
  const range = [low - room, high + room] as const;
  const name = card.components[0]!;
  const f = frame(canvas, size, size, { x: range, y: range, xLabel: `${name}(t − τ)`, yLabel: `${name}(t)` });
  const { context } = f;
  context.strokeStyle = color("--c1");
  context.lineWidth = 1.4;
  context.lineJoin = "round";
  context.beginPath();
  for (let i = first; i < now.length; i++) context.lineTo(f.x(before[i]!), f.y(now[i]!));
  context.stroke();
  if (now.length > 0) {
    context.fillStyle = color("--c2");
    context.beginPath();
    context.arc(f.x(before.at(-1)!), f.y(now.at(-1)!), 5, 0, 2 * Math.PI);
    context.fill();
  }
}
