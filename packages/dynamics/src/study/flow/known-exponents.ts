import { concat, constant, jacobian, mul, reshape, slice, sub, sum } from "#engine";
import { batchMeans } from "../../analysis/batch-means.js";
import { fixedPoints } from "../../analysis/fixed-points.js";
import type { Estimate } from "../../core/estimate.js";
import { adaptive } from "../../flow/controllers.js";
import { flow } from "../../flow/flow.js";
import type { VectorField } from "../../flow/solver.js";
import { poincareMap } from "../../derived/poincare-map.js";

export interface KnownExponentsOptions {
  /** dx/dt, which does not depend on the time. */
  readonly field: VectorField;
  /** A state on the attractor: where a trajectory is after its transient. */
  readonly state: ArrayLike<number>;
  /** A length for each component against which distances are small or large. Default: 1. */
  readonly scale?: ArrayLike<number>;
  /** The longest time between two crossings of a section, and that of the mean divergence of an orbit that does not close. Default 1,000. */
  readonly within?: number;
}

/** What theory says of the exponents of a flow. */
export interface KnownExponents {
  /** The state rests; its orbit closes; or neither was seen. */
  readonly kind: "rest" | "cycle" | "open";
  /** Exponents, largest first; NaN where theory does not give them. */
  readonly value: Float64Array;
  /** The mean divergence of the field along the orbit, which is the sum of all exponents. */
  readonly sum: Estimate;
  /** Of a closed orbit; NaN otherwise. */
  readonly period: number;
  readonly words: string;
}

/** So near, in units of `scale`, a trajectory has come to rest, a state rests without coming nearer, an orbit has closed. */
const [NEAR, SAME, CLOSED] = [1e-4, 1e-10, 1e-7];
/** Crossings of the section within which an orbit has to repeat itself. */
const CROSSINGS = 60;
const SPANS = 400;

/**
 * The Lyapunov exponents of a flow where theory gives them.
 *
 * *Definition*: at a point at rest they are the real parts of the eigenvalues of Df. Along any orbit their sum is the mean of div f (Liouville), and one of them is 0
 * unless the orbit ends at a point at rest (Haken): in the plane a closed orbit has the exponents 0 and the mean divergence over a period.
 * *Arguments*: see `KnownExponentsOptions`.
 * *Returns*: see `KnownExponents`. Of a closed orbit with more components only the 0 and the sum; of an orbit that does not close the sum alone.
 * *Error*: eigenvalues to rounding; periods and mean divergences to the steps' tolerance 1e-9, for an orbit that does not close one standard error by batch means.
 * *Cost*: Newton's method from 16 starts, 60 crossings, and where those say nothing the time `within` once more.
 * *Source*: Haken 1983, At least one Lyapunov exponent vanishes if the trajectory of an attractor does not contain a fixed point; Hartman 1964, Ordinary
 * differential equations, chapter IV (Liouville).
 * *Example*: `const { kind, value } = knownExponents({ field: (x) => mul(constant([-2, -1]), x), state: [0, 0] }); [kind, value] // ["rest", [-1, -2]]`
 */
export function knownExponents(options: KnownExponentsOptions): KnownExponents {
  const { field, within = 1000 } = options;
  const state = Float64Array.from(options.state);
  const dim = state.length;
  const scale = Float64Array.from(options.scale ?? state.map(() => 1));
  if (scale.length !== dim || !scale.every((s) => s > 0 && s < Infinity))
    throw new RangeError(
      `knownExponents: scale [${scale.join(", ")}] given; allowed: ${dim} finite numbers above 0, one a component`,
    );
  return atRest(field, state, scale) ?? closed(field, state, scale, within) ?? open(field, state, within);
}

const distance = (a: Float64Array, b: ArrayLike<number>, scale: Float64Array): number =>
  Math.sqrt(scale.reduce((s, u, i) => s + ((a[i]! - b[i]!) / u) ** 2, 0));

