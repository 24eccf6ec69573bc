import { useEffect, useRef, useState } from "preact/hooks";
import { useScheme, useWidth } from "../parts/canvas.js";
import { Choice, Readout, Slider } from "../parts/controls.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import type { DrawnNetwork, LayerImage, LayersOrder } from "../worker/protocol/propagation.js";
import { drawLayer, reachOf } from "./draw-layers.js";
import { useAsked } from "./use-asked.js";

/** Milliseconds a layer is shown while the picture plays. */
const PACE = 700;
/** Differences so small against the sums are what rounding leaves. */
const ROUNDING = 1e-13;

/** What is chosen of the picture; all of it stands in the address. */
export interface Showing {
  readonly shape: "ring" | "grid";
  readonly radius: number;
  readonly layer: number;
  /** One scale for all layers, or one that fits each. */
  readonly scale: "same" | "fit";
}

/** Inputs of a plane flowing through the layers of one drawn network. */
export function LayerImages(props: {
  readonly network: DrawnNetwork;
  readonly showing: Showing;
  readonly change: (part: Partial<Showing>) => void;
}) {
  const { network, showing, change } = props;
  const { shape, radius, layer, scale } = showing;
  const { depth } = network;
  const [images, learn] = useState<readonly LayerImage[]>([]);
  const [lost, lose] = useState<number>();
  const [playing, play] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const height = Math.round(Math.min(460, Math.max(280, 0.9 * width)));
  const order: LayersOrder = { ...network, shape, radius };
  const failure = useAsked(
    "layers",
    null,
    0,
    order,
    120,
    () => {
      learn([]);
      lose(undefined);
    },
    (news) => (news.kind === "image" ? learn((all) => [...all, news]) : lose(news.layer)),
  );
  const image = images[layer];
  const last = lost === undefined ? depth : lost - 1;
  useEffect(() => {
    if (width < 100 || !canvas.current || !image) return;
    const reach = Math.max(...(scale === "fit" ? [image] : images).map((i) => reachOf(i.points)));
    drawLayer(canvas.current, width, height, images[0]!.points, image, reach);
  }, [width, height, scheme, image, scale === "same" && images]);
  useEffect(() => {
    if (!playing) return undefined;
    if (layer >= last) return void play(false);
    if (!images[layer + 1]) return undefined;
    const timer = setTimeout(() => change({ layer: layer + 1 }), PACE);
    return () => clearTimeout(timer);
  }, [playing, layer, last, images[layer + 1]]);
  const go = (to: number): void => {
    play(false);
    change({ layer: Math.min(depth, Math.max(0, to)) });
  };
  const toggle = (): void => {
    if (!playing && layer >= last) change({ layer: 0 });
    play(!playing);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => go(layer - 1),
    ArrowDown: () => go(layer - 1),
    ArrowRight: () => go(layer + 1),
    ArrowUp: () => go(layer + 1),
    Home: () => go(0),
    End: () => go(depth),
    " ": toggle,
  };
  const number = (v: number): string => (Number.isNaN(v) ? "none" : show(v, 4));
  // The inputs are no sums of a layer; elsewhere the numbers are on their way.
  const missing = layer === 0 ? "–" : "…";
  return (
    <section class="plot" ref={box}>
      <h2>Inputs flowing through the layers</h2>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        data-caption={layer === 0 ? "The inputs themselves" : `Layer ${layer} of ${depth}`}
        aria-label={`${shape === "ring" ? "A ring" : "A grid"} of inputs as layer ${layer} of ${depth} sees it, along two principal directions, in the colours of the inputs`}
        aria-describedby="layers-words"
        style={{ height: `${height}px` }}
        onKeyDown={(e) => {
          const act = keys[e.key];
          if (!act) return;
          e.preventDefault();
          act();
        }}
      />
      <div class="buttons" role="group" aria-label="Layers">
        <button type="button" onClick={toggle}>
          {playing ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => go(layer - 1)}>
          Back
        </button>
        <button type="button" onClick={() => go(layer + 1)}>
          Step
        </button>
      </div>
      <p class="under" id="layers-words" aria-live={playing ? "off" : "polite"} data-layer={image ? layer : undefined}>
        {failure ? <span class="problem">{failure}</span> : wordsOf(image, showing, depth, lost)}
      </p>
      <Readout
        entries={[
          ["mean square of the sums", image?.square ? number(image.square[0]) : missing],
          ["mean square, theory", image?.square ? number(image.square[1]) : missing],
          ...(shape === "ring"
            ? ([
                ["length of its image, ring = 1", image?.stretch ? number(image.stretch[0]) : missing],
                ["length, theory", image?.stretch ? number(image.stretch[1]) : missing],
              ] as const)
            : []),
        ]}
      />
      <Slider id="layer" label="Layer shown" value={layer} min={0} max={depth} step={1} words={String(layer)} onInput={go} />
      <div class="pair">
        <Choice
          id="shape"
          label="Inputs"
          value={shape}
          options={[
            ["ring", "a ring about the origin"],
            ["grid", "a grid over the square"],
          ]}
          onChange={(to) => change({ shape: to === "grid" ? "grid" : "ring" })}
        />
        <Choice
          id="scale"
          label="Scale"
          value={scale}
          options={[
            ["same", "one for all layers"],
            ["fit", "fits each layer"],
          ]}
          onChange={(to) => change({ scale: to === "fit" ? "fit" : "same" })}
        />
      </div>
      {image?.digest && (
        <p class="soft">
          SHA-256 of the sums: <code data-digest="sums">{image.digest.slice(0, 16)}</code>
        </p>
      )}
      <PngButton name="the inputs in a layer" />
    </section>
  );
}

function wordsOf(image: LayerImage | undefined, { shape, layer }: Showing, depth: number, lost: number | undefined): string {
  if (lost !== undefined && layer >= lost)
    return `From layer ${lost} on the sums are too large for numbers: take a smaller σ_w², or fewer layers.`;
  if (!image) return "Sending inputs through …";
  if (layer === 0)
    return `The inputs themselves. Play, or focus the picture: arrows step through the ${depth} layers, the space bar plays, Home and End go to the ends.`;
  const { points, share, square, stretch } = image;
  const small = square !== undefined && reachOf(points) < ROUNDING * Math.sqrt(square[0]);
  return [
    `Layer ${layer} of ${depth}, ${Math.round(100 * share)} % of its variance in the picture.`,
    small ? "Of the differences between the inputs only rounding is left: the layers have forgotten them." : "",
    shape === "ring" && stretch
      ? `The image of the ring is ${show(stretch[0], 3)} times as long as the ring, in theory ${Number.isNaN(stretch[1]) ? "(none)" : show(stretch[1], 3)} times.`
      : "",
    "Sizes are root mean squares over the units; theory is for infinitely wide layers.",
  ]
    .filter(Boolean)
    .join(" ");
}
