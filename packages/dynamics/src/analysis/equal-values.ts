import { sub, type Tensor } from "#engine";
import { newton } from "./newton.js";

/** A point and the value there. */
export interface Valued {
  readonly point: Float64Array;
  readonly value: Float64Array;
}

/** Pairs from which Newton's method sets out. */
const PAIRS = 24;
/** Neighbours in the order of values with which a point is compared. */
const NEIGHBOURS = 8;

/**
 * Points that a map from R^d to itself may take to one value: for pairs of samples with neighbouring values, the point nearest the second whose value is that of the first.
 *
 * *Returns*: pairs [a, y] with psi(y) = psi(a) as far as Newton's method can tell, y in the box and no nearer to a than a hundredth of its diagonal; to be judged by who asks.
 */
export function equalValues(
  psi: (x: Tensor) => Tensor,
  box: readonly (readonly [number, number])[],
  seen: readonly Valued[],
): { readonly first: Valued; readonly second: Float64Array }[] {
  const d = box.length;
  const diagonal = Math.sqrt(box.reduce((s, [a, b]) => s + (b - a) * (b - a), 0));
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let s = 0;
    for (let i = 0; i < d; i++) s += (a[i]! - b[i]!) * (a[i]! - b[i]!);
    return Math.sqrt(s);
  };
  const best: { first: Valued; from: Valued; gap: number }[] = [];
  for (let axis = 0; axis < d; axis++) {
    const order = seen.toSorted((a, b) => a.value[axis]! - b.value[axis]!);
    order.forEach((first, i) => {
      for (const from of order.slice(i + 1, i + 1 + NEIGHBOURS)) {
        const apart = distance(first.point, from.point);
        if (!(apart > 0.05 * diagonal)) continue;
        const gap = distance(first.value, from.value) / apart;
        if (best.length === PAIRS && gap >= best[PAIRS - 1]!.gap) continue;
        if (best.length === PAIRS) best.pop();
        const place = best.findIndex((p) => p.gap > gap);
        best.splice(place < 0 ? best.length : place, 0, { first, from, gap });
      }
    });
  }
  if (best.length === 0) return [];
  const rows = (of: (p: (typeof best)[number]) => Float64Array): Float64Array =>
    Float64Array.from(best.flatMap((p) => [...of(p)]));
  const { ends, points } = newton({
    f: (x, target) => sub(psi(x), target),
    starts: rows((p) => p.from.point),
    parameters: rows((p) => p.first.value),
    dim: d,
    scale: diagonal,
    maxIterations: 30,
  });
  return best.flatMap(({ first }, i) => {
    const point = points.slice(i * d, (i + 1) * d);
    const inside = box.every(([a, b], j) => point[j]! >= a && point[j]! <= b);
    return ends[i] === "zero" && inside && distance(point, first.point) > 0.01 * diagonal ? [{ first, second: point }] : [];
  });
}
