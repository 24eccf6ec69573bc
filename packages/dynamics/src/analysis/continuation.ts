import { finite } from "../core/evolve.js";
import type { Bifurcation, Departure } from "./continuation/bifurcation.js";
import { correct, curve, type Curve } from "./continuation/curve.js";
import { station, type Station } from "./continuation/events.js";
import { CLOSED, turned, walk, type BranchEnd, type Walk, type WalkSettings } from "./continuation/walk.js";
import { singularValues } from "../core/singular-values.js";
import { linearStability, type Evolution, type LinearStability } from "./fixed-points.js";
import type { Family } from "./periodic-orbit.js";

export type { BranchEnd };

export interface ContinuationOptions {
  /** The field x' = f(x, p), or the map x -> f(x, p). */
  readonly f: Family;
  readonly kind: Evolution;
  /** A state near the branch. */
  readonly start: ArrayLike<number>;
  /** The parameter there. */
  readonly parameter: number;
  /** The branch is followed as long as the parameter stays between these. */
  readonly range: readonly [number, number];
  /** Points of this period of a map. Default 1. */
  readonly period?: number;
  /** Leaves the start, which must then lie on the branch, in this direction of (state, parameter) only. Default: along the branch, both ways. */
  readonly direction?: ArrayLike<number>;
  /** Arclength of the first step and the largest one. Default 1/500 and 1/40 of the range of the parameter. */
  readonly step?: number;
  readonly largestStep?: number;
  /** Most steps in each direction. Default 1000. */
  readonly steps?: number;
  /** The branch ends where a component of the state is larger than this in modulus. Default 1e6. */
  readonly bound?: number;
}

/** A point of a branch. */
export interface BranchPlace extends Pick<LinearStability, "eigenvalues" | "unstable" | "type"> {
  readonly parameter: number;
  readonly state: Float64Array;
}

/** A branch of equilibria or periodic points. */
export interface Branch {
  readonly kind: Evolution;
  readonly period: number;
  readonly dim: number;
  readonly points: readonly BranchPlace[];
  /** In the order in which they lie on the branch. */
  readonly bifurcations: readonly Bifurcation[];
  /** Where other branches start: at branch points and flips. */
  readonly departures: readonly Departure[];
  /** At the first and at the last of the points. */
  readonly ends: readonly BranchEnd[];
  /** What could not be resolved, in words: places where a sign changed for a reason that was not found. */
  readonly notes: readonly string[];
  /** The orbit of one of the points: period x dim. */
  orbit(point: Pick<BranchPlace, "state" | "parameter">): Float64Array;
}

/**
 * Follows a branch of equilibria, fixed points or periodic points through its folds, and finds what happens on it.
 *
 * *Definition*: the curve f(x, p) = 0 (flow) or f^period(x, p) = x (map) through a point near the start, by pseudo-arclength: Newton's method
 * in the plane across the tangent. Bifurcations are zeros of test functions along it (`BifurcationKind` says which); branch points are refined
 * by a system of which they are regular zeros.
 * *Arguments*: see `ContinuationOptions`. Derivatives are exact.
 * *Returns*: see `Branch`. Throws for misuse; a start from which Newton's method finds no point, or where the curve has no single direction (a
 * manifold of fixed points, a branch point), gives a branch without points whose end says so ("not-converged").
 * *Error*: points to rounding; bifurcations to their `error`, usually below 1e-12. Of two bifurcations of one kind within one step both are
 * missed: choose a smaller `largestStep` to be sure. Branch points at which an even number of branches cross more are not seen.
 * *Cost*: about 5 evaluations of f and its Jacobian a step, 60 a bifurcation, dim^3 operations each.
 * *Source*: Keller 1977, Numerical solution of bifurcation and nonlinear eigenvalue problems; Kuznetsov 2004, sections 10.1 to 10.3.
 * *Example*: `const { bifurcations } = continuation({ f: (x, mu) => sub(add(mu, x), div(mul(x, mul(x, x)), 3)), kind: "flow",
 * start: [-2], parameter: -1, range: [-1, 1] });
 * bifurcations.map((b) => [b.kind, b.parameter]) // [["fold", 0.6666666667], ["fold", -0.6666666667]]`
 */
