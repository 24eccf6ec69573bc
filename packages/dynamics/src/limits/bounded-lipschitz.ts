import { difference, type Atoms, type Difference, type Space } from "./measure.js";
import { transport } from "./wasserstein.js";

export interface BoundedLipschitzOptions {
  /** Default "line". */
  readonly space?: Space;
  /** Test functions with max(|f|, Lip f) <= 1 ("max", the default) or |f| + Lip f <= 1 ("sum"). */
  readonly norm?: "max" | "sum";
}

/** Breakpoints of one side of a concave function, the nearest to its top last; places move all at once. */
interface Side {
  readonly place: number[];
  /** By how much the slope falls there; Infinity ends the domain. */
  readonly drop: number[];
  moved: number;
}

/**
 * The largest sum of masses times f over f with |f| <= bound and |f(i + 1) - f(i)| <= gap(i).
 *
 * The best sum over the first i values, as a function of the last value f, is concave and piecewise linear. Passing a gap widens its top by the
 * gap on either side; passing a mass m adds m f, which moves breakpoints from one side of the top to the other.
 * `start`: f at the first place, and the gap between the last place and the first, on a circle.
 */
function best(gaps: ArrayLike<number>, mass: Float64Array, bound: number, start?: { f: number; gap: number }): number {
  const side = (): Side => ({ place: [], drop: [], moved: 0 });
  // On the right side places are as they are; on the left side they are mirrored, so that one function serves both.
  const [right, left] = [side(), side()];
  const push = (s: Side, place: number, drop: number): void => void (s.place.push(place - s.moved), s.drop.push(drop));
  const top = (s: Side): number => (s.place.length > 0 ? Math.min(bound, s.place[s.place.length - 1]! + s.moved) : bound);
  if (start) {
    push(right, start.f, Infinity);
    push(left, -start.f, Infinity);
  }
  let value = 0;
  /** Adds m f for m > 0, towards `ahead`; what is passed goes to `behind`. */
  const tilt = (m: number, ahead: Side, behind: Side): void => {
    let place = top(ahead);
    value += m * place;
    for (let slope = m; slope > 0;) {
      if (place >= bound) {
        ahead.place.length = ahead.drop.length = 0;
        push(behind, -bound, slope);
        return;
      }
      const last = ahead.drop.length - 1;
      const drop = ahead.drop[last]!;
      if (drop > slope) {
        push(behind, -place, slope);
        ahead.drop[last] = drop - slope;
        return;
      }
      ahead.place.pop();
      ahead.drop.pop();
      push(behind, -place, drop);
      slope -= drop;
      const next = top(ahead);
      value += slope * (next - place);
      place = next;
    }
  };
  for (let i = 0; i < mass.length; i++) {
    if (i > 0) {
      right.moved += gaps[i - 1]!;
      left.moved += gaps[i - 1]!;
    }
    const m = mass[i]!;
    if (m > 0) tilt(m, right, left);
    else if (m < 0) tilt(-m, left, right);
  }
  if (!start) return value;
  right.moved += start.gap;
  left.moved += start.gap;
  // Down from the top to the value that closes the circle.
  for (const [s, f] of [
    [right, start.f],
    [left, -start.f],
  ] as const) {
    for (let i = s.place.length - 1; i >= 0; i--) {
      const place = s.place[i]! + s.moved;
      if (place < f) value -= s.drop[i]! * (f - place);
    }
  }
  return value;
}

/** The largest value of a concave function, by golden sections. */
function summit(f: (x: number) => number, low: number, high: number): number {
  const golden = 0.5 * (Math.sqrt(5) - 1);
  let [a, b] = [low, high];
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  let most = Math.max(f(low), f(high), fc, fd);
  for (let i = 0; i < 80; i++) {
    if (fc > fd) {
      [b, d, fd] = [d, c, fc];
      c = b - golden * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + golden * (b - a);
      fd = f(d);
    }
    most = Math.max(most, fc, fd);
  }
  return most;
}

function largest(between: Difference, space: Space, bound: number, lipschitz: number): number {
  const { at, mass } = between;
  const total = mass.reduce((s, m) => s + m, 0);
  const size = mass.reduce((s, m) => s + Math.abs(m), 0);
  const diameter = space === "circle" ? 0.5 : at.length > 0 ? at[at.length - 1]! - at[0]! : 0;
  // Equal masses close together: f can be shifted so that the bound does not bind, and what is left is transport.
  if (Math.abs(total) <= 1e-15 * size && lipschitz * diameter <= 2 * bound) return lipschitz * transport(between, space);
  const gaps = Float64Array.from({ length: Math.max(0, at.length - 1) }, (_, i) => lipschitz * (at[i + 1]! - at[i]!));
  if (space === "line" || at.length < 3) {
    // Two places on a circle are as far apart as the shorter way.
    if (space === "circle" && at.length === 2) gaps[0] = Math.min(gaps[0]!, lipschitz - gaps[0]!);
    return best(gaps, mass, bound);
  }
  const gap = lipschitz * (1 + at[0]! - at[at.length - 1]!);
  return summit((f) => best(gaps, mass, bound, { f, gap }), -bound, bound);
}

/**
 * The bounded-Lipschitz distance of two finite measures on the line or the circle, exactly.
 *
 * *Definition*: sup of int f d(a - b) over functions with |f| <= 1 and Lipschitz constant <= 1 (norm "max"), or with |f|_sup + Lip f <= 1
 * (norm "sum"). Both metrise weak convergence of measures of bounded mass; sum <= max <= 2 sum. Two unit atoms at the distance d: min(2, d), and 2 d / (2 + d).
 * *Arguments*: `a`, `b`: see `Atoms`; their masses may differ. See `BoundedLipschitzOptions`.
 * *Returns*: the distance, >= 0.
 * *Error*: rounding on the line with norm "max", where the linear program is solved exactly by dynamic programming; about 1e-14 of the total mass
 * otherwise, from golden sections of a concave function.
 * *Cost*: a sort, and on average a few operations an atom (the worst case is quadratic); 80 times that on the circle or for norm "sum".
 * *Source*: Dudley 1966, Convergence of Baire measures; Kuehn, Xu 2022, Vlasov equations on digraph measures, section 2 (its use).
 * *Example*: `boundedLipschitz({ at: [0], weight: [1] }, { at: [0.3], weight: [1] }) // 0.3`
 */
export function boundedLipschitz(a: Atoms, b: Atoms, options: BoundedLipschitzOptions = {}): number {
  const { space = "line", norm = "max" } = options;
  if (norm !== "max" && norm !== "sum")
    throw new RangeError(`boundedLipschitz: norm ${String(norm)} given; allowed: "max" and "sum"`);
  const between = difference("boundedLipschitz", a, b, space);
  if (norm === "max") return largest(between, space, 1, 1);
  return summit((lipschitz) => largest(between, space, 1 - lipschitz, lipschitz), 0, 1);
}
