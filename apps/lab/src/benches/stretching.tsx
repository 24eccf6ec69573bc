import { useEffect, useRef, useState } from "preact/hooks";
import { frame, rgb, useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { Readout } from "../parts/controls.js";
import { PngButton } from "../parts/picture-buttons.js";
import { placeOf } from "../parts/drag.js";
import { drawCross, drawMosaic, Mosaic } from "../parts/mosaic.js";
import { show } from "../parts/numbers.js";
import type { DrawnNetwork, StretchingWhole } from "../worker/protocol/propagation.js";
import { useAsked } from "./use-asked.js";

/** Cells on a side of the image. */
export const CELLS = 128;
/** What stands for a cell of which nothing is known: no exponent is so large. */
const UNKNOWN = Infinity;
/** Ever lighter, so that the order is seen without hues. */
const RAMP = ["#1b1464", "#1f5fa8", "#2f9c95", "#c9b037", "#fdf6c9"].map(rgb);

/** The colours from least to most. */
const SHADES = Array.from({ length: 256 }, (_, k) => {
  const at = (k / 255) * (RAMP.length - 1);
  const i = Math.min(RAMP.length - 2, Math.floor(at));
  return [0, 1, 2].map((c) => Math.round(RAMP[i]![c]! + (at - i) * (RAMP[i + 1]![c]! - RAMP[i]![c]!)));
});

/** The colour at a share of the way from least to most. */
const shadeOf = (t: number): readonly number[] => SHADES[Math.round(255 * Math.min(1, Math.max(0, t)))]!;

/** The finite values of an image: from where to where its colours go. */
function rangeOf(values: ArrayLike<number>): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  return low <= high ? [low, high] : undefined;
}

