import type { RunRecord } from "#dynamics";

/** A stretch of a branch on which the number of unstable directions does not change. */
export interface Stretch {
  readonly stable: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A bifurcation in the picture. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly kind: string;
}

/** The kinds in the order of their numbers, each with the sign that marks it. */
export const MARKS = [
  { kind: "fold", symbol: "square" },
  { kind: "branch point", symbol: "diamond" },
  { kind: "flip", symbol: "circle" },
  { kind: "Neimark–Sacker", symbol: "triangle" },
] as const;

/** The branches of a run with the question `continuation`, by the first component of the state; none without it. */
export function stretches(arrays: RunRecord["arrays"]): Stretch[] {
  const array = arrays["branches"];
  if (!array) return [];
  const [count, width] = array.shape as [number, number];
  const places = marks(arrays).map((m) => m.x);
  const out: { stable: boolean; points: { x: number; y: number }[] }[] = [];
  let key = "";
  for (let i = 0; i < count; i++) {
    const [branch, phase, , x, unstable, y] = array.data.subarray(i * width, (i + 1) * width) as unknown as number[];
    const stable = unstable === 0;
    const here = { x: x!, y: y! };
    const last = out.at(-1);
    const same = key === `${branch} ${phase}`;
    if (!same || last?.stable !== stable) {
      // The change lies between two points, at a bifurcation if there is one: there the old stretch ends and the new one begins.
      const change = same ? meeting(last!.points.at(-1)!, here, places) : undefined;
      if (change) last!.points.push(change);
      out.push({ stable, points: change ? [change] : [] });
    }
    out.at(-1)!.points.push(here);
    key = `${branch} ${phase}`;
  }
  return out;
}

type Point = Stretch["points"][number];

/** The place between two points whose x is that of a bifurcation; the first point where there is none. */
function meeting(a: Point, b: Point, places: readonly number[]): Point {
  const x = places.find((p) => (p - a.x) * (p - b.x) <= 0);
  return x === undefined || a.x === b.x ? a : { x, y: a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y) };
}

/** The bifurcations of a run with the question `continuation`. */
export function marks(arrays: RunRecord["arrays"]): Mark[] {
  const array = arrays["bifurcations"];
  if (!array) return [];
  const [count, width] = array.shape as [number, number];
  return Array.from({ length: count }, (_, i) => ({
    kind: MARKS[array.data[i * width]!]!.kind,
    x: array.data[i * width + 2]!,
    y: array.data[i * width + 4]!,
  }));
}