function atRest(field: VectorField, state: Float64Array, scale: Float64Array): KnownExponents | undefined {
  const { points } = fixedPoints({
    f: (x) => field(x, constant(0)),
    kind: "flow",
    box: Array.from(state, (x, i) => [x - 0.01 * scale[i]!, x + 0.01 * scale[i]!] as const),
    starts: 16,
  });
  const here = points.find(({ point, stability }) => {
    const apart = distance(state, point, scale);
    return apart < SAME || (apart < NEAR && stability === "stable");
  });
  if (!here) return undefined;
  const value = Float64Array.from(here.eigenvalues, ([re]) => re)
    .sort()
    .reverse();
  return {
    kind: "rest",
    value,
    sum: meanDivergence(
      value.reduce((s, v) => s + v, 0),
      0,
      "trace of the Jacobian matrix at the point at rest",
    ),
    period: NaN,
    words: `The trajectory ends at a point at rest (${here.type}): its exponents are the real parts of the eigenvalues there.`,
  };
}

function closed(field: VectorField, state: Float64Array, scale: Float64Array, within: number): KnownExponents | undefined {
  const dim = state.length;
  const here = constant(state);
  const weights = constant(scale.map((s) => 1 / (s * s)));
  const map = poincareMap({
    field: withDivergence(field, dim),
    initial: [...state, 0],
    event: (s) => {
      const x = slice(s, [0], [dim]);
      return sum(mul(weights, mul(field(here, constant(0)), sub(x, here))));
    },
    within,
  });
  const seen: { readonly state: Float64Array; readonly time: number; readonly growth: number }[] = [];
  let time = 0;
  for (let i = 0; i < CROSSINGS; i++) {
    if (map.step() !== "ok") return undefined;
    time += map.observables["duration"]![0]!;
    const now = { state: map.state.slice(0, dim), time, growth: map.state[dim]! };
    const before = seen.findLast((s) => distance(s.state, now.state, scale) < CLOSED);
    seen.push(now);
    if (!before) continue;
    const period = now.time - before.time;
    const mean = (now.growth - before.growth) / period;
    return {
      kind: "cycle",
      value:
        dim === 2
          ? Float64Array.of(Math.max(0, mean), Math.min(0, mean))
          : Float64Array.from(state, (_, j) => (j === 0 ? 0 : NaN)),
      sum: meanDivergence(mean, CLOSED * (1 + Math.abs(mean)), "mean divergence over one period of the closed orbit"),
      period,
      words: `The trajectory ends on a closed orbit: one exponent is 0, and their sum is the mean divergence over a period${dim === 2 ? ", which therefore is the other one" : ""}.`,
    };
  }
  return undefined;
}

function open(field: VectorField, state: Float64Array, within: number): KnownExponents {
  const dim = state.length;
  const system = flow({
    field: withDivergence(field, dim),
    initial: [...state, 0],
    dt: within / SPANS,
    controller: adaptive({ rtol: 1e-9, atol: 1e-12 }),
  });
  const means = batchMeans(1, 20);
  for (let i = 0, last = 0; i < SPANS; i++) {
    if (system.step() !== "ok") break;
    means.push([system.state[dim]! - last], system.dt);
    last = system.state[dim]!;
  }
  const { mean, error } = means.result();
  return {
    kind: "open",
    value: new Float64Array(dim).fill(NaN),
    sum: meanDivergence(mean[0]!, error[0]!, "mean divergence along the trajectory; standard error by batch means"),
    period: NaN,
    words:
      "The trajectory neither rests nor closes: one of its exponents is 0 where it stays bounded, and their sum is the mean divergence along it.",
  };
}

/** The field with one more component, whose derivative is the field's divergence. */
const withDivergence =
  (field: VectorField, dim: number): VectorField =>
  (s, t) => {
    const x = slice(s, [0], [dim]);
    const slopes = jacobian((y) => field(y, t))(x);
    const identity = constant(
      Float64Array.from({ length: dim * dim }, (_, e) => (e % (dim + 1) === 0 ? 1 : 0)),
      [dim, dim],
    );
    return concat([field(x, t), reshape(sum(mul(identity, slopes)), [1])]);
  };

const meanDivergence = (value: number, error: number, method: string): Estimate => ({
  value,
  error,
  unit: "1/time",
  status: Number.isFinite(value) ? "ok" : "diverged",
  method,
  sources: ["Haken 1983", "Hartman 1964"],
  cost: {},
});