export function continuation(options: ContinuationOptions): Branch {
  const { f, kind, parameter, range, period = 1 } = options;
  const dim = options.start.length;
  if (dim === 0) throw new RangeError("continuation: the start is empty; give a state");
  finite(options.start, "start");
  if (kind !== "flow" && kind !== "map") throw new RangeError(`continuation: kind ${String(kind)} given; allowed: flow, map`);
  if (!Number.isInteger(period) || period < 1 || (kind === "flow" && period !== 1))
    throw new RangeError(
      `continuation: period ${period} given; allowed: ${kind === "flow" ? "1 for equilibria of a flow" : "integers from 1"}`,
    );
  if (!(range[0] < range[1]) || !range.every(Number.isFinite))
    throw new RangeError(`continuation: range [${range.join(", ")}] given; allowed: two finite parameters, the lower first`);
  if (!(parameter >= range[0] && parameter <= range[1]))
    throw new RangeError(`continuation: parameter ${parameter} given; allowed: ${range[0]} to ${range[1]}, the range`);
  if (options.direction && options.direction.length !== dim + 1)
    throw new RangeError(
      `continuation: a direction of ${options.direction.length} numbers given; allowed: ${dim + 1}, of state and parameter`,
    );
  const width = range[1] - range[0];
  const settings: WalkSettings = {
    range,
    step: options.step ?? width / 500,
    largest: options.largestStep ?? width / 40,
    steps: options.steps ?? 1000,
    bound: options.bound ?? 1e6,
  };
  if (!(settings.step > 0 && settings.largest >= settings.step && settings.largest < Infinity))
    throw new RangeError(
      `continuation: step ${settings.step} and largestStep ${settings.largest} given; allowed: positive and finite, the second not below the first`,
    );
  if (!Number.isInteger(settings.steps) || settings.steps < 1)
    throw new RangeError(`continuation: ${settings.steps} steps given; allowed: integers from 1`);
  if (!(settings.bound > 0)) throw new RangeError(`continuation: bound ${settings.bound} given; allowed: above 0`);
  const c = curve(f, kind, dim, period);
  const z = Float64Array.of(...Array.from(options.start), parameter);
  if (options.direction) {
    const length = Math.sqrt(Array.from(options.direction).reduce((s, v) => s + v * v, 0));
    if (!(length > 0 && length < Infinity))
      throw new RangeError(
        `continuation: direction [${Array.from(options.direction).join(", ")}] given; allowed: finite numbers, not all 0`,
      );
    const away = Float64Array.from(options.direction, (v) => v / length);
    return branch(c, [walk(c, station(c, z, away, c.evaluate(z).derivative), settings)]);
  }
  const first = begin(c, z);
  if (typeof first === "string")
    return branch(c, [{ stations: [], found: [], notes: [], end: { status: "not-converged", reason: first } }]);
  const forward = walk(c, first, settings, true);
  if (forward.end.reason === CLOSED) return branch(c, [forward]);
  return branch(c, [walk(c, turned(first), settings), forward]);
}

const NO_DIRECTION = "the branch has no single direction at the start: it is a branch point, or on a manifold of fixed points";

const lostRank = (values: Float64Array, dim: number): boolean => !(values[dim - 1]! > 1e-9 * Math.max(1, values[0]!));

/** The point of the curve at the parameter of z, with a tangent towards larger parameters; or why there is none. */
function begin(c: Curve, z: Float64Array): Station | string {
  const { dim } = c;
  const upright = new Float64Array(dim + 1);
  upright[dim] = 1;
  let found = correct(c, z, upright);
  if (!found) {
    // At a fold the plane of constant parameter touches the curve; across the curve's own direction it does not.
    const { derivative } = c.evaluate(z);
    if (!derivative.every(Number.isFinite)) return "the field or its derivative is not finite at the start";
    found = correct(c, z, singularValues(derivative, dim, dim + 1).vectors.slice(dim * (dim + 1)));
  }
  if (!found) {
    const { value, derivative } = c.evaluate(z);
    const solved = value.every((v) => Math.abs(v) <= 1e-8) && derivative.every(Number.isFinite);
    if (solved && lostRank(singularValues(derivative, dim, dim + 1).values, dim)) return NO_DIRECTION;
    return "Newton's method found no point of the branch near the start; give one that is closer";
  }
  const { values, vectors } = singularValues(found.derivative, dim, dim + 1);
  if (lostRank(values, dim)) return NO_DIRECTION;
  const t = vectors.slice(dim * (dim + 1));
  return station(c, found.z, t[dim]! < 0 ? t.map((v) => -v) : t, found.derivative);
}

/** One walk, or two from the same start in opposite directions, as a branch. */
function branch(c: Curve, walks: readonly Walk[]): Branch {
  const [back, forward] = walks.length === 2 ? [walks[0]!, walks[1]!] : [undefined, walks[0]!];
  const stations = [...(back ? back.stations.slice(1).reverse() : []), ...forward.stations];
  const found = [...(back ? [...back.found].reverse() : []), ...forward.found];
  return {
    kind: c.kind,
    period: c.period,
    dim: c.dim,
    points: stations.map(({ z, jacobian }) => {
      const { eigenvalues, unstable, type } = linearStability(jacobian, c.dim, c.kind);
      return { parameter: z[c.dim]!, state: z.slice(0, c.dim), eigenvalues, unstable, type };
    }),
    bifurcations: found.map((e) => e.bifurcation),
    departures: found.flatMap((e) => e.departures),
    notes: walks.flatMap((w) => w.notes),
    ends: back ? [back.end, forward.end] : [{ status: "ok", reason: "the branch starts here" }, forward.end],
    orbit: ({ state, parameter }) => c.orbit(Float64Array.of(...state, parameter)),
  };
}
