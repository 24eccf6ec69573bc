import { png, save, slug } from "./download.js";
import { sheetOf } from "./sheet.js";

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

/** A button that hands the visitor the canvases of its part of the page, with their heading, legend and captions. */
export function PngButton({ name }: { readonly name: string }) {
  return (
    <p class="saves">
      <button
        type="button"
        class="small"
        aria-label={`PNG of ${name}`}
        onClick={(e) => {
          const { svg, laid } = sheetOf(e.currentTarget.closest(".plot")!);
          // As fine as the canvases themselves.
          const scale = Math.min(2, Math.max(1, ...laid.map(({ canvas, width }) => Math.ceil(canvas.width / width))));
          void png(svg, laid, scale).then((blob) => save(`${slug(name)}.png`, blob, "image/png"));
        }}
      >
        PNG
      </button>
    </p>
  );
}
