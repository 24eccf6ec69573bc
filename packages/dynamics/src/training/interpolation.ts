import type { CompileOptions } from "#engine";
import { cholesky, choleskySolve } from "../core/cholesky.js";
import type { Gram, SampleLoss } from "../core/gram.js";
import { finish, type Parts } from "../core/parts.js";
import { addRow, dot } from "../core/rows.js";
import type { Status } from "../core/status.js";
import type { Architecture } from "../networks/architecture.js";
import { equalInputs } from "./equal-inputs.js";
import { gradientDescent } from "./optimizers/gradient-descent.js";
import { outputJacobian, type Linearization, type OutputJacobian } from "./jacobian.js";
import { square } from "./losses.js";
import { training, type Dataset } from "./training.js";

export interface InterpolationOptions {
  /** Where to start from: parameters, in place of the seed's. */
  readonly start?: ArrayLike<number>;
  /** Seed of the initial parameters. Default 0. */
  readonly seed?: number;
  /** Gradient descent before the first Gauss-Newton step; it decides the basin. Default: none. */
  readonly descent?: { readonly stepSize: number; readonly steps: number };
  /** The loss 1/(2N) sum (y - t)^2 below which a minimum interpolates. Default 1e-20. */
  readonly tolerance?: number;
  /** Most Gauss-Newton steps. Default 200; 0 checks the start as it is. */
  readonly maxIterations?: number;
  readonly threads?: CompileOptions["threads"];
}

/** A minimum, and whether the theory of interpolating minima applies to it. */
export interface Interpolation {
  readonly architecture: Architecture;
  readonly data: Dataset;
  readonly theta: Float64Array;
  /** "ok": it interpolates and J has full rank. "not-converged": it does not interpolate. "diverged": numbers were not finite. */
  readonly status: Status;
  readonly loss: number;
  readonly tolerance: number;
  /** The largest |prediction - target| and where it is. */
  readonly worst: { readonly residual: number; readonly sample: number; readonly output: number };
  /** Rank of J, out of samples x outputs, and the diagonal entry of J J^T below which it was taken for zero. */
  readonly rank: number;
  readonly rankTolerance: number;
  /**
   * - overparametrised: D > N q and J of full rank: minima form a manifold of dimension D - N q;
   * - determined: D = N q and J of full rank: the minimum is an isolated point;
   * - overdetermined: D < N q;
   * - rank-deficient: D >= N q, and J has less than full rank.
   */
  readonly regime: "overparametrised" | "determined" | "rank-deficient" | "overdetermined";
  readonly iterations: number;
  /** What is not as the theory wants it, and what to do; absent when all is well. */
  readonly explanation?: string;
  readonly linearization: Linearization;
  gram(loss?: SampleLoss): Gram;
}

/**
 * A minimum at which a network passes through all its data, to machine precision.
 *
 * *Definition*: Levenberg-Marquardt in sample space: (J J^T + mu I) z = -r, theta' = theta + J^T z, with mu down after every step that
 * lowers the loss and up after every one that does not. Only N q x N q systems are solved, so D may be large.
 * *Arguments*: see `InterpolationOptions`.
 * *Returns*: an Interpolation. It goes on until a step no longer lowers the loss, so the loss is usually far below the tolerance. What
 * fails is explained: how far from interpolating, which theory applies when D <= N q, the rank and how it was decided.
 * *Error*: the residuals are exact to rounding; near a minimum of full rank convergence is quadratic.
 * *Cost*: one Jacobian (see `outputJacobian`) and (N q)^3 / 3 operations a step; 10 to 40 steps are usual.
 * *Source*: Levenberg 1944; Marquardt 1963; the damping of Madsen, Nielsen, Tingleff 2004, Methods for non-linear least squares problems,
 * algorithm 3.16; the identity (J^T J + mu I)^-1 J^T = J^T (J J^T + mu I)^-1.
 * *Example*: `const { regime, loss } = interpolate(net, data); [regime, loss < 1e-25] // ["overparametrised", true]`
 */
