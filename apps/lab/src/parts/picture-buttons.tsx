import type { RefObject } from "preact";
import { pngOf, save } from "./download.js";

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

/** A button that hands the visitor what a canvas shows. */
export function PngButton({ canvas, name }: { readonly canvas: RefObject<HTMLCanvasElement | null>; readonly name: string }) {
  return (
    <button
      type="button"
      class="small"
      onClick={() => void pngOf(canvas.current!).then((blob) => save(`${name}.png`, blob, "image/png"))}
    >
      PNG
    </button>
  );
}
