import { compile, div, expandDims, max, mean as average, mul, scalarMath, sigmoid, sub, sum } from "#engine";
import { incompleteBeta, studentQuantile } from "../core/confidence.js";
import type { Estimate } from "../core/estimate.js";

export interface TransitionOptions {
  /** Of the interval. Default 0.95. */
  readonly level?: number;
  /** The unit of the times, for the answer. Default "step". */
  readonly unit?: string;
}

/** When a quantity that is followed over time goes from one plateau to another. */
export interface Transition extends Estimate {
  /** Ends of the interval, in the unit of the times; NaN unless the status is "ok". */
  readonly interval: readonly [number, number];
  /** The plateaus before and after. */
  readonly before: number;
  readonly after: number;
  /** Time at nine tenths of the way over time at one tenth. */
  readonly ratio: number;
  /** Correlation of neighbouring residuals, which the interval takes into account. */
  readonly correlation: number;
}

/** Middles and widths of the curves that are tried side by side. */
const PLACES = 64;
const WIDTHS = 24;
/** Each zoom shrinks the spacing of the middles by PLACES / 4. */
const ZOOMS = 7;
/** A step counts as there when a constant would do as badly by chance in less than one of a hundred curves. */
const CHANCE = 0.01;
/** Residuals whose neighbours are correlated as much as this are no noise. */
const SYSTEMATIC = 0.5;
/** Such residuals of this size, beside the height of the step, are another shape. */
const MISFIT = 0.1;
/** Degrees of freedom that are left at least, however correlated the residuals are. */
const LEAST_FREEDOM = 3;

/**
 * The time of a transition between two plateaus, in the logarithm of time, with an interval.
 *
 * *Definition*: m of the curve a + (b - a) / (1 + exp(-(log t - m) / s)) that is nearest in mean square; the time is exp m, where half of the way
 * is done.
 * *Arguments*: `times` ascending; those up to 0 are left out, and so are values that are not finite. At least 8 must remain.
 * *Returns*: a Transition. "not-converged" and NaN, with an explanation, when a constant does as well, when the transition is not over within the
 * times, or when what is left drifts by more than a tenth of the height: two transitions are none.
 * *Error*: the interval holds the times m at which the sum of squares, the other numbers fitted anew, stays within Student's bound of its least:
 * it need not be symmetric. Residuals of neighbours are correlated; the sum's scale is multiplied by (1 + rho) / (1 - rho) for the correlation
 * rho found. `error` is the interval's half-width in standard errors. Coverage on curves of this shape is checked in
 * test/theorems/e07-transition.test.ts; on other shapes m is that of the nearest such curve. Noise that is largest on
 * the way up, as that of a share of few samples, makes the interval somewhat too short: at 0.95 it then holds the time in about 0.85 of cases.
 * *Cost*: about 3 x 10^4 curves through all values, compiled.
 * *Source*: Golub, Pereyra 1973, The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate (a and b are
 * eliminated); Bates, Watts 1988, Nonlinear regression analysis, section 6.1 (profiles).
 * *Example*: `const times = Array.from({ length: 60 }, (_, i) => 10 * (i + 1));
 * transition(times, times.map((t) => t ** 6 / (t ** 6 + 200 ** 6))).value // 200.0`
 */
