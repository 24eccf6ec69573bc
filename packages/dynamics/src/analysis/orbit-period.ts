import { scalarMath } from "#engine";

/** What the last states of an orbit are. */
export interface OrbitPeriod {
  /** The least period that they have come to; 0 where there is none. */
  readonly period: number;
  /** Whether they still approach a cycle, or leave one, too slowly for its period to be told. */
  readonly creeping: boolean;
}

/** Returns in a row that must shrink or grow: by chance those of a chaotic orbit do not. */
const SURE = 24;
/** Returns this far apart are the rounding of a cycle: in units in the last place of its largest number. */
const ROUNDING = 256 * Number.EPSILON;

/**
 * The period of an orbit from its last states.
 *
 * *Definition*: the least m with |x_(n+m) - x_n| <= tolerance for all n that are kept, where the orbit still has no more than the tolerance to go. What is
 * left is the last of these returns, summed on by the ratio at which they shrink over the states kept; where they do not shrink, it is what the orbit would
 * move in `elapsed` steps at the pace of those kept. An orbit that has a return within the tolerance but more to go, or whose returns of some m all
 * shrink or all grow, creeps: just below a doubling the slow approach to a cycle looks like one of twice its period.
 * *Arguments*: `orbit`: count x dim states in order; `most`: longest period, at most half of count; `elapsed`: steps taken in all.
 * *Error*: an approach that is slower than geometric is measured as if it went on at its present rate.
 * *Example*: `orbitPeriod([0, 1, 0, 1, 0, 1], 1, { most: 3, tolerance: 1e-6, elapsed: 100 }).period // 2`
 */
export function orbitPeriod(
  orbit: ArrayLike<number>,
  dim: number,
  { most, tolerance, elapsed }: { readonly most: number; readonly tolerance: number; readonly elapsed: number },
): OrbitPeriod {
  const count = orbit.length / dim;
  let size = 0;
  for (let i = 0; i < orbit.length; i++) size = Math.max(size, Math.abs(orbit[i]!));
  const rounding = ROUNDING * size;
  const returns = new Float64Array(count);
  let creeping = false;
  for (let m = 1; m <= most; m++) {
    let close = true;
    let shrinking = count - 2 * m >= Math.max(SURE, 2 * m);
    let growing = shrinking;
    for (let n = 0; n < count - m && (close || shrinking || growing); n++) {
      let apart = 0;
      for (let c = 0; c < dim; c++) apart = Math.max(apart, Math.abs(orbit[(n + m) * dim + c]! - orbit[n * dim + c]!));
      returns[n] = apart;
      if (apart > tolerance) close = false;
      if (n >= m && !(apart < returns[n - m]!)) shrinking = false;
      if (n >= m && !(apart > returns[n - m]!)) growing = false;
    }
    if (close && toGo(orbit, dim, m, returns.subarray(0, count - m), rounding, elapsed) <= tolerance)
      return { period: m, creeping: false };
    // A cycle of twice the length and more may still be ahead.
    creeping ||= close || shrinking || growing;
  }
  return { period: 0, creeping };
}

/** How far an orbit with these returns of m has to go. */
function toGo(
  orbit: ArrayLike<number>,
  dim: number,
  m: number,
  returns: Float64Array,
  rounding: number,
  elapsed: number,
): number {
  const count = returns.length;
  const largest = (first: number): number => returns.subarray(first, first + m).reduce((a, b) => Math.max(a, b), 0);
  const late = largest(count - m);
  if (late <= rounding) return 0;
  // Too few to compare: as for an approach like 1 / n.
  if (count < 2 * m) return (late * elapsed) / m;
  const rate = (scalarMath.log(late / largest(0)) * m) / (count - m);
  if (rate < 0) return late / -scalarMath.expm1(rate);
  // Not shrinking: the rounding of a slow cycle jitters in its place, an orbit that leaves one moves on.
  const stride = m * dim;
  let widest = 0;
  for (let j = 0; j < stride; j++) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = j; i < orbit.length; i += stride) {
      low = Math.min(low, orbit[i]!);
      high = Math.max(high, orbit[i]!);
    }
    widest = Math.max(widest, high - low);
  }
  return (widest * elapsed) / count;
}
