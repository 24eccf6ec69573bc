import { compile, constant, jacobian, type Tensor } from "#engine";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Estimate } from "../core/estimate.js";

export interface ChangeOfStabilityOptions {
  /** A vector field of x [dim] and the time t, or of any other parameter in its place. */
  readonly field: (x: Tensor, t: Tensor) => Tensor;
  /** A state at which the field vanishes for all t, by symmetry for instance. */
  readonly at: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  /** Places at which a change of sign is looked for. Default 512. */
  readonly places?: number;
}

/** When a state that stays where it is gains or loses its stability. */
export interface ChangeOfStability extends Estimate {
  /** Leading real part of the Jacobian's eigenvalues before and after: negative is stable. */
  readonly before: number;
  readonly after: number;
  /** All changes found, in order; `value` is the first. */
  readonly all: Float64Array;
}

/**
 * The times at which a resting state of a time-dependent field changes its stability.
 *
 * *Definition*: the zeros in t of max Re eig D_x field(x0, t), between `from` and `to`.
 * *Arguments*: see `ChangeOfStabilityOptions`.
 * *Returns*: the first as `value`; "not-converged" with NaN and an explanation when there is none.
 * *Error*: `error` bounds the distance to a change of sign, a few ulp. Two changes between neighbouring places are not seen.
 * *Cost*: a Jacobian and its eigenvalues at each place, and some 50 for each change.
 * *Source*: bisection; for reverse diffusions: Raya and Ambrogioni 2023, Spontaneous symmetry breaking in generative diffusion models.
 * *Example*: `changeOfStability({ field: (x, t) => sub(mul(t, x), mul(x, mul(x, x))), at: [0], from: -1, to: 2 }).value // 0.0000000`
 */
export function changeOfStability(options: ChangeOfStabilityOptions): ChangeOfStability {
  const { field, at, from, to, places = 512 } = options;
  if (!(from < to && Number.isFinite(to - from)))
    throw new RangeError(`changeOfStability: from ${from} to ${to} given; allowed: finite numbers, from below to`);
  if (!Number.isInteger(places) || places < 2)
    throw new RangeError(`changeOfStability: places ${places} given; allowed: integers from 2`);
  const dim = at.length;
  const program = compile((t) => jacobian((x) => field(x, t!))(constant(at)), [{ shape: [] }]);
  const leading = (t: number): number => {
    program.inputs[0]![0] = t;
    program.run();
    const j = program.outputs[0]!;
    if (!j.every(Number.isFinite)) return NaN;
    const m = new Matrix(dim, dim);
    for (let i = 0; i < dim * dim; i++) m.set(Math.floor(i / dim), i % dim, j[i]!);
    return Math.max(...new EigenvalueDecomposition(m).realEigenvalues);
  };
  const times = Array.from({ length: places }, (_, i) => from + ((to - from) * i) / (places - 1));
  const values = times.map(leading);
  const found: number[] = [];
  let width = 0;
  for (let i = 1; i < places; i++) {
    if (!(values[i - 1]! < 0 !== values[i]! < 0) || Number.isNaN(values[i - 1]! + values[i]!)) continue;
    let [lo, hi] = [times[i - 1]!, times[i]!];
    const low = values[i - 1]! < 0;
    for (let k = 0; k < 100; k++) {
      const middle = 0.5 * (lo + hi);
      if (middle <= lo || middle >= hi) break;
      if (leading(middle) < 0 === low) lo = middle;
      else hi = middle;
    }
    found.push(0.5 * (lo + hi));
    // Rounding in the eigenvalues moves the sign by an ulp or two.
    width = Math.max(width, 4 * (hi - lo), 1e-15 * Math.abs(hi));
  }
  const common = {
    unit: "time",
    method: `sign changes of the leading real part among ${places} places, then bisection`,
    sources: ["Raya, Ambrogioni 2023"],
    cost: { steps: places + 50 * found.length },
    before: values[0]!,
    after: values[places - 1]!,
    all: Float64Array.from(found),
  };
  if (found.length > 0) return { ...common, value: found[0]!, error: width, status: "ok" };
  const undefinedAt = values.findIndex(Number.isNaN);
  return {
    ...common,
    value: NaN,
    error: NaN,
    status: "not-converged",
    explanation:
      undefinedAt >= 0
        ? `the Jacobian is not finite at t = ${times[undefinedAt]}; choose a range inside the field's domain`
        : `the state is ${values[0]! < 0 ? "stable" : "unstable"} at all ${places} places from ${from} to ${to}: leading real part ${values[0]} to ${values[places - 1]}`,
  };
}
