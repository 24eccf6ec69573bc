import type { Estimate } from "../core/estimate.js";
import { finite } from "../core/evolve.js";
import { determinant } from "./dense-general.js";
import { orbitFinder, type Family, type PeriodicOrbit } from "./periodic-orbit.js";

export interface PeriodDoublingOptions {
  readonly f: Family;
  readonly period: number;
  /** Two parameters between which the orbit doubles its period. */
  readonly between: readonly [number, number];
  /** A state near the orbit at the first of them. */
  readonly guess: ArrayLike<number>;
  /** Width of the bracket at which bisection ends. Default 1e-12 times the size of the parameter. */
  readonly tolerance?: number;
}

/** The parameter of a flip, with the orbit there. */
export interface PeriodDoubling extends Estimate {
  readonly orbit: PeriodicOrbit;
}

const FOLLOWED = 16;

/**
 * The parameter at which a periodic orbit of a family of maps doubles its period.
 *
 * *Definition*: a multiplier of the orbit is -1: det(Df^period + I) = 0 along the branch of the orbit.
 * *Arguments*: see `PeriodDoublingOptions`. The orbit is followed from the first parameter to the second in 16 steps.
 * *Returns*: the parameter. Status "not-converged" with NaN when the orbit is lost on the way or no multiplier passes -1; the explanation
 * says where.
 * *Error*: half the last bracket: a bound, up to the rounding of the determinant divided by its slope.
 * *Cost*: about 60 searches for the orbit, a few times `period` evaluations of f each.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 10.3.2 (test function of a flip).
 * *Example*: `const { value } = periodDoubling({ f: (x, r) => mul(mul(r, x), sub(1, x)), period: 2, between: [3.2, 3.5], guess: [0.51] });
 * [value, 1 + Math.sqrt(6)] // [3.4494897428, 3.4494897428]`
 */
export function periodDoubling(options: PeriodDoublingOptions): PeriodDoubling {
  const { f, period, between, guess } = options;
  const dim = guess.length;
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`periodDoubling: period ${period} given; allowed: integers from 1`);
  if (!between.every(Number.isFinite) || between[0] === between[1])
    throw new RangeError(`periodDoubling: between [${between.join(", ")}] given; allowed: two different finite parameters`);
  if (dim === 0) throw new RangeError("periodDoubling: the guess is empty; give a state of the map");
  finite(guess, "guess");
  const find = orbitFinder(f, dim);
  const tolerance = options.tolerance ?? 1e-12 * Math.max(...between.map(Math.abs));
  if (!(tolerance >= 0)) throw new RangeError(`periodDoubling: tolerance ${tolerance} given; allowed: from 0`);
  const test = ({ derivative }: PeriodicOrbit): number =>
    determinant(
      derivative.map((d, e) => d + (e % (dim + 1) === 0 ? 1 : 0)),
      dim,
    );
  const answer = (value: number, error: number, orbit: PeriodicOrbit, explanation?: string): PeriodDoubling => ({
    value,
    error,
    orbit,
    unit: "parameter",
    status: explanation === undefined ? "ok" : "not-converged",
    method: "bisection on det(Df^period + I); the error is a bound",
    sources: ["Kuznetsov 2004, section 10.3.2"],
    cost: {},
    ...(explanation === undefined ? {} : { explanation }),
  });

  interface Point {
    readonly parameter: number;
    readonly orbit: PeriodicOrbit;
  }
  const point = (parameter: number, near: ArrayLike<number>): Point => ({
    parameter,
    orbit: find({ parameter, period, guess: near }),
  });
  const lost = ({ parameter, orbit }: Point): PeriodDoubling =>
    answer(NaN, NaN, orbit, `no orbit of period ${period} at ${parameter}: ${orbit.explanation}`);
  const first = (p: Point): Float64Array => p.orbit.points.subarray(0, dim);

  let low = point(between[0], guess);
  if (low.orbit.status !== "ok") return lost(low);
  let high = low;
  for (let i = 1; i <= FOLLOWED; i++) {
    high = point(between[0] + ((between[1] - between[0]) * i) / FOLLOWED, first(low));
    if (high.orbit.status !== "ok") return lost(high);
    if (test(low.orbit) > 0 !== test(high.orbit) > 0) break;
    if (i === FOLLOWED)
      return answer(NaN, NaN, high.orbit, `no multiplier of the orbit passes -1 between ${between[0]} and ${between[1]}`);
    low = high;
  }
  while (Math.abs(high.parameter - low.parameter) > tolerance) {
    const middle = 0.5 * (low.parameter + high.parameter);
    if (middle === low.parameter || middle === high.parameter) break;
    const [a, b] = [first(low), first(high)];
    const next = point(
      middle,
      a.map((x, j) => 0.5 * (x + b[j]!)),
    );
    if (next.orbit.status !== "ok") return lost(next);
    if (test(low.orbit) > 0 === test(next.orbit) > 0) low = next;
    else high = next;
  }
  return answer(0.5 * (low.parameter + high.parameter), 0.5 * Math.abs(high.parameter - low.parameter), low.orbit);
}