export function transition(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  { level = 0.95, unit = "step" }: TransitionOptions = {},
): Transition {
  if (times.length !== values.length)
    throw new RangeError(`transition: ${times.length} times and ${values.length} values given; one of each a measurement`);
  if (!(level > 0 && level < 1)) throw new RangeError(`transition: level ${level} given; allowed: between 0 and 1`);
  for (let i = 1; i < times.length; i++)
    if (!(times[i]! > times[i - 1]! && times[i]! < Infinity))
      throw new RangeError(`transition: time ${times[i]} after ${times[i - 1]} given; allowed: ascending finite times`);
  const kept = Array.from(times, (t, i) => ({ t, v: values[i]! })).filter(({ t, v }) => t > 0 && Number.isFinite(v));
  const u = Float64Array.from(kept, ({ t }) => scalarMath.log(t));
  const n = u.length;
  const about = {
    unit,
    method: `middle of a logistic curve in log time through ${n} values, with a profile interval of ${100 * level} %; the error is its half-width in standard errors`,
    sources: ["Golub, Pereyra 1973", "Bates, Watts 1988"],
    cost: {},
  };
  const nothing = (explanation: string): Transition => ({
    ...about,
    value: NaN,
    error: NaN,
    status: "not-converged",
    explanation,
    interval: [NaN, NaN],
    before: NaN,
    after: NaN,
    ratio: NaN,
    correlation: NaN,
  });
  if (n < 8) return nothing(`${n} measurements at times above 0; a transition needs 8: measure more often`);
  // In units of the largest value, so that no square is too large or too small for a number.
  const scale = kept.reduce((m, k) => Math.max(m, Math.abs(k.v)), 0) || 1;
  const level0 = kept.reduce((s, k) => s + k.v / scale, 0) / n;
  const v = Float64Array.from(kept, (k) => k.v / scale - level0);
  const constant = v.reduce((s, x) => s + x * x, 0);
  const rounding = 1e-26;
  if (!(constant > n * rounding)) return nothing("the values do not change");

  const [first, last] = [u[0]!, u[n - 1]!];
  const span = last - first;
  const fit = curves(u, v);
  let [middles, widths] = [spaced(first, last, PLACES), spaced(scalarMath.log(span / (8 * n)), scalarMath.log(span), WIDTHS)];
  let best = leastOf(fit(middles, widths), middles, widths);
  for (let i = 0; i < ZOOMS; i++) {
    const [dm, dw] = [2 * (middles[1]! - middles[0]!), 2 * (widths[1]! - widths[0]!)];
    middles = spaced(Math.max(first, best.m - dm), Math.min(last, best.m + dm), PLACES);
    widths = spaced(best.w - dw, best.w + dw, WIDTHS);
    best = leastOf(fit(middles, widths), middles, widths);
  }

  const s = scalarMath.exp(best.w);
  const { a, c, residuals } = regression(u, v, best.m, s);
  const correlation = Math.min(0.99, Math.max(0, neighbours(residuals)));
  const spread = (1 + correlation) / (1 - correlation);
  const freedom = Math.max(LEAST_FREEDOM, n / spread - 4);
  // Where the curve fits to rounding there is still the rounding.
  const noise = Math.max((best.squares / (n - 4)) * spread, rounding);
  const chance = incompleteBeta(freedom / (freedom + (constant - best.squares) / noise), 0.5 * freedom, 1.5);
  const drift = `what a step leaves of the values drifts (the correlation of neighbours is ${correlation.toFixed(2)}), so that one step does not describe them: there are several transitions, or none; look at a part of the times`;
  // As many places for a step as there are independent values.
  if (!(chance * Math.max(1, n / spread) < CHANCE))
    return nothing(
      correlation < SYSTEMATIC
        ? "a constant describes the values as well as a step does: there is no transition, or too few values around it"
        : drift,
    );
  if (correlation >= SYSTEMATIC && Math.sqrt(best.squares / n) > MISFIT * Math.abs(c)) return nothing(drift);

  const q = studentQuantile(level, freedom);
  const bound = best.squares + q * q * noise;
  // Widths around the best, for the profile: some of them have to lie within the bound.
  let near = spaced(best.w - 2, best.w + 2, WIDTHS);
  const here = new Float64Array(PLACES).fill(best.m);
  for (let reach = 1; reach > 1e-9; reach /= 2) {
    if (
      fit(here, near)
        .subarray(0, WIDTHS)
        .filter((x) => x <= bound).length >=
      WIDTHS / 4
    )
      break;
    near = spaced(best.w - reach, best.w + reach, WIDTHS);
  }
  const [low, high] = [first, last].map((end) => edge((m) => profile(fit(m, near), near), best.m, end, bound));
  const shape = {
    before: scale * (level0 + a),
    after: scale * (level0 + a + c),
    ratio: scalarMath.exp(2 * scalarMath.log(9) * s),
    correlation,
  };
  const unfinished = best.m + scalarMath.log(3) * s > last || high === undefined;
  if (unfinished || low === undefined)
    return {
      ...nothing(
        unfinished
          ? `the transition is not over at ${unit} ${kept[n - 1]!.t}, the last measurement: go on for longer`
          : `the transition is under way at ${unit} ${kept[0]!.t}, the first measurement: measure earlier`,
      ),
      ...shape,
    };
  const value = scalarMath.exp(best.m);
  return {
    ...about,
    value,
    error: (value * (high - low)) / (2 * q),
    status: "ok",
    interval: [scalarMath.exp(low), scalarMath.exp(high)],
    ...shape,
  };
}

