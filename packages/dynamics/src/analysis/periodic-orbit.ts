import { compile, jacobian, type Tensor } from "#engine";
import { finite } from "../core/evolve.js";
import type { Status } from "../core/status.js";
import { eigenvalues, solve } from "./dense-general.js";

/** A family of maps: the next state of shape [dim] from a state of shape [dim] and a parameter of shape []. */
export type Family = (x: Tensor, parameter: Tensor) => Tensor;

export interface PeriodicOrbitOptions {
  readonly f: Family;
  readonly parameter: number;
  readonly period: number;
  /** A state near the orbit. */
  readonly guess: ArrayLike<number>;
  /** Newton's method ends when its step is below this times 1 + |x|. Default 1e-13. */
  readonly tolerance?: number;
  /** Default 50. */
  readonly maxIterations?: number;
}

/** A periodic orbit and its linear stability. */
export interface PeriodicOrbit {
  /** period x dim; NaN unless the status is "ok". */
  readonly points: Float64Array;
  /** dim x dim, row by row: the derivative of the period-th iterate at the first point. */
  readonly derivative: Float64Array;
  /** Its eigenvalues, largest modulus first, as [real, imaginary]. */
  readonly multipliers: readonly (readonly [number, number])[];
  /** Largest |f^period(x) - x| over the components: how well the orbit closes. */
  readonly residual: number;
  readonly status: Status;
  readonly explanation?: string;
}

/**
 * Follows periodic orbits of a family of maps: Newton's method with exact derivatives, compiled once.
 *
 * *Arguments*: `f`, and the dimension of its state.
 * *Returns*: a function that finds the orbit of a given period near a guess at a given parameter.
 */
export function orbitFinder(f: Family, dim: number) {
  const program = compile((x: Tensor, p: Tensor) => [f(x, p), jacobian((y) => f(y, p))(x)], [{ shape: [dim] }, { shape: [] }], {
    state: 0,
  });
  /** The orbit of x0 over `period` steps, where it ends, and the derivative of the whole. */
  const round = (x0: Float64Array, parameter: number, period: number) => {
    program.inputs[1]![0] = parameter;
    const points = new Float64Array(period * dim);
    let [x, derivative] = [x0, identity(dim)];
    for (let n = 0; n < period; n++) {
      points.set(x, n * dim);
      program.inputs[0]!.set(x);
      program.run();
      derivative = product(program.outputs[1]!, derivative, dim);
      x = program.outputs[0]!.slice();
    }
    return { points, end: x, derivative };
  };
  return (options: Omit<PeriodicOrbitOptions, "f">): PeriodicOrbit => {
    const { parameter, period, tolerance = 1e-13, maxIterations = 50 } = options;
    if (!Number.isFinite(parameter)) throw new RangeError(`periodicOrbit: parameter ${parameter} given; allowed: finite numbers`);
    if (!(tolerance >= 0 && tolerance < 1))
      throw new RangeError(`periodicOrbit: tolerance ${tolerance} given; allowed: from 0 to below 1`);
    if (!Number.isInteger(maxIterations) || maxIterations < 1)
      throw new RangeError(`periodicOrbit: ${maxIterations} iterations given; allowed: integers from 1`);
    let x = Float64Array.from(options.guess);
    const failed = (explanation: string): PeriodicOrbit => ({
      points: new Float64Array(period * dim).fill(NaN),
      derivative: new Float64Array(dim * dim).fill(NaN),
      multipliers: [],
      residual: NaN,
      status: "not-converged",
      explanation,
    });
    for (let i = 0; i < maxIterations; i++) {
      const { end, derivative } = round(x, parameter, period);
      const shifted = derivative.map((d, e) => d - (e % (dim + 1) === 0 ? 1 : 0));
      const step = solve(
        shifted,
        end.map((e, j) => x[j]! - e),
        dim,
      );
      if (!step.every(Number.isFinite))
        return failed(
          `Newton's step ${i + 1} is not finite: the orbit has a multiplier 1 (a fold, or one of a whole manifold of orbits), or the guess is far off`,
        );
      x = x.map((v, j) => v + step[j]!);
      const size = 1 + Math.max(...x.map(Math.abs));
      if (Math.max(...step.map(Math.abs)) > tolerance * size) continue;
      const last = round(x, parameter, period);
      for (let d = 1; d < period; d++) {
        const back = x.every((v, j) => Math.abs(v - last.points[d * dim + j]!) < 1e-7 * size);
        if (period % d === 0 && back)
          return failed(`the orbit found has period ${d}; give a guess nearer to one of period ${period}`);
      }
      return {
        points: last.points,
        derivative: last.derivative,
        multipliers: eigenvalues(last.derivative, dim),
        residual: last.end.reduce((s, e, j) => Math.max(s, Math.abs(e - x[j]!)), 0),
        status: "ok",
      };
    }
    return failed(
      `Newton's method did not settle in ${maxIterations} iterations: the guess is far off, or a multiplier is 1 (a fold, or a manifold of orbits)`,
    );
  };
}

/**
 * A periodic orbit of a map, stable or not, with its multipliers.
 *
 * *Definition*: f^period(x) = x with no smaller period; multipliers are the eigenvalues of the derivative of f^period: below 1 in modulus
 * the orbit attracts, through -1 it doubles its period, through +1 it folds, as a complex pair it sheds a closed curve.
 * *Arguments*: see `PeriodicOrbitOptions`.
 * *Returns*: see `PeriodicOrbit`; status "not-converged" with NaN and an explanation when there is none near the guess.
 * *Error*: `residual` after Newton's last step, a few rounding errors times the multipliers.
 * *Cost*: a few times `period` evaluations of f and its Jacobian. Single shooting: for periods whose multipliers are below about 1e8.
 * *Source*: Kuznetsov 2004, Elements of applied bifurcation theory, section 10.1 (Newton), 4.1 (multipliers).
 * *Example*: `periodicOrbit({ f: (x, r) => mul(mul(r, x), sub(1, x)), parameter: 3.2, period: 2, guess: [0.5] }).multipliers // [[0.16, 0]]`
 */
export function periodicOrbit(options: PeriodicOrbitOptions): PeriodicOrbit {
  const { f, guess, period } = options;
  if (guess.length === 0) throw new RangeError("periodicOrbit: the guess is empty; give a state of the map");
  finite(guess, "guess");
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`periodicOrbit: period ${period} given; allowed: integers from 1`);
  return orbitFinder(f, guess.length)(options);
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, e) => (e % (n + 1) === 0 ? 1 : 0));
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < n; l++) for (let j = 0; j < n; j++) out[i * n + j]! += a[i * n + l]! * b[l * n + j]!;
  return out;
}
