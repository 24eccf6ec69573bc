/** A time that moves with the lags: c_0 + c_1 lag_1 + ... + c_r lag_r. */
export type Moving = readonly number[];

/**
 * Where the steps of a delay equation begin and end, and where each step finds its past.
 *
 * *Definition*: the start is at 0. `window` steps of equal length h lie before it; then come `intervals` intervals of `steps` steps each, all of one
 * length but perhaps the last. Breaking points, where a derivative jumps (sums of lags, Bellen and Zennaro 2003, section 2.2), are mesh points.
 */
export interface Mesh {
  readonly steps: number;
  readonly window: number;
  readonly intervals: number;
  /** Ends of the steps, one more than there are steps, the first of them the oldest. */
  readonly points: readonly Moving[];
  /** [intervals, steps, thetas, lags]: the step, counted from the oldest of the window before the interval, in which the past is found. */
  readonly index: Int32Array;
  /** Whether all breaking points lie on equal steps, so that every interval is like the first. */
  readonly aligned: boolean;
}

export interface MeshOptions {
  readonly lags: readonly number[];
  /** Length of an interval, at most the shortest lag. */
  readonly dt: Moving;
  /** Steps an interval, at least. */
  readonly steps: number;
  /** Jumps are tracked up to that of the derivative of this order and one more. */
  readonly order: number;
  /** The fractions of a step at which the solver evaluates the field. */
  readonly thetas: readonly number[];
  /** Number of intervals; default: until, and with, the first that is like all after it. */
  readonly intervals?: number;
  /** Where the last interval ends; default: as long as the others. */
  readonly end?: Moving;
}

/** Breaking points closer than this part of an interval are one. */
const SAME = 1e-10;
/** Most steps in the past, and most places where a mesh looks up its past. */
const MOST_STEPS = 1_000_000;
const MOST_PLACES = 4_000_000;
/** Most breaking points that are looked at. */
const MOST_BREAKS = 200_000;

export const timeOf = (point: Moving, lags: readonly number[]): number =>
  lags.reduce((t, lag, j) => t + (point[j + 1] ?? 0) * lag, point[0]!);

/** Steps an interval, from `steps` on, with which every lag is a whole number of steps; undefined if there are none up to 3 `steps`. */
function alignedSteps(dt: number, lags: readonly number[], steps: number): number | undefined {
  for (let a = 1; a <= 2 * steps; a++) {
    const whole = lags.every((lag) => Math.abs((lag * a) / dt - Math.round((lag * a) / dt)) < 1e-9 * ((lag * a) / dt));
    if (whole) return a * Math.ceil(steps / a);
  }
  return undefined;
}

/** The mesh of a delay equation. */
export function meshOf(options: MeshOptions): Mesh {
  const { lags, dt, order, thetas, end } = options;
  const length = timeOf(dt, lags);
  const reach = Math.ceil(Math.max(...lags) / length - 1e-9);
  const fitting = alignedSteps(length, lags, options.steps);
  const aligned = fitting !== undefined;
  const least = fitting ?? options.steps;
  bounded("its past", reach * least, MOST_STEPS, lags);
  bounded("looking up the past", (options.intervals ?? 1) * least * thetas.length * lags.length, MOST_PLACES, lags);
  const breaks = aligned ? [] : breakingPoints(lags, order, length);
  const last = Math.ceil(timeOf(breaks.at(-1) ?? [0], lags) / length);
  const intervals = options.intervals ?? (aligned ? 1 : last + reach + 1);
  const spans = Array.from({ length: intervals }, (_, k) => {
    const [from, to] = [times(dt, k), end && k === intervals - 1 ? end : times(dt, k + 1)];
    const [low, high] = [timeOf(from, lags) + SAME * length, timeOf(to, lags) - SAME * length];
    const inside = breaks.filter((b) => timeOf(b, lags) > low && timeOf(b, lags) < high);
    return [from, ...inside, to];
  });
  const pieces = Math.max(...spans.map((s) => s.length - 1));
  const steps = fitting ?? Math.max(options.steps, 2 * pieces);
  const window = reach * steps;
  bounded("looking up the past", intervals * steps * thetas.length * lags.length, MOST_PLACES, lags);
  const points: Moving[] = Array.from({ length: window + 1 }, (_, i) => times(dt, (i - window) / steps));
  for (const span of spans) {
    const counts = shares(
      span.slice(1).map((b, i) => timeOf(b, lags) - timeOf(span[i]!, lags)),
      steps,
      pieces,
    );
    counts.forEach((n, i) => {
      for (let j = 1; j <= n; j++) points.push(between(span[i]!, span[i + 1]!, j / n));
    });
  }
  return { steps, window, intervals, points, aligned, index: indexOf(points, lags, thetas, { steps, window, intervals }) };
}