const spaced = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** Sums of squares, middles x widths, of the curves with given middles and logarithms of widths; heights are fitted. */
function curves(u: Float64Array, v: Float64Array): (middles: Float64Array, widths: Float64Array) => Float64Array {
  const program = compile(
    (middle, logWidth, time, value) => {
      const away = sub(expandDims(time, 0), expandDims(middle, 1));
      const x = sigmoid(div(expandDims(away, 1), expandDims(expandDims(logWidth, 0), 2)));
      const shape = sub(x, average(x, 2, true));
      // A shape that is flat on the data is no other than the constant.
      const height = div(sum(mul(shape, value), 2, true), max(sum(mul(shape, shape), 2, true), 1e-12));
      const residual = sub(value, mul(height, shape));
      return [sum(mul(residual, residual), 2)];
    },
    [{ shape: [PLACES] }, { shape: [WIDTHS] }, { shape: [u.length] }, { shape: [u.length] }],
  );
  program.inputs[2]!.set(u);
  program.inputs[3]!.set(v);
  return (middles, widths) => {
    program.inputs[0]!.set(middles);
    program.inputs[1]!.set(widths.map((w) => scalarMath.exp(w)));
    program.run();
    return Float64Array.from(program.outputs[0]!);
  };
}

interface Place {
  readonly squares: number;
  readonly m: number;
  /** Logarithm of the width. */
  readonly w: number;
}

function leastOf(squares: Float64Array, middles: Float64Array, widths: Float64Array): Place {
  const i = squares.reduce((best, q, j) => (q < squares[best]! ? j : best), 0);
  return { squares: squares[i]!, m: middles[Math.floor(i / WIDTHS)]!, w: widths[i % WIDTHS]! };
}

/** For each middle the least over the widths, by the parabola through the least and its neighbours. */
function profile(squares: Float64Array, widths: Float64Array): Float64Array {
  return Float64Array.from({ length: PLACES }, (_, p) => {
    const row = squares.subarray(p * WIDTHS, (p + 1) * WIDTHS);
    const i = row.reduce((best, q, j) => (q < row[best]! ? j : best), 0);
    if (i === 0 || i === widths.length - 1) return row[i]!;
    const [left, right] = [row[i - 1]! - row[i]!, row[i + 1]! - row[i]!];
    return left + right > 0 ? row[i]! - ((right - left) * (right - left)) / (8 * (left + right)) : row[i]!;
  });
}

/** Where the profile first passes the bound between its minimum and an end; undefined when it does not. */
function edge(
  along: (m: Float64Array<ArrayBuffer>) => Float64Array,
  from: number,
  end: number,
  bound: number,
): number | undefined {
  // Distances from a millionth of the way on, each 1.25 times the one before: narrow and wide intervals are found alike.
  let [inside, outside] = [from, NaN];
  const steps = Float64Array.from({ length: PLACES }, (_, i) => from + (end - from) * scalarMath.exp((i + 1 - PLACES) * 0.2232));
  let places = steps;
  for (let round = 0; round < 3; round++) {
    const i = along(places).findIndex((q) => q > bound);
    if (i < 0) return round === 0 ? undefined : outside;
    outside = places[i]!;
    inside = i > 0 ? places[i - 1]! : inside;
    places = spaced(inside, outside, PLACES);
  }
  return outside;
}

/** The heights at a middle and a width, and what they leave. */
function regression(u: Float64Array, v: Float64Array, m: number, s: number) {
  const x = u.map((t) => scalarMath.sigmoid((t - m) / s));
  const mean = x.reduce((sum, e) => sum + e, 0) / x.length;
  const [xx, xv] = x.reduce(([p, q], e, i) => [p + (e - mean) * (e - mean), q + (e - mean) * v[i]!], [0, 0]) as [number, number];
  const c = xv / Math.max(xx, 1e-12);
  const a = -c * mean;
  return { a, c, residuals: v.map((e, i) => e - a - c * x[i]!) };
}

function neighbours(residuals: Float64Array): number {
  const both = residuals.reduce((s, r, i) => (i > 0 ? s + r * residuals[i - 1]! : s), 0);
  const all = residuals.reduce((s, r) => s + r * r, 0);
  return all > 0 ? both / all : 0;
}
