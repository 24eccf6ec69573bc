/** Shapes: lists of non-negative integers; a scalar has the empty shape. */
export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = s;
    s *= shape[i]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

/** The NumPy broadcast of two shapes, or undefined if they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** An axis number in [0, rank), counting from the end if negative. Throws when it is out of range. */
export function axisOf(axis: number, rank: number, what: string): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || at < 0 || at >= rank) {
    throw new RangeError(`${what}: axis ${axis} is not an axis of a rank-${rank} tensor; allowed: ${-rank} to ${rank - 1}`);
  }
  return at;
}

/** Axis numbers, distinct and ascending; undefined means all. */
export function axesOf(axes: number | readonly number[] | undefined, rank: number, what: string): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === "number" ? [axes] : axes).map((a) => axisOf(a, rank, what)).sort((a, b) => a - b);
  list.forEach((a, i) => {
    if (a === list[i - 1]) throw new RangeError(`${what}: axis ${a} is named twice`);
  });
  return list;
}