/** Throws where a lag is so much shorter than another, or than the time to go, that the work would not end. */
function bounded(what: string, count: number, most: number, lags: readonly number[]): void {
  if (!(count <= most))
    throw new RangeError(
      `delay: lags [${lags.slice(0, 8).join(", ")}] given, of which the shortest sets the steps: ${what} would take ${count.toPrecision(2)} of them; allowed: up to ${most}; leave out a lag that is too short to matter, since x(t - lag) is then x(t) up to lag x', ask for fewer steps or less time, or give lags that are whole multiples of a common step`,
    );
}

const times = (a: Moving, s: number): Moving => a.map((c) => c * s);
const between = (a: Moving, b: Moving, s: number): Moving =>
  s === 1 ? b : Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (1 - s) * (a[i] ?? 0) + s * (b[i] ?? 0));

/** Sums of at most `order` lags, ascending, those that nearly coincide once. */
function breakingPoints(lags: readonly number[], order: number, length: number): Moving[] {
  let sums: number[][] = [lags.map(() => 0)];
  lags.forEach((_, j) => {
    sums = sums.flatMap((s) => {
      const left = order - s.reduce((a, b) => a + b, 0);
      return Array.from({ length: left + 1 }, (_n, n) => s.map((c, i) => (i === j ? n : c)));
    });
    if (sums.length > MOST_BREAKS)
      throw new RangeError(
        `delay: ${lags.length} lags without a common step have more than ${MOST_BREAKS} breaking points; give lags that are whole multiples of a common step`,
      );
  });
  const sorted = sums.map((s) => [0, ...s]).sort((a, b) => timeOf(a, lags) - timeOf(b, lags));
  return sorted.filter((b, i) => i > 0 && timeOf(b, lags) - timeOf(sorted[i - 1]!, lags) > SAME * length);
}

/** How many of `steps` each piece gets: as equal in length as possible, and twice as many each when `steps` doubles. */
function shares(widths: readonly number[], steps: number, pieces: number): number[] {
  let base = steps;
  while (base % 2 === 0 && base / 2 >= 2 * pieces) base /= 2;
  const counts = widths.map(() => 1);
  for (let left = base - widths.length; left > 0; left--) {
    let longest = 0;
    widths.forEach((w, i) => (longest = w / counts[i]! > (widths[longest]! / counts[longest]!) * (1 + 1e-9) ? i : longest));
    counts[longest]!++;
  }
  return counts.map((c) => (c * steps) / base);
}

/** Where t_n + theta h_n - lag lies; a time at the end of two steps belongs to the one that the rest of step n falls into. */
function indexOf(
  points: readonly Moving[],
  lags: readonly number[],
  thetas: readonly number[],
  { steps, window, intervals }: { steps: number; window: number; intervals: number },
): Int32Array {
  const at = Float64Array.from(points, (p) => timeOf(p, lags));
  const index = new Int32Array(intervals * steps * thetas.length * lags.length);
  let to = 0;
  for (let n = 0; n < intervals * steps; n++) {
    const first = Math.floor(n / steps) * steps;
    const [start, h] = [at[window + n]!, at[window + n + 1]! - at[window + n]!];
    for (const theta of thetas) {
      // A little towards the middle of the step.
      const inward = theta + 1e-6 * (0.5 - theta);
      for (const lag of lags) index[to++] = stepAt(at, start + inward * h - lag, first, first + window - 1) - first;
    }
  }
  return index;
}

/** The step from `low` to `high` that contains t. */
export function stepAt(at: Float64Array, t: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle]! <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}
