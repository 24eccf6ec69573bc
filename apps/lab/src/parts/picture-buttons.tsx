import type { RefObject } from "preact";
import { color } from "./canvas.js";
import { pngOf, save, slug } from "./download.js";

/** Buttons that change how much of a plane is seen. */
export function ZoomButtons(props: { readonly scale: (factor: number) => void; readonly whole: () => void }) {
  return (
    <div class="buttons" role="group" aria-label="Zoom">
      <button type="button" onClick={() => props.scale(0.5)}>
        Zoom in
      </button>
      <button type="button" onClick={() => props.scale(2)}>
        Zoom out
      </button>
      <button type="button" onClick={props.whole}>
        Whole
      </button>
    </div>
  );
}

/** A button that hands the visitor what canvases show, one over the other, on the ground of the page. */
export function PngButton({ canvas, over, name }: { readonly canvas: Ref; readonly over?: Ref; readonly name: string }) {
  return (
    <button
      type="button"
      class="small"
      aria-label={`PNG of ${name}`}
      onClick={() =>
        void pngOf(flat([canvas.current!, ...(over ? [over.current!] : [])])).then((blob) =>
          save(`${slug(name)}.png`, blob, "image/png"),
        )
      }
    >
      PNG
    </button>
  );
}

type Ref = RefObject<HTMLCanvasElement | null>;

function flat(layers: readonly HTMLCanvasElement[]): HTMLCanvasElement {
  const [{ width, height }] = layers as [HTMLCanvasElement];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d")!;
  context.fillStyle = color("--ground");
  context.fillRect(0, 0, width, height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
  return canvas;
}
