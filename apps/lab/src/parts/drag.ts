import { useState } from "preact/hooks";

/** A rectangle being drawn, in CSS pixels of its element. */
export interface Drag {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Where an event is on the element that hears it. */
export const placeOf = (e: PointerEvent | MouseEvent): readonly [number, number] => {
  const { left, top } = (e.currentTarget as Element).getBoundingClientRect();
  return [e.clientX - left, e.clientY - top];
};

/** Rectangles drawn over an element: the one under way, and what the element has to hear. */
export function useDrag(point: (px: number, py: number) => void, drawn: (drag: Drag) => void) {
  const [drag, pull] = useState<Drag>();
  const handlers = {
    onPointerDown(e: PointerEvent): void {
      const [x0, y0] = placeOf(e);
      (e.currentTarget as Element).setPointerCapture(e.pointerId);
      pull({ x0, y0, x1: x0, y1: y0 });
    },
    onPointerMove(e: PointerEvent): void {
      const [x1, y1] = placeOf(e);
      point(x1, y1);
      if (drag) pull({ ...drag, x1, y1 });
    },
    onPointerUp(): void {
      if (drag) drawn(drag);
      pull(undefined);
    },
    onPointerCancel: (): void => pull(undefined),
  };
  return { drag, handlers };
}
