import {
  fixedPoints,
  flow as flowOf,
  lookup,
  picturedFlows,
  type FixedPoint,
  type FlowSystem,
  type PicturedFlow,
  type VectorField,
} from "#dynamics";
import { compile, constant, neg, vmap } from "#engine";
import type { FlowOrder, FlowRest } from "./protocol/flow.js";
import type { Work } from "./protocol/jobs.js";
import { fieldWith, POINTS, stepOf } from "./pictured.js";

/** A trajectory that is so many boxes away has left. */
const FAR = 4;
/** Newton's method looks for points at rest from so many starts. */
const SEARCHES = 64;
/** A separatrix starts so far from its saddle, in boxes. */
const NEAR = 1e-4;

/** A vector field over its box, and trajectories wherever the visitor starts them. */
export const flow: Work<"flow"> = async ({ field: name, values, cells }, host) => {
  const card = lookup("field", picturedFlows, name);
  const orders: FlowOrder[] = [{ kind: "values", values }];
  let wake = (): void => undefined;
  host.onOrder((order) => {
    orders.push(order);
    wake();
  });
  const starts: (readonly number[])[] = [];
  const fieldOf = (chosen: readonly number[]): VectorField => fieldWith(card, chosen);
  let follow = trajectories(card, fieldOf(values));
  let next = 0;
  let rested = false;
  let latest = values;
  for (;;) {
    // Of parameters that came while others were at work only the last count.
    const last = orders.findLastIndex((o) => o.kind === "values");
    for (const order of orders.splice(0).filter((o, i) => o.kind !== "values" || i === last)) {
      if (order.kind === "start") starts.push(order.start);
      else if (order.kind === "clear") [starts.length, next] = [0, 0];
      else {
        latest = order.values;
        const field = fieldOf(latest);
        if (card.components.length === 2) host.news({ kind: "grid", cells, slopes: slopes(card, field, cells) });
        [follow, next, rested] = [trajectories(card, field), 0, false];
      }
    }
    if (next < starts.length) {
      host.news({ kind: "orbit", id: next, ...follow(starts[next]!) });
      next++;
      await host.breathe();
    } else if (!rested) {
      rested = true;
      host.news(rest(card, fieldOf(latest), follow));
      await host.breathe();
    } else await new Promise<void>((resolve) => (wake = resolve));
  }
};

/** The field at the points of a grid over the box, in one program. */
function slopes({ picture: { box } }: PicturedFlow, field: VectorField, cells: number): Float64Array {
  const [[x0, x1], [y0, y1]] = box as [[number, number], [number, number]];
  const grid = compile((points, t) => [vmap((x) => field(x, t!))(points!)], [{ shape: [cells * cells, 2] }, { shape: [] }]);
  for (let i = 0; i < cells * cells; i++) {
    grid.inputs[0]![2 * i] = x0 + ((x1 - x0) * (i % cells)) / (cells - 1);
    grid.inputs[0]![2 * i + 1] = y0 + ((y1 - y0) * Math.floor(i / cells)) / (cells - 1);
  }
  grid.run();
  return Float64Array.from(grid.outputs[0]!);
}

/** What follows a trajectory both ways from a start: compiled once for all of them. */
function trajectories(card: PicturedFlow, field: VectorField) {
  const { box } = card.picture;
  const dt = stepOf(card);
  const centre = box.map(([from, to]) => 0.5 * (from + to));
  const future = flowOf({ field, initial: centre, dt });
  const past = flowOf({ field: (x, t) => neg(field(x, t)), initial: centre, dt });
  const inside = (state: Float64Array): boolean =>
    box.every(([from, to], i) => Math.abs(state[i]! - centre[i]!) < FAR * (to - from));
  const walk = (system: FlowSystem, start: readonly number[], count: number) => {
    const points: number[][] = [];
    system.reset(start);
    for (let i = 1; i <= count; i++) {
      const status = system.step();
      if (status !== "ok" || !inside(system.state)) return { points, status: status === "ok" ? "left the picture" : status };
      points.push([i * dt, ...system.state]);
    }
    return { points, status: "ok" };
  };
  return (start: readonly number[]) => {
    const before = walk(past, start, Math.round(POINTS / 3)).points.map(([t, ...state]) => [-t!, ...state]);
    const after = walk(future, start, POINTS);
    return { points: Float64Array.from([...before.reverse(), [0, ...start], ...after.points].flat()), status: after.status };
  };
}

/** Points at rest in the box, and the ways into and out of the saddles among them. */
function rest({ picture: { box } }: PicturedFlow, field: VectorField, follow: ReturnType<typeof trajectories>): FlowRest {
  const { points } = fixedPoints({ f: (x) => field(x, constant(0)), kind: "flow", box, starts: SEARCHES });
  const inBox = (path: Float64Array, from: (t: number) => boolean): Float64Array => {
    const found: number[] = [];
    for (let i = 0; i < path.length; i += 3) if (from(path[i]!)) found.push(path[i + 1]!, path[i + 2]!);
    return Float64Array.from(found);
  };
  const near = NEAR * Math.min(...box.map(([from, to]) => to - from));
  return {
    kind: "rest",
    points: points.map(({ point, stability, type }) => ({ place: Array.from(point), stability, words: type })),
    separatrices: points
      .filter((p) => p.stability === "saddle" && box.length === 2)
      .flatMap((p) =>
        directions(p).flatMap(({ into, x, y }) =>
          [near, -near].map((step) => {
            const path = follow([p.point[0]! + step * x, p.point[1]! + step * y]).points;
            return { into, points: inBox(path, (t) => (into ? t <= 0 : t >= 0)) };
          }),
        ),
      ),
  };
}

/** The eigenvectors of a saddle's Jacobian matrix, of length 1. */
function directions({ jacobian: [a, b, c, d] }: FixedPoint): { into: boolean; x: number; y: number }[] {
  const [mean, half] = [(a! + d!) / 2, (a! - d!) / 2];
  const root = Math.sqrt(Math.max(0, half * half + b! * c!));
  return [mean + root, mean - root].map((value) => {
    // (A - value) v = 0, from the row that says more.
    const [x, y] =
      Math.abs(a! - value) + Math.abs(b!) > Math.abs(c!) + Math.abs(d! - value) ? [b!, value - a!] : [value - d!, c!];
    const length = Math.sqrt(x * x + y * y);
    return { into: value < 0, x: x / length, y: y / length };
  });
}