export const interpolate = (architecture: Architecture, data: Dataset, options: InterpolationOptions = {}): Interpolation =>
  finish(interpolateInParts(architecture, data, options));

/** `interpolate` in parts. */
export function* interpolateInParts(
  architecture: Architecture,
  data: Dataset,
  options: InterpolationOptions = {},
): Parts<Interpolation> {
  const { seed = 0, tolerance = 1e-20, maxIterations = 200, threads } = options;
  if (!(tolerance > 0)) throw new RangeError(`interpolate: tolerance ${tolerance} given; allowed: numbers above 0`);
  if (!Number.isInteger(maxIterations) || maxIterations < 0)
    throw new RangeError(`interpolate: maxIterations ${maxIterations} given; allowed: integers from 0`);
  const program = outputJacobian(architecture, data, threads);
  let theta = Float64Array.from(options.start ?? architecture.initial(seed));
  if (theta.length !== architecture.size)
    throw new RangeError(
      `interpolate: a start of ${theta.length} numbers given; ${architecture.name} has ${architecture.size} parameters`,
    );
  if (options.descent) {
    const optimizer = gradientDescent({ stepSize: options.descent.stepSize });
    const run = training({ architecture, data, loss: square, optimizer, initial: theta });
    const { steps } = options.descent;
    let status: Status = "ok";
    while (status === "ok" && run.time < steps) {
      status = run.step(Math.min(AT_ONCE, steps - run.time));
      yield run.time / steps;
    }
    if (status === "ok") theta = Float64Array.from(run.parameters);
    else
      throw new RangeError(
        `interpolate: gradient descent with step size ${options.descent.stepSize} diverged after ${run.time} steps; take a smaller one`,
      );
  }
  const { here, iterations } = yield* gaussNewton(program, theta, maxIterations);
  return judge(architecture, data, theta, here, tolerance, iterations);
}

/**
 * Whether given weights are an interpolating minimum: `interpolate` without a step.
 *
 * *Example*: `const { status, worst } = checkInterpolation(net, data, net.initial(0)); [status, worst.sample] // ["not-converged", 3]`
 */
export function checkInterpolation(
  architecture: Architecture,
  data: Dataset,
  theta: ArrayLike<number>,
  tolerance = 1e-20,
): Interpolation {
  return interpolate(architecture, data, { start: theta, tolerance, maxIterations: 0 });
}

/** Steps of gradient descent between two pauses. */
const AT_ONCE = 64;

/** Moves theta in place. */
function* gaussNewton(
  program: OutputJacobian,
  theta: Float64Array,
  most: number,
): Parts<{ here: Linearization; iterations: number }> {
  const n = program.samples * program.outputs;
  const { parameters } = program;
  let here = program.at(theta);
  let iterations = 0;
  let damping = 0;
  let raise = 2;
  let kernel = here.gram().matrix;
  for (let i = 0; i < n; i++) damping = Math.max(damping, 1e-3 * kernel[i * n + i]!);
  for (let rejected = 0; iterations < most && here.loss > 0 && rejected < 12;) {
    yield iterations++ / most;
    const l = kernel.slice();
    for (let i = 0; i < n; i++) l[i * n + i]! += damping;
    const z = here.residuals.map((r) => -r);
    const trial = theta.slice();
    if (cholesky(l, n)) {
      choleskySolve(l, n, z);
      for (let i = 0; i < n; i++) addRow(trial, 0, z[i]!, here.jacobian, i, parameters);
    }
    const loss = program.loss(trial);
    if (loss < here.loss) {
      // Gain ratio: the drop against that of the linear model, |r + J d|^2 = |mu z|^2.
      const model = here.loss - (0.5 / program.samples) * damping * damping * dot(z, 0, z, 0, n);
      const ratio = (here.loss - loss) / Math.max(model, 1e-300);
      const c = 2 * ratio - 1;
      damping *= Math.max(1 / 10, 1 - c * c * c);
      raise = 2;
      // Below this a step changes the last bits only.
      rejected = loss > 0.5 * here.loss && here.loss < 1e-26 ? rejected + 4 : 0;
      theta.set(trial);
      here = program.at(theta);
      kernel = here.gram().matrix;
    } else {
      damping *= raise;
      raise *= 2;
      rejected++;
    }
  }
  return { here, iterations };
}

