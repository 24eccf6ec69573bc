import { useEffect, useRef, useState } from "preact/hooks";
import { desk, type Call } from "../engine.js";
import { examples } from "../examples.js";
import { pack, unpack } from "../link.js";
import { useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { Choice } from "../parts/controls.js";
import { PngButton, ZoomButtons } from "../parts/picture-buttons.js";
import { useDrag } from "../parts/drag.js";
import { Mosaic } from "../parts/mosaic.js";
import { show, withError } from "../parts/numbers.js";
import { Selection } from "../parts/selection.js";
import { numberOf, remember } from "../route.js";
import type { BasinsStart, BasinsWhole } from "../worker/protocol/basins.js";
import { AsStudy } from "./as-study.js";
import { CELLS, colorOf, drawBasins, UNKNOWN, type Part } from "./draw-basins.js";
import type { ViewProps } from "./index.js";

const presets = examples.filter((e) => e.kind === "basins");

/** Basins of attraction to zoom into. The address holds the study and the part that is looked at. */
export function BasinsBench({ path, query }: ViewProps) {
  const [text, open] = useState<string>();
  const [problem, say] = useState<string>();
  const [name, choose] = useState(() => (presets.find((e) => e.name === query.get("example")) ?? presets[0]!).name);
  const [part, look] = useState<Part | undefined>(() => {
    const [x0, x1, y0, y1] = ["x0", "x1", "y0", "y1"].map((key) => numberOf(query, key, NaN)) as [number, number, number, number];
    return x1 > x0 && y1 > y0 ? { x: [x0, x1], y: [y0, y1] } : undefined;
  });
  useEffect(() => {
    if (path[0])
      unpack(path[0]).then(
        (own) => (choose(""), open(own)),
        () => {
          say("This link is damaged: the study in it cannot be read. Here is another one.");
          open(presets[0]!.text);
        },
      );
    else open((presets.find((e) => e.name === name) ?? presets[0]!).text);
  }, []);
  useEffect(() => {
    if (text === undefined) return;
    const corners: Record<string, number> = part ? { x0: part.x[0], x1: part.x[1], y0: part.y[0], y1: part.y[1] } : {};
    if (name) return remember(["basins"], { example: name, ...corners });
    void pack(text).then((packed) => remember(["basins", packed], corners));
  }, [text, name, part]);
  return (
    <>
      <h1>Basins</h1>
      {problem && <p class="problem">{problem}</p>}
      {text === undefined ? (
        <p class="soft">Opening …</p>
      ) : (
        <Pictures
          key={text}
          text={text}
          part={part}
          look={look}
          menu={
            <Choice
              id="study"
              label="System"
              value={name}
              options={[
                ...(name ? [] : ([["", "the study of the address"]] as const)),
                ...presets.map((e) => [e.name, e.title] as const),
              ]}
              onChange={(to) => {
                choose(to);
                look(undefined);
                open(presets.find((e) => e.name === to)!.text);
              }}
            />
          }
        />
      )}
    </>
  );
}

/** The study with another rectangle of starts. */
const zoomed = (text: string, { axes }: BasinsStart, { x, y }: Part): string =>
  text
    .replace(/^ {2}[xy]: .*\n/gm, "")
    .replace(
      /^ {2}kind: basins.*\n/m,
      `$&${[x, y].map(([from, to], i) => `  ${"xy"[i]}: { component: ${axes[i]}, from: ${from}, to: ${to} }\n`).join("")}`,
    );

function Pictures(props: {
  readonly text: string;
  readonly part: Part | undefined;
  readonly look: (part: Part | undefined) => void;
  readonly menu: preact.JSX.Element;
}) {
  const { text, part, look, menu } = props;
  const [start, know] = useState<BasinsStart>();
  const [whole, finish] = useState<BasinsWhole>();
  const [drawn, tick] = useState(0);
  const [failure, fail] = useState<string>();
  const [cross, aim] = useState<readonly [number, number]>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const mosaic = useRef<Mosaic | undefined>(undefined);
  const call = useRef<Call<"basins"> | undefined>(undefined);
  const width = useWidth(box);
  const scheme = useScheme();
  const view = part ?? start;
  const [high, wide] = view ? [view.y[1] - view.y[0], view.x[1] - view.x[0]] : [1, 1];
  const shape = Math.min(1.4, Math.max(0.5, high / wide));
  const height = Math.round(Math.min(640, Math.max(280, width * shape)));

  useEffect(() => {
    const worker = desk();
    let asked = 0;
    const draw = (): void => {
      asked = 0;
      tick((n) => n + 1);
    };
    call.current = worker.call("basins", { text }, (news) => {
      if (news.kind === "start") know(news);
      else if (news.kind === "whole") finish(news);
      else if (mosaic.current) {
        mosaic.current.add(news);
        asked ||= requestAnimationFrame(draw);
      }
    });
    call.current.result.catch((error: Error) => fail(error.message));
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [text]);
  useEffect(() => {
    if (!start || !view || width < 100) return;
    const [columns, rows] = shape > 1 ? [Math.round(CELLS / shape), CELLS] : [CELLS, Math.round(CELLS * shape)];
    mosaic.current = new Mosaic(columns, rows, new Int32Array(columns * rows).fill(UNKNOWN));
    finish(undefined);
    call.current?.order({ x: view.x, y: view.y, columns, rows });
  }, [start, view?.x[0], view?.x[1], view?.y[0], view?.y[1], width < 100]);
  useEffect(() => {
    if (width > 100 && canvas.current && start && view && mosaic.current)
      plane.current = drawBasins(canvas.current, width, height, view, start, mosaic.current, cross);
  }, [start, part, drawn, width, height, scheme, cross]);

  const reveal = (x: readonly [number, number], y: readonly [number, number]): void => {
    // Twelve digits: what is left of rounding would only lengthen the address.
    const short = ([a, b]: readonly [number, number]) =>
      [Number(a.toPrecision(12)), Number(b.toPrecision(12))] as readonly [number, number];
    const next = { x: short(x), y: short(y) };
    const deep = ([a, b]: readonly [number, number]): boolean => b - a > 1e-10 * Math.max(1, Math.abs(a), Math.abs(b));
    if (deep(next.x) && deep(next.y)) look(next);
  };
  const scale = (by: number): void => {
    if (!view) return;
    const [cx, cy] = cross ?? [0.5 * (view.x[0] + view.x[1]), 0.5 * (view.y[0] + view.y[1])];
    const about = ([a, b]: readonly [number, number], c: number) => [c - (c - a) * by, c + (b - c) * by] as const;
    reveal(about(view.x, cx), about(view.y, cy));
  };
  const { drag, handlers } = useDrag(
    (px, py) => plane.current && aim(plane.current.at(px, py)),
    ({ x0, y0, x1, y1 }) => {
      if (!plane.current || Math.abs(x1 - x0) < 8 || Math.abs(y1 - y0) < 8) return;
      const [a, d] = plane.current.at(Math.min(x0, x1), Math.min(y0, y1));
      const [b, c] = plane.current.at(Math.max(x0, x1), Math.max(y0, y1));
      reveal([a, b], [c, d]);
    },
  );
  const move = (dx: number, dy: number): void =>
    view &&
    aim(([x, y] = [0.5 * (view.x[0] + view.x[1]), 0.5 * (view.y[0] + view.y[1])]) => [
      Math.min(view.x[1], Math.max(view.x[0], x + (dx * wide) / 60)),
      Math.min(view.y[1], Math.max(view.y[0], y + (dy * high) / 60)),
    ]);
  const keys: Record<string, () => void> = {
    "+": () => scale(0.5),
    "=": () => scale(0.5),
    "-": () => scale(2),
    "0": () => look(undefined),
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, 1),
    ArrowDown: () => move(0, -1),
  };
  const wordsOf = (label: number): string =>
    label >= 0
      ? `attractor ${label + 1} (${start!.attractors[label]!.words})`
      : label === -1
        ? "infinity"
        : "nothing that was found";
  const readout = (): string => {
    const now = mosaic.current;
    if (!view || !now || !cross)
      return "Drag over a part to zoom into it. With the picture in focus: arrows move a cross, + and − zoom about it, 0 shows all.";
    const label = now.at(cross, view);
    return `(${show(cross[0], 6)}, ${show(cross[1], 6)}) ends at ${label === UNKNOWN ? "… not known yet" : wordsOf(label)}.`;
  };
  return (
    <div class="bench">
      <div class="side">
        {menu}
        {start && <p class="soft">{start.described}.</p>}
        <ZoomButtons scale={scale} whole={() => look(undefined)} />
        <p class="buttons">
          <AsStudy text={() => zoomed(text, start!, view!)} disabled={!start || !view} />
        </p>
        <div role="status">
          {failure ? (
            <p class="problem">{failure}</p>
          ) : whole ? (
            <Found whole={whole} wordsOf={wordsOf} />
          ) : (
            <p class="soft">
              {start ? `Sharpening … ${Math.floor(100 * (mosaic.current?.done ?? 0))} %` : "Finding attractors …"}
            </p>
          )}
        </div>
      </div>
      <div class="plots">
        <section class="plot" ref={box}>
          <h2>Where each start ends</h2>
          <div class="stage">
            <canvas
              ref={canvas}
              tabIndex={0}
              role="img"
              aria-label={`Basins of attraction${start ? ` over ${start.axes.join(" and ")}: ${start.attractors.length} attractors, one colour each` : ""}`}
              aria-describedby="basins-readout"
              style={{ height: `${height}px`, cursor: "crosshair" }}
              {...handlers}
              onKeyDown={(e) => {
                const act = keys[e.key];
                if (!act) return;
                e.preventDefault();
                act();
              }}
            />
            {drag && <Selection drag={drag} />}
          </div>
          <p class="under" id="basins-readout" aria-live="polite">
            {readout()}
          </p>
          <PngButton name="the basins" />
        </section>
      </div>
    </div>
  );
}

function Found({ whole, wordsOf }: { whole: BasinsWhole; wordsOf: (label: number) => string }) {
  return (
    <>
      <p class="soft">Share of this picture, and its error were the starts random:</p>
      <ul class="shares">
        {whole.shares.map(({ label, share, error }) => (
          <li key={label}>
            <svg width="14" height="12" aria-hidden="true">
              <rect width="14" height="12" fill={colorOf(label)} stroke="currentColor" stroke-width="0.5" />
            </svg>{" "}
            {wordsOf(label)}: {withError(share, error)}
          </li>
        ))}
      </ul>
      <p class="soft">
        Basin entropy {withError(...whole.entropy)} nat
        {Number.isFinite(whole.boundary[0]) ? `, on the boundary ${withError(...whole.boundary)}` : ""}.{" "}
        {whole.fractal ? "More than log 2 = 0.693 on the boundary: it is fractal." : ""}
      </p>
    </>
  );
}
