import type { Drag } from "./drag.js";

/** A rectangle being drawn over a picture; `top` and `bottom` where it spans the whole height. */
export const Selection = ({ drag, top, bottom }: { readonly drag: Drag; readonly top?: number; readonly bottom?: number }) => {
  const [y0, y1] = [top ?? Math.min(drag.y0, drag.y1), bottom ?? Math.max(drag.y0, drag.y1)];
  return (
    <div
      class="box"
      style={{
        left: `${Math.min(drag.x0, drag.x1)}px`,
        top: `${y0}px`,
        width: `${Math.abs(drag.x1 - drag.x0)}px`,
        height: `${y1 - y0}px`,
      }}
    />
  );
};