function judge(
  architecture: Architecture,
  data: Dataset,
  theta: Float64Array,
  here: Linearization,
  tolerance: number,
  iterations: number,
): Interpolation {
  const { samples } = data;
  const { outputs, size: parameters } = architecture;
  const n = samples * outputs;
  const finite = Number.isFinite(here.loss) && here.jacobian.every(Number.isFinite);
  const at = here.residuals.reduce((w, r, i) => (Math.abs(r) > Math.abs(here.residuals[w]!) ? i : w), 0);
  const worst = {
    residual: Math.abs(here.residuals[at]!),
    sample: Math.floor(at / outputs),
    output: at % outputs,
  };
  const factor = finite ? here.gram().factor : { rank: 0, left: NaN, tolerance: NaN };
  const regime =
    factor.rank === n
      ? parameters === n
        ? "determined"
        : "overparametrised"
      : parameters < n
        ? "overdetermined"
        : "rank-deficient";
  const interpolates = here.loss < tolerance;
  const why: string[] = [];
  const equal = interpolates && factor.rank === n ? undefined : equalInputs(data);
  const pair = equal && `samples ${equal.samples[0]} and ${equal.samples[1]}`;
  if (!finite) why.push("the network's outputs or their derivatives are not finite at these parameters");
  else if (!interpolates)
    why.push(
      `the loss is ${here.loss.toExponential(2)}, not below ${tolerance}; the largest residual is ${worst.residual.toExponential(2)}, ` +
        `at sample ${worst.sample}, output ${worst.output}. At such a point SGD's noise does not vanish and its exponent says nothing about where it ends; ` +
        (equal && !equal.sameTargets
          ? `${pair} have the same inputs and different targets: no network passes through both; leave one out, or give both the same targets`
          : iterations > 0
            ? "start elsewhere, widen the network or take fewer samples"
            : "improve it with interpolate(..., { start })"),
    );
  if (finite && regime === "overdetermined")
    why.push(
      `${parameters} parameters for ${samples} samples x ${outputs} ${outputs === 1 ? "output" : "outputs"} = ${n} equations: overdetermined. Minima are isolated points, and the theory ` +
        "that applies is that of gradient descent at one: stable where every Hessian eigenvalue is below 2 / eta (training().hessian(), eigenpairs)",
    );
  else if (finite && regime === "determined")
    why.push(
      `as many parameters as equations, ${n}: the minimum is an isolated point, not one of a manifold. The theory that applies to gradient descent is that of ` +
        `such a point, stable where every Hessian eigenvalue is below 2 / eta${interpolates ? "; as all data are met the noise of SGD vanishes here too, and the sign of its exponent decides for it" : ""}`,
    );
  else if (finite && regime === "rank-deficient")
    why.push(
      `the Jacobian has rank ${factor.rank} of ${n}: what pivoted elimination of J J^T left, ${factor.left.toExponential(2)}, is below ` +
        `${factor.tolerance.toExponential(2)} = ${n} x 2^-52 x its largest diagonal entry. ${
          pair === undefined
            ? "A unit may be dead, or the outputs linearly dependent (one-hot targets add up to 1, and the last layer may have learnt to)"
            : `The inputs of ${pair} are the same, and so are their gradients`
        }; exponents are those on the ${factor.rank === 1 ? "one direction" : `${factor.rank} directions`} left`,
    );
  return {
    architecture,
    data,
    theta,
    status: !finite ? "diverged" : interpolates ? "ok" : "not-converged",
    loss: here.loss,
    tolerance,
    worst,
    rank: factor.rank,
    rankTolerance: factor.tolerance,
    regime,
    iterations,
    linearization: here,
    gram: here.gram,
    ...(why.length > 0 ? { explanation: why.join("; ") } : {}),
  };
}
