import { useEffect, useRef, useState } from "preact/hooks";
import { useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { placeOf } from "../parts/drag.js";
import { show } from "../parts/numbers.js";
import { PngButton } from "../parts/picture-buttons.js";
import type { FieldCard, FlowGrid, FlowOrbit, FlowRest } from "../worker/protocol/flow.js";
import type { RideFrame } from "../worker/protocol/ride.js";
import { drawPlane, type Across } from "./draw-plane.js";
import { drawRide } from "./draw-ride.js";
import type { Point } from "./flow-address.js";

/** A key moves the cross or the point by this share of the picture. */
const SHARE = 1 / 40;

interface Props {
  readonly card: FieldCard;
  readonly across: Across;
  readonly grid: FlowGrid | undefined;
  readonly rest: FlowRest | undefined;
  readonly orbits: readonly FlowOrbit[];
  readonly ride: RideFrame | undefined;
  readonly trail: { readonly current: readonly number[] };
  /** What a click and Enter do. */
  readonly does: "start" | "push";
  readonly start: (place: Point) => void;
  readonly push: (place: Point) => void;
  readonly clear: () => void;
}

/** The picture of a flow: trajectories start where one clicks, and the moving point is pushed. */
export function PhasePlane(props: Props) {
  const { card, across, grid, rest, orbits, ride, trail, does, start, push, clear } = props;
  const [cross, aim] = useState<readonly [number, number]>();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Frame | undefined>(undefined);
  const width = useWidth(box);
  const scheme = useScheme();
  const height = Math.min(520, Math.max(300, Math.round(width * 0.62)));
  const [a, b] = across;
  const flat = card.components.length === 2;
  useEffect(() => aim(undefined), [card, a, b]);
  useEffect(() => {
    if (width > 100 && canvas.current && (grid || !flat))
      plane.current = drawPlane(canvas.current, width, height, card, across, grid, rest, orbits, cross);
  }, [width, height, scheme, grid, rest, orbits, cross, card, a, b]);
  useEffect(() => {
    if (over.current && plane.current && width > 100)
      drawRide(over.current, plane.current, width, height, across, trail.current, card.components.length);
  }, [width, height, scheme, ride, card, a, b, grid]);

  /** A place in the picture as a state: components that are not seen stay those of the point. */
  const stateAt = (x: number, y: number): Point => {
    const known = ride ? Array.from(ride.state) : card.initial;
    return known.map((v, i) =>
      i === a ? Number(x.toPrecision(4)) : i === b ? Number(y.toPrecision(4)) : Number(v.toPrecision(4)),
    );
  };
  const act = (place: readonly [number, number], other: boolean): void =>
    ((does === "push") !== other ? push : start)(stateAt(...place));
  const [xs, ys] = [card.box[a]!, card.box[b]!];
  const within = (v: number, [from, to]: readonly [number, number]): number => Math.min(to, Math.max(from, v));
  const move = (dx: number, dy: number): void =>
    aim(([x, y] = [0.5 * (xs[0] + xs[1]), 0.5 * (ys[0] + ys[1])]) => [
      within(x + dx * SHARE * (xs[1] - xs[0]), xs),
      within(y + dy * SHARE * (ys[1] - ys[0]), ys),
    ]);
  const nudge = (dx: number, dy: number): void => {
    if (!ride) return;
    const next = Array.from(ride.state);
    next[a]! += dx * SHARE * (xs[1] - xs[0]);
    next[b]! += dy * SHARE * (ys[1] - ys[0]);
    push(next);
  };
  const arrows: Record<string, readonly [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const hear = (e: KeyboardEvent): void => {
    const arrow = arrows[e.key];
    if (arrow) (e.shiftKey ? nudge : move)(...arrow);
    else if ((e.key === "Enter" || e.key === " ") && cross) act(cross, e.shiftKey);
    else if (e.key === "Delete") clear();
    else return;
    e.preventDefault();
  };
  return (
    <section class="plot" ref={box}>
      <h2>{flat ? "Phase plane" : `Projection on ${card.components[a]} and ${card.components[b]}`}</h2>
      <ul class="legend">
        <li>
          <Key name="--c1" /> trajectories, paler into the past
        </li>
        <li>
          <Key name="--level" /> the moving point and its trail
        </li>
        {flat && (
          <>
            <li>
              <Key name="--c2" /> {card.components[0]}′ = 0
            </li>
            <li>
              <Key name="--c3" /> {card.components[1]}′ = 0
            </li>
          </>
        )}
        {rest && rest.separatrices.length > 0 && (
          <li>
            <Key name="--c4" /> separatrices, dashed into the saddle
          </li>
        )}
      </ul>
      <div class="stage">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={`${flat ? "Phase plane" : "Projection"} of ${card.name}: ${flat ? "direction field, nullclines, " : ""}${orbits.length} trajectories and a point that moves`}
          aria-describedby="plane-help"
          style={{ height: `${height}px`, cursor: "crosshair" }}
          onClick={(e) => plane.current && act(plane.current.at(...placeOf(e)), e.shiftKey)}
          onKeyDown={hear}
        />
        <canvas ref={over} class="over" aria-hidden="true" style={{ height: `${height}px` }} />
      </div>
      <p class="under" id="plane-help" aria-live="polite">
        {cross
          ? `Cross at (${show(cross[0], 3)}, ${show(cross[1], 3)}): Enter ${does === "push" ? "puts the point there" : "starts a trajectory there"}, with Shift ${does === "push" ? "it starts a trajectory" : "it puts the point there"}.`
          : `Click to ${does === "push" ? "put the point there" : "start a trajectory"}, with Shift to ${does === "push" ? "start a trajectory" : "put the moving point there"}. By keyboard: arrow keys move a cross, Enter acts at it; Shift and an arrow key push the point.${flat ? " Where the two curves meet the flow rests." : ""}`}
      </p>
      <PngButton name={`the phase plane of ${card.name}`} />
    </section>
  );
}

const Key = ({ name }: { name: string }) => (
  <svg class="key" viewBox="0 0 26 4" aria-hidden="true">
    <line x1="0" x2="26" y1="2" y2="2" stroke={`var(${name})`} stroke-width="3" />
  </svg>
);
