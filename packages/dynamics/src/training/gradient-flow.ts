import {
  add,
  ceil,
  constant,
  div,
  grad,
  hvp,
  lt,
  max,
  min,
  mul,
  scan,
  select,
  slice,
  sqrt,
  sub,
  sum,
  whileLoop,
  type CompileOptions,
  type Tensor,
} from "#engine";
import { extend } from "../core/evolve.js";
import type { LinearOperator } from "../core/linear-operator.js";
import { map, type MapSystem } from "../core/map.js";
import { fillNormal, random } from "../core/random.js";
import type { Part } from "../core/system.js";
import { timed } from "../core/timed.js";
import { hessians } from "./hessian.js";

export interface GradientFlowOptions {
  /** theta of shape [size] to the loss, a scalar. */
  readonly objective: (theta: Tensor) => Tensor;
  readonly initial: ArrayLike<number>;
  /** Time that one step of the system covers: eta, to stand beside gradient descent step by step. */
  readonly interval: number;
  /** Runge-Kutta steps are at most alpha / lambda_max long. Above 0, up to 2.5; default 1. */
  readonly alpha?: number;
  /** And at most this long. Default: the interval. */
  readonly maxStep?: number;
  /** Most Runge-Kutta steps in one interval; a flow that needs more ends as "diverged". Default 100,000. */
  readonly maxSubsteps?: number;
  readonly layout?: readonly Part[];
  readonly threads?: CompileOptions["threads"];
}

/** The gradient flow of a loss. Observables: "loss" and "substeps" of the last interval (see MapSystem for when they are taken). */
export interface GradientFlow extends MapSystem {
  /** theta: the state. */
  readonly parameters: Float64Array;
  /** The Hessian of the loss at theta; as for `descent`. */
  hessian(theta?: ArrayLike<number>, blockSize?: number): LinearOperator;
}

/** Power iterations for the largest |eigenvalue|; see the docstring below. */
const POWERS = 10;

/**
 * Gradient flow, the limit of gradient descent for small steps, as a System.
 *
 * *Definition*: d theta / dt = -grad L(theta). One step of the system covers the time `interval` by m steps of the classical Runge-Kutta method, where
 * m = ceil(interval max(lambda / alpha, 1 / maxStep)) and lambda = |H v| / |v| after ten power iterations at the start of the interval.
 * *Arguments*: see `GradientFlowOptions`.
 * *Returns*: a System of kind "flow"; its time is that of the flow, a multiple of `interval`. Tangents obey the linearised Runge-Kutta steps.
 * *Error*: fourth order: each Runge-Kutta step of length h is off by about (h lambda)^5 / 120 along the stiffest direction, relative to the motion in it.
 * lambda is at most |H| and, from a random start, at least 0.36 |H| for any size up to 10^8; since Runge-Kutta steps are stable up to
 * 2.785 / |H|, alpha = 1 is stable even then. Where the sharpness grows within an interval, take smaller intervals.
 * *Cost*: 10 Hessian-vector products and 4 m gradients a step, one compiled program.
 * *Source*: Kutta 1901; the step min(alpha / lambda_max, largest): Cohen, Kaur, Li, Kolter, Talwalkar 2021, appendix I.5.
 * *Example*: `gradientFlow({ objective: (w) => sum(mul(w, w)), initial: [1], interval: 0.1 }).step(10)`
 */
export function gradientFlow(options: GradientFlowOptions): GradientFlow {
  const { objective, initial, interval, alpha = 1, maxSubsteps = 100_000, threads } = options;
  const { maxStep = interval } = options;
  const positive = { interval, alpha, maxStep };
  for (const [name, value] of Object.entries(positive))
    if (!(value > 0 && value < Infinity))
      throw new RangeError(`gradientFlow: ${name} ${value} given; allowed: finite numbers above 0`);
  if (alpha > 2.5)
    throw new RangeError(
      `gradientFlow: alpha ${alpha} given; allowed: up to 2.5, since Runge-Kutta steps are unstable above 2.785 / lambda_max`,
    );
  if (!Number.isInteger(maxSubsteps) || maxSubsteps < 1)
    throw new RangeError(`gradientFlow: maxSubsteps ${maxSubsteps} given; allowed: integers from 1`);
  const size = initial.length;
  const settings = threads === undefined ? {} : { threads };
  const slope = (theta: Tensor): Tensor => mul(-1, grad(objective)(theta));
  const start = constant(fillNormal(new Float64Array(size), random(0)));
  const along = (a: Tensor, h: Tensor, b: Tensor): Tensor => add(a, mul(h, b));

  const base = map({
    f(theta) {
      const most = max(div(stiffness(objective, theta, start), alpha), 1 / maxStep);
      const count = max(1, ceil(mul(interval, most)));
      const h = div(interval, count);
      const half = mul(0.5, h);
      const { carry } = whileLoop(
        ([, left]) => lt(0, left!),
        ([x, left]) => {
          const k1 = slope(x!);
          const k2 = slope(along(x!, half, k1));
          const k3 = slope(along(x!, half, k2));
          const k4 = slope(along(x!, h, k3));
          const mean = mul(1 / 6, add(add(k1, k4), mul(2, add(k2, k3))));
          return [along(x!, h, mean), sub(left!, 1)];
        },
        // What the condition reads is carried: an outside tensor in it would not survive a batch of tangents.
        [theta, min(count, maxSubsteps)],
        maxSubsteps,
      );
      return [select(lt(maxSubsteps, count), NaN, carry[0]!), objective(theta), count];
    },
    initial,
    layout: options.layout ?? [{ name: "theta", shape: [size], offset: 0 }],
    observables: ["loss", "substeps"],
    ...settings,
  });
  const hessianAt = hessians(objective, size, settings);
  const parameters = base.state;
  return extend(timed(base, interval, { kind: "flow" }), {
    observables: base.observables,
    parameters,
    hessian: (theta: ArrayLike<number> = parameters, blockSize = 1) => hessianAt(theta, blockSize),
  });
}

/** |H v| / |v| after power iterations: 0 where the Hessian is. */
function stiffness(objective: (theta: Tensor) => Tensor, theta: Tensor, start: Tensor): Tensor {
  const norm = (v: Tensor): Tensor => sqrt(sum(mul(v, v)));
  const unit = (v: Tensor, length: Tensor): Tensor => div(v, select(lt(0, length), length, 1));
  const [[, length]] = scan(
    ([v]) => {
      const image = hvp(objective)(theta, v!);
      const size = norm(image);
      return [[unit(image, size), size], []];
    },
    [unit(start, norm(start)), mul(0, sum(slice(theta, [0], [1])))],
    [],
    { length: POWERS },
  );
  return length!;
}
