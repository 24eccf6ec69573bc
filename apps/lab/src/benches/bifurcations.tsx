import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { description, desk } from "../engine.js";
import { MARGIN, useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { Choice } from "../parts/controls.js";
import { PngButton, ZoomButtons } from "../parts/picture-buttons.js";
import { useDrag } from "../parts/drag.js";
import { show, withError } from "../parts/numbers.js";
import { Selection } from "../parts/selection.js";
import { numberOf, remember } from "../route.js";
import type { OrbitDone } from "../worker/protocol/orbits.js";
import type { Description, FamilyCard } from "../worker/protocol/study.js";
import { AsStudy } from "./as-study.js";
import { drawExponents, drawOrbits, HEIGHT, UNDER, type Window } from "./draw-orbits.js";
import type { ViewProps } from "./index.js";
import { OrbitStore } from "./orbit-store.js";

const RECORD = 240;
/** Deeper zooms need longer transients, up to this. */
const MOST_TRANSIENT = 64_000;

/** Numbers closer together than this do not make a picture; farther apart than numbers reach neither. */
const wideEnough = (from: number, to: number): boolean =>
  to - from > 1e-9 * Math.max(Math.abs(from), Math.abs(to)) && Number.isFinite(to - from);

/** Where the orbits of a family end up, over its parameter, with the exponent under them. */
export function BifurcationBench({ query }: ViewProps) {
  const [about, know] = useState<Description>();
  useEffect(() => void description().then(know), []);
  return (
    <>
      <h1>Bifurcations</h1>
      {about ? <Diagram families={about.families} query={query} /> : <p class="soft">Reading the catalogue …</p>}
    </>
  );
}

function Diagram({ families, query }: { families: readonly FamilyCard[]; query: URLSearchParams }) {
  const [name, choose] = useState(() => families.find((f) => f.name === query.get("map"))?.name ?? families[0]!.name);
  const family = families.find((f) => f.name === name)!;
  const whole = (f: FamilyCard): Window => ({ from: f.range[0], to: f.range[1] });
  const [view, zoom] = useState<Window>(() => {
    const [from, to] = [numberOf(query, "from", family.range[0]), numberOf(query, "to", family.range[1])];
    const [low, high] = [numberOf(query, "low", NaN), numberOf(query, "high", NaN)];
    return { ...(wideEnough(from, to) ? { from, to } : whole(family)), ...(high > low ? { low, high } : {}) };
  });
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const [store, keep] = useState<OrbitStore>();
  const [drawn, tick] = useState(0);
  const [found, finish] = useState<OrbitDone>();
  const [failure, fail] = useState<string>();
  const [pointed, point] = useState<number>();
  const frames = useRef<{ above: Frame } | undefined>(undefined);

  const columns = Math.max(120, Math.round((width - MARGIN.left - MARGIN.right) * Math.min(2, devicePixelRatio || 1)));
  useEffect(() => {
    if (width < 100) return;
    const worker = desk();
    const next = new OrbitStore(columns, RECORD);
    const depth = (family.range[1] - family.range[0]) / (view.to - view.from);
    const transient = Math.min(MOST_TRANSIENT, Math.round(1000 * Math.sqrt(Math.max(1, depth))));
    let asked = 0;
    finish(undefined);
    fail(undefined);
    keep(next);
    worker
      .call(
        "orbits",
        { family: name, from: view.from, to: view.to, columns, transient, steps: 2000, record: RECORD, seed: 0 },
        (news) => {
          next.add(news);
          asked ||= requestAnimationFrame(() => {
            asked = 0;
            tick((n) => n + 1);
          });
        },
      )
      .result.then(finish, (error: Error) => fail(error.message));
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [name, view.from, view.to, columns]);

  useEffect(() => {
    const { from, to, low, high } = view;
    remember(["bifurcations"], {
      map: name,
      from,
      to,
      ...(low !== undefined && high !== undefined ? { low, high } : {}),
    } as Record<string, string | number>);
  }, [name, view]);

  const range = useMemo(
    (): readonly [number, number] =>
      view.low !== undefined && view.high !== undefined ? [view.low, view.high] : (store?.range() ?? [0, 1]),
    [store, drawn, view],
  );
  useEffect(() => {
    if (width < 100 || !store || !canvas.current || !below.current) return;
    frames.current = {
      above: drawOrbits(canvas.current, width, store, view, range, family, found),
    };
    drawExponents(below.current, width, store, view, family, found);
  }, [store, drawn, width, scheme, found, range]);

  const reveal = (next: Window): void => {
    // Twelve digits: what is left of rounding would only lengthen the address.
    const [from, to] = [next.from, next.to].map((v) => Number(v.toPrecision(12))) as [number, number];
    if (wideEnough(from, to)) zoom({ ...next, from, to });
  };
  const scale = (by: number, about = 0.5): void => {
    const span = view.to - view.from;
    const centre = view.from + about * span;
    reveal({ from: centre - about * span * by, to: centre + (1 - about) * span * by, low: view.low, high: view.high });
  };
  const move = (by: number): void => {
    const span = (view.to - view.from) * by;
    reveal({ ...view, from: view.from + span, to: view.to + span });
  };
  const columnAt = (px: number): number =>
    Math.min(columns - 1, Math.max(0, Math.floor(((px - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * columns)));
  const { drag, handlers } = useDrag(
    (px) => point(columnAt(px)),
    (drawn) => {
      if (!frames.current || Math.abs(drawn.x1 - drawn.x0) <= 8) return;
      const [a, high] = frames.current.above.at(Math.min(drawn.x0, drawn.x1), Math.min(drawn.y0, drawn.y1));
      const [b, low] = frames.current.above.at(Math.max(drawn.x0, drawn.x1), Math.max(drawn.y0, drawn.y1));
      const tall = Math.abs(drawn.y1 - drawn.y0) > 24;
      reveal({ from: a, to: b, ...(tall ? { low, high } : {}) });
    },
  );
  const keys: Record<string, () => void> = {
    "+": () => scale(0.5),
    "=": () => scale(0.5),
    "-": () => scale(2),
    "0": () => zoom(whole(family)),
    ArrowLeft: () => point((p) => Math.max(0, (p ?? columns / 2) - 1)),
    ArrowRight: () => point((p) => Math.min(columns - 1, (p ?? columns / 2) + 1)),
    PageUp: () => move(0.25),
    PageDown: () => move(-0.25),
  };
  const column = pointed === undefined ? undefined : Math.round(pointed);
  const readout =
    store && column !== undefined && store.width[column]! > 0
      ? `${family.parameter} ${show(view.from + ((view.to - view.from) * (column + 0.5)) / columns, 7)}: ${store.words(column)}, exponent ${withError(store.exponents[column]!, store.errors[column]!)} per step`
      : "Drag over a part to zoom into it. With the picture in focus: + and − zoom, arrows read values, Page up and down move, 0 shows all.";
  const share = store?.done ?? 0;
  return (
    <div class="bench">
      <div class="side">
        <Choice
          id="family"
          label="Family of maps"
          value={name}
          options={families.map((f) => [f.name, f.name])}
          onChange={(to) => {
            choose(to);
            point(undefined);
            zoom(whole(families.find((f) => f.name === to)!));
          }}
        />
        <p class="soft">
          {family.description}. {family.source}.
        </p>
        <ZoomButtons scale={scale} whole={() => zoom(whole(family))} />
        <p class="buttons">
          <AsStudy
            text={() =>
              `title: Orbits of the family ${name}\nseed: 0\nsystem:\n  kind: family\n  map: ${name}\n  from: ${view.from}\n  to: ${view.to}\n  count: 600\nquestions:\n  - type: orbit-diagram\n`
            }
          />
        </p>
        <div role="status">
          {failure ? (
            <p class="problem">{failure}</p>
          ) : found ? (
            <Doublings found={found} />
          ) : (
            <p class="soft">Sharpening … {Math.round(100 * share)} %</p>
          )}
        </div>
      </div>
      <div class="plots" ref={box}>
        <section class="plot">
          <h2>Where the orbits end up</h2>
          <div class="stage">
            <canvas
              ref={canvas}
              tabIndex={0}
              role="img"
              aria-label={`Orbit diagram of the family ${name}: last states over the ${family.parameter} from ${show(view.from, 6)} to ${show(view.to, 6)}`}
              aria-describedby="orbit-readout"
              style={{ height: `${HEIGHT}px`, cursor: "crosshair" }}
              {...handlers}
              onKeyDown={(e) => {
                const act = keys[e.key];
                if (act) {
                  e.preventDefault();
                  act();
                }
              }}
            />
            {drag && Math.abs(drag.x1 - drag.x0) > 3 && (
              <Selection drag={drag} {...(Math.abs(drag.y1 - drag.y0) > 24 ? {} : { top: MARGIN.top, bottom: HEIGHT - 4 })} />
            )}
          </div>
          <h2>Lyapunov exponent of each orbit</h2>
          <canvas
            ref={below}
            role="img"
            data-caption={`Lyapunov exponent of each orbit of the family ${name}`}
            aria-label={`Largest Lyapunov exponent over the ${family.parameter}; below 0 neighbours meet, above 0 they part`}
            style={{ height: `${UNDER}px` }}
          />
          <p class="under" id="orbit-readout" aria-live="polite">
            {readout}
          </p>
          <PngButton name={`the orbits of ${name}`} />
        </section>
      </div>
    </div>
  );
}

function Doublings({ found }: { found: OrbitDone }) {
  return found.doublings.length === 0 ? (
    <p class="soft">No period doubling in this window.</p>
  ) : (
    <>
      <p class="soft">Period doublings, where the multiplier passes −1 (dashed lines):</p>
      <dl class="facts">
        {found.doublings.map((d) => (
          <>
            <dt>
              {d.period} → {2 * d.period}
            </dt>
            <dd>{show(d.value, 9)}</dd>
          </>
        ))}
      </dl>
    </>
  );
}