/** Finite-time Lyapunov exponents of one drawn network over a square of its inputs. */
export function Stretching({ network, radius }: { readonly network: DrawnNetwork; readonly radius: number }) {
  const [whole, finish] = useState<StretchingWhole>();
  const [drawn, tick] = useState(0);
  const [cross, aim] = useState<readonly [number, number]>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const bar = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const mosaic = useRef<Mosaic | undefined>(undefined);
  const asked = useRef(0);
  const width = useWidth(box);
  const scheme = useScheme();
  const height = Math.round(Math.min(460, Math.max(280, 0.9 * width)));
  const sides = { x: [-radius, radius], y: [-radius, radius] } as const;
  const { depth } = network;
  const redraw = (): void => {
    asked.current ||= requestAnimationFrame(() => {
      asked.current = 0;
      tick((n) => n + 1);
    });
  };
  const failure = useAsked(
    "stretching",
    null,
    0,
    { ...network, radius, cells: CELLS },
    250,
    () => {
      mosaic.current = new Mosaic(CELLS, CELLS, new Float64Array(CELLS * CELLS).fill(UNKNOWN));
      finish(undefined);
      redraw();
    },
    (news) => {
      if (news.kind === "whole") return finish(news);
      mosaic.current?.add(news);
      redraw();
    },
  );
  useEffect(() => () => cancelAnimationFrame(asked.current), []);
  const range = mosaic.current && rangeOf(mosaic.current.values);
  const shade = (v: number): readonly number[] | undefined => {
    if (v === UNKNOWN || Number.isNaN(v) || !range) return undefined;
    return shadeOf(range[1] > range[0] ? (v - range[0]) / (range[1] - range[0]) : 0.5);
  };
  useEffect(() => {
    if (width < 100 || !canvas.current || !mosaic.current) return;
    plane.current = frame(canvas.current, width, height, { ...sides, xLabel: "first input", yLabel: "second input" });
    drawMosaic(plane.current, mosaic.current, shade);
    if (cross) drawCross(plane.current, cross);
  }, [width, height, scheme, drawn, cross, radius]);
  useEffect(() => {
    const context = bar.current!.getContext("2d")!;
    for (let i = 0; i < 128; i++) {
      context.fillStyle = `rgb(${shadeOf(i / 127).join(" ")})`;
      context.fillRect(i, 0, 1, 1);
    }
  }, []);
  const move = (dx: number, dy: number): void => {
    // By a cell, from middle to middle.
    const step = (v: number, by: number): number => {
      const i = Math.floor(((v / radius + 1) * CELLS) / 2) + by;
      return -radius + (2 * radius * (Math.min(CELLS - 1, Math.max(0, i)) + 0.5)) / CELLS;
    };
    aim(([x, y] = [0, 0]) => [step(x, dx), step(y, dy)]);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, 1),
    ArrowDown: () => move(0, -1),
  };
  const point = (e: PointerEvent): void => {
    const [x, y] = plane.current?.at(...placeOf(e)) ?? [NaN, NaN];
    if (Math.abs(x) <= radius && Math.abs(y) <= radius) aim([x, y]);
  };
  return (
    <section class="plot" ref={box}>
      <h2>How much each input is stretched</h2>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`Finite-time Lyapunov exponents of the ${depth} layers over the square of inputs from ${show(-radius, 3)} to ${show(radius, 3)}${range ? `: from ${show(range[0], 3)} to ${show(range[1], 3)} nat a layer` : ""}`}
        aria-describedby="stretching-words"
        style={{ height: `${height}px`, cursor: "crosshair" }}
        onPointerDown={point}
        onPointerMove={point}
        onKeyDown={(e) => {
          const act = keys[e.key];
          if (!act) return;
          e.preventDefault();
          act();
        }}
      />
      <p class="scale under">
        {range ? show(range[0], 3) : "…"} <canvas ref={bar} width={128} height={1} aria-hidden="true" />{" "}
        {range ? show(range[1], 3) : "…"} nat a layer
      </p>
      <p class="under" id="stretching-words" aria-live="polite">
        {wordsOf(cross, cross && mosaic.current?.at(cross, sides), depth)}
      </p>
      <Readout
        entries={[
          ["mean over the square", whole ? number(whole.mean) : "…"],
          ["infinitely wide layers", whole ? number(whole.theory) : "…"],
          ["½ log χ₁, deep inside", whole ? number(whole.deep) : "…"],
        ]}
      />
      <div role="status">
        {failure ? (
          <p class="problem">{failure}</p>
        ) : whole ? (
          <p class="soft">
            λ = log σ_max / {depth}, with the largest singular value σ_max of the derivative of the last sums by the two inputs.
            Theory, mean over the square: what infinitely wide layers do to a difference at a right angle to the input; σ_max is
            at least that, and one network scatters about it, a narrow one mostly below. The step from 2 inputs to {network.width}{" "}
            units alone makes ½ log(
            {network.width}/2) / {depth} = {show(Math.log(network.width / 2) / (2 * depth), 3)} of it; with growing depth ½ log χ₁
            is what remains. SHA-256: <code data-digest="exponents">{whole.digest.slice(0, 16)}</code>
          </p>
        ) : (
          <p class="soft">Sharpening … {Math.floor(100 * (mosaic.current?.done ?? 0))} %</p>
        )}
      </div>
      <PngButton name="how much each input is stretched" />
    </section>
  );
}

const number = (v: number): string => (Number.isNaN(v) ? "none" : Number.isFinite(v) ? show(v, 4) : v < 0 ? "−∞" : "∞");

/** What small differences at an input become. */
function wordsOf(at: readonly [number, number] | undefined, value: number | undefined, depth: number): string {
  if (!at) return "Point at an input, or focus the picture and use the arrow keys.";
  const place = `At (${show(at[0], 3)}, ${show(at[1], 3)})`;
  if (value === undefined || value === UNKNOWN) return `${place}: not known yet.`;
  if (Number.isNaN(value)) return `${place} the sums or their derivative are no finite numbers.`;
  if (value === -Infinity) return `${place} nothing is left of small differences: the derivative is 0.`;
  return `${place} the small difference that ${value < 0 ? "shrinks least shrinks" : "grows most grows"} by ${show(Math.abs(value), 4)} nat a layer: ${show(Math.exp(depth * value), 3)} times its size after ${depth} layers.`;
}
