import { useEffect, useRef, useState } from "preact/hooks";
import { color, frame, useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { placeOf } from "../parts/drag.js";
import { Legend } from "../parts/legend.js";
import { show, withError } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import type { LayerOrder, LayerRanks } from "../worker/protocol/ranks.js";
import { KINDS, share } from "./layer-words.js";

const DASH = [6, 4];
const ROW = 64;
/** Space of the axis below. */
const AXIS = 46;
const TILE = 150;
/** Where a scale of densities may end, so that it does not tremble. */
const ENDS = [2, 3, 4, 6, 8, 10, 15, 20];

/** Which share of the units, pairs and projections of each layer counts as order-preserving, with error bars. */
export function OrderShares({ orders, monotone }: { readonly orders: readonly LayerOrder[]; readonly monotone: boolean }) {
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const depth = Math.max(1, ...orders.map((o) => o.layer));
  const height = ROW * depth + AXIS;
  useEffect(() => {
    if (width > 100 && canvas.current) drawShares(canvas.current, width, height, orders, depth, monotone);
  }, [width, scheme, orders, monotone]);
  const told = KINDS.flatMap(([kind, words]) =>
    orders.filter((o) => o.kind === kind).map((o) => `layer ${o.layer}, ${words}: ${share(o.share.value, o.share.error)}`),
  );
  return (
    <section class="plot" ref={box}>
      <h2>Order-preserving, layer by layer</h2>
      <Legend
        entries={[
          ...KINDS.map(([, label, tint]) => ({ label, color: tint })),
          ...(monotone ? [{ label: "theory, single units of this activation", color: "--level", dash: DASH }] : []),
        ]}
      />
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Share of order-preserving units. ${told.length > 0 ? told.join("; ") : "Nothing is measured yet"}.`}
        style={{ height: `${height}px` }}
      />
      <p class="under">
        Compared are, over the samples: a unit's output with its field; two units' common term in the next layer with the same
        before the activation; that layer's fields with those it would have if this layer, or no layer up to it, had an
        activation. A dot is the share that reverses few enough pairs of samples; the bar covers those that could be on either
        side.
      </p>
      <PngButton name="the order-preserving shares" />
    </section>
  );
}

function drawShares(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  orders: readonly LayerOrder[],
  depth: number,
  monotone: boolean,
): void {
  const f = frame(canvas, width, height, {
    x: [-0.02, 1.02],
    y: [depth - 0.5, -0.5],
    xLabel: "share that counts as order-preserving",
    yLabel: "",
    rows: Array.from({ length: depth }, (_, l) => `layer ${l + 1}`),
  });
  const { context, x, y, left, top, width: w, height: h } = f;
  context.strokeStyle = color("--line");
  for (let l = 1; l < depth; l++) line(context, left, y(l - 0.5), left + w, y(l - 0.5));
  if (monotone) dashed(context, "--level", () => line(context, x(1), top, x(1), top + h));
  for (const { kind, layer, share: found } of orders) {
    const at = KINDS.findIndex(([name]) => name === kind);
    const [px, py] = [x(found.value), y(layer - 1 + (at - 1.5) * 0.2)];
    if (!Number.isFinite(px)) continue;
    context.strokeStyle = context.fillStyle = color(KINDS[at]![2]);
    context.lineWidth = 2;
    const [from, to] = [found.value - found.error, found.value + found.error].map((v) => x(Math.min(1, Math.max(0, v))));
    line(context, from!, py, to!, py);
    for (const end of found.error > 0 ? [from!, to!] : []) line(context, end, py - 4, end, py + 4);
    context.beginPath();
    context.arc(px, py, 4, 0, 2 * Math.PI);
    context.fill();
  }
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function dashed(context: CanvasRenderingContext2D, tint: string, draw: () => void): void {
  context.save();
  context.strokeStyle = color(tint);
  context.lineWidth = 2;
  context.setLineDash(DASH);
  draw();
  context.restore();
}

/** The rank distribution of every layer as a small chart, those of the hidden layers on one scale. */
export function RankTiles({ ranks, classes }: { readonly ranks: readonly LayerRanks[]; readonly classes: number }) {
  const endOf = (some: readonly LayerRanks[]): number => {
    const most = Math.max(0, ...some.flatMap((r) => Array.from(r.density)));
    return ENDS.find((end) => end >= most) ?? most;
  };
  const hidden = ranks.slice(0, -1);
  return (
    <section class="plot">
      <h2>Rank distributions, layer by layer</h2>
      <Legend
        entries={[
          { label: "measured", color: "--c1" },
          { label: "theory, random weights: flat, slope 0", color: "--level", dash: DASH },
          { label: "normal classes with the same mean rank", color: "--c2" },
        ]}
      />
      <div class="tiles">
        {ranks.map((r, l) => (
          <RankTile
            key={l}
            name={l === ranks.length - 1 ? "Outputs" : `Layer ${r.layer}`}
            ranks={r}
            end={endOf(l === ranks.length - 1 ? [r] : hidden)}
          />
        ))}
      </div>
      <p class="under">
        Where the samples of a class stand among all samples, 1 being the top: over all units, each signed by its weight towards
        the class. The hidden layers have one scale. The orange curve is no fit to the bars: it is the law of a class that is a
        small share of all samples and whose projections are those of the others, normal and moved by δ, with δ from the mean
        rank.{" "}
        {classes === 2 && "Half of all samples are no small share: with two classes bars and curve differ for that reason too. "}
        Focus a chart and use the arrow keys to read it.
      </p>
      <PngButton name="the rank distributions" />
    </section>
  );
}

function RankTile({ name, ranks, end }: { readonly name: string; readonly ranks: LayerRanks; readonly end: number }) {
  const { slope, density } = ranks;
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const width = useWidth(box);
  const scheme = useScheme();
  const [bin, point] = useState<number>();
  const bins = density.length;
  useEffect(() => {
    if (width > 100 && canvas.current) plane.current = drawRanks(canvas.current, width, end, ranks, bin);
  }, [width, scheme, ranks, end, bin]);
  const to = (b: number): void => point(Math.min(bins - 1, Math.max(0, b)));
  const keys: Record<string, () => void> = {
    ArrowLeft: () => to((bin ?? bins) - 1),
    ArrowRight: () => to((bin ?? -1) + 1),
    Home: () => to(0),
    End: () => to(bins - 1),
  };
  const value = `slope ${withError(slope.value, slope.error)}`;
  return (
    <figure class="tile plain" ref={box}>
      <h3>{name}</h3>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        data-caption={`${name}: ${value}`}
        aria-label={`Rank distribution, ${name}: ${value}, density ${show(density[0]!, 3)} at the lowest ranks and ${show(density.at(-1)!, 3)} at the top`}
        onPointerMove={(e) => {
          if (plane.current) to(Math.floor(bins * plane.current.at(...placeOf(e))[0]));
        }}
        onPointerLeave={() => point(undefined)}
        onBlur={() => point(undefined)}
        onKeyDown={(e) => {
          const act = keys[e.key];
          if (!act) return;
          e.preventDefault();
          act();
        }}
      />
      <p class="under" aria-live="polite">
        {bin === undefined
          ? value
          : `ranks ${show(bin / bins, 3)} to ${show((bin + 1) / bins, 3)}: density ${show(density[bin]!, 4)}`}
      </p>
    </figure>
  );
}

function drawRanks(
  canvas: HTMLCanvasElement,
  width: number,
  end: number,
  { density, shifted }: LayerRanks,
  bin: number | undefined,
): Frame {
  const f = frame(canvas, width, TILE, { x: [0, 1], y: [0, end], xLabel: "relative rank", yLabel: "density" });
  const { context, x, y, left, top, width: w, height: h } = f;
  context.save();
  context.beginPath();
  context.rect(left, top, w, h);
  context.clip();
  context.fillStyle = color("--c1");
  density.forEach((value, b) => {
    const [from, to] = [x(b / density.length), x((b + 1) / density.length)];
    context.globalAlpha = b === bin ? 0.95 : 0.45;
    context.fillRect(from + 0.5, y(value), to - from - 1, y(0) - y(value));
  });
  context.globalAlpha = 1;
  dashed(context, "--level", () => line(context, x(0), y(1), x(1), y(1)));
  context.strokeStyle = color("--c2");
  context.lineWidth = 2;
  context.beginPath();
  shifted.forEach((value, i) => context.lineTo(x((i + 0.5) / shifted.length), y(Math.min(2 * end, value))));
  context.stroke();
  context.restore();
  return f;
}
