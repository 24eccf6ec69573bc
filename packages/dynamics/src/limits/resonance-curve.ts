import { argument, complex, minus, over, type Complex } from "../core/complex.js";
import type { FrequencyDensity } from "./frequency-density.js";
import { resonance } from "./resonance.js";

/** A point of the curve q -> I(p + i q). */
export interface CurvePoint {
  /** From the density's center; -Infinity and Infinity at its two ends, which are 0. */
  readonly q: number;
  readonly value: Complex;
}

/** Halvings of an interval at most: where the curve goes through the point that angles are seen from they would not end. */
const DEEPEST = 40;

/** The angle under which a piece of the curve is seen from a point, at most. */
const STEP = 0.5;

/**
 * The curve that I(p + i q) runs through as q goes over all frequencies, of which the eigenvalues of incoherence to the right of p are the windings.
 *
 * *Definition*: points close enough that each piece is seen under an angle below 1/2 from the point `from`. I is analytic between the places of the density, towards
 * which, and towards infinity, points are graded.
 * *Arguments*: `p` from 0; `from`: the point that angles are seen from; `reach`: how far out, beyond the places, the curve is still to be resolved;
 * `known`: points that other curves of the same density and p had.
 * *Cost*: some 150 times that of `resonance`.
 */
export function resonanceCurve(
  density: FrequencyDensity,
  p: number,
  from: Complex,
  reach: number,
  known = new Map<number, CurvePoint>(),
): readonly CurvePoint[] {
  const { places } = density;
  const at = (q: number): CurvePoint => {
    let point = known.get(q);
    if (!point) {
      const value =
        Math.abs(q) === Infinity ? complex(0) : resonance(density, complex(p, q), { slopes: false, tolerance: 1e-9 }).value;
      known.set(q, (point = { q, value }));
    }
    return point;
  };
  const inner = new Set<number>();
  const [first, last] = [places[0]!, places.at(-1)!];
  for (let i = 0; i + 1 < places.length; i++) {
    const [a, length] = [places[i]!, places[i + 1]! - places[i]!];
    for (const share of SHARES) inner.add(a + share * length).add(a + (1 - share) * length);
  }
  const width = last - first;
  const grid = [...inner].filter((q) => q > first && q < last).sort((a, b) => a - b);
  for (let d = 1e-9 * width; d < 1e3 * (width + reach); d *= 5) {
    grid.push(last + d);
    grid.unshift(first - d);
  }
  const points: CurvePoint[] = [at(-Infinity)];
  const seen = (a: CurvePoint, b: CurvePoint): number => Math.abs(argument(over(minus(b.value, from), minus(a.value, from))));
  const between = (a: CurvePoint, b: CurvePoint, depth: number): void => {
    const middle = Math.abs(a.q) === Infinity || Math.abs(b.q) === Infinity ? NaN : 0.5 * (a.q + b.q);
    const inside = middle > a.q && middle < b.q;
    const m = inside && depth < DEEPEST ? at(middle) : undefined;
    // Where much may lie between, the middle is looked at once, however straight it seems.
    const looked = depth > 0 || b.q - a.q < 1e-3 * width;
    if (!m || (looked && seen(a, b) < STEP && seen(a, m) + seen(m, b) < 1.5 * STEP)) {
      points.push(b);
      return;
    }
    between(a, m, depth + 1);
    between(m, b, depth + 1);
  };
  for (const q of [...grid, Infinity]) between(points.at(-1)!, at(q), 0);
  return points;
}

const SHARES = [1e-9, 1e-5, 1e-3, 0.02, 0.08, 0.18, 0.32, 0.5];

/**
 * How many s with Re s > p solve I(s) = c, with their multiplicity: the argument principle for I - c, which is -c at infinity.
 *
 * *Returns*: a whole number; NaN where the curve meets c as nearly as it is known, so that a root lies on the line.
 */
export function windings(points: readonly CurvePoint[], c: Complex): number {
  let turned = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    const step = argument(over(minus(points[i + 1]!.value, c), minus(points[i]!.value, c)));
    if (!(Math.abs(step) < 2 * STEP)) return NaN;
    turned += step;
  }
  // The half-plane lies to the right of the axis.
  const count = -turned / (2 * Math.PI);
  const whole = Math.round(count);
  return Math.abs(count - whole) < 1e-6 ? whole + 0 : NaN;
}
